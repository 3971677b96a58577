"""How the bodies of REST requests are read."""

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser


class DuplicateKey(ParseError):
    """A field is named twice: programs differ in which one counts."""

    default_code = "duplicate_key"


class StrictJSON(BaseParser):
    """JSON in UTF-8 and nothing else: in a form every value is a string.

    Refused are a field that is named twice, NaN and infinity, numbers too long and nesting too
    deep for Python.
    """

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            return json.loads(
                stream.read().decode(), object_pairs_hook=_once, parse_constant=_no_number
            )
        except (ValueError, RecursionError):
            raise ParseError from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise DuplicateKey
    return found


def _no_number(_: str) -> None:
    raise ParseError
