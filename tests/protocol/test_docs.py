"""The documents say what the code does."""

import json
from functools import cache
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
from django.conf import settings
from django.core.management import call_command

from tables.engine.errors import Code
from tables.protocol.messages import public_events
from tables.protocol.requests import TABLE_REQUESTS
from tables.protocol.schema import schema
from tests.protocol.cases import ACT, DROP, SIT, WRONG_ACTS, wrong_act

DOCS = Path(settings.BASE_DIR) / "docs"
PAGE = (DOCS / "protocol.md").read_text()


def test_the_generated_parts_are_current() -> None:
    call_command("protocol_docs", "--check")


def test_the_page_names_every_request_event_and_code() -> None:
    names = [str(kind.__struct_config__.tag) for kind in (*TABLE_REQUESTS, *public_events())]
    assert [name for name in [*names, *get_args(Code)] if f"`{name}`" not in PAGE] == []


def test_the_examples_of_the_page_are_valid() -> None:
    validator = validator_for("TableRequest", "ServerMessage")
    examples = [block.split("```")[0] for block in PAGE.split("```json\n")[1:]]
    for block in examples:
        decoder = json.JSONDecoder()
        while block.strip():
            example, end = decoder.raw_decode(block.strip())
            validator.validate(example)
            block = block.strip()[end:]


@cache
def validator_for(*names: str) -> jsonschema.Draft202012Validator:
    whole = schema()
    jsonschema.Draft202012Validator.check_schema(whole)
    options = [{"$ref": f"#/$defs/{name}"} for name in names]
    return jsonschema.Draft202012Validator({"$defs": whole["$defs"], "anyOf": options})


@pytest.mark.parametrize("body", [ACT, SIT, {"type": "ping", "id": "a"}])
def test_the_schema_takes_what_the_decoder_takes(body: dict[str, Any]) -> None:
    validator_for("TableRequest").validate(body)


# What a schema cannot say, the page does: an amount belongs to a raise, 1.0 is not written for 1.
ONLY_IN_WORDS: list[dict[str, Any]] = [
    {"to_krw": 1_000.0},
    {"turn": 1.0},
    {"to_krw": None},
    {"to_krw": DROP},
    {"action": "call"},
    {"action": "fold"},
]


@pytest.mark.parametrize(
    "changes", [changes for changes, _, _ in WRONG_ACTS if changes not in ONLY_IN_WORDS]
)
def test_the_schema_refuses_what_the_decoder_refuses(changes: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        validator_for("TableRequest").validate(wrong_act(changes))
