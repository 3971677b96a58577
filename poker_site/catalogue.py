"""The Korean texts: `python -m poker_site.catalogue` (`make messages`) brings them up to date.

It collects every text of the tree (and of unfold, which has no Korean, what Django lacks) into
`locale/ko/LC_MESSAGES/django.po`, keeps the translations that are there, drops those that nobody
needs any more, and compiles the `.mo` beside it. It needs Babel, not gettext's programs; the texts
themselves are English, so English needs no file.
"""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "poker_site" / "locale" / "ko" / "LC_MESSAGES" / "django.po"
APPS = ("accounts", "poker_site", "rake", "tables", "templates", "wallet")

_KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}


def collect() -> Catalog:
    """Every text of the tree, untranslated, in the order of the files."""
    catalogue, elsewhere = _empty(), _translated_by_django()
    for path, name in _sources():
        source = path.read_text()
        if path.suffix != ".py":
            # Python's tokeniser reads what is left of a template, if nothing is indented.
            source = "\n".join(line.strip() for line in templatize(source).splitlines())
        lines = io.BytesIO(source.encode())
        for _line, function, found, _comments in extract_python(lines, _KEYWORDS, [], {}):
            texts: list[Any] = [*found] if isinstance(found, tuple) else [found]
            spec = _KEYWORDS[str(function)] or (1,)
            context = texts[0] if isinstance(spec[0], tuple) else None
            wanted = [texts[place - 1] for place in spec if isinstance(place, int)]
            if all(wanted) and not (name.startswith("unfold/") and wanted[0] in elsewhere):
                identity = tuple(wanted) if len(wanted) > 1 else wanted[0]
                catalogue.add(identity, None, [(name, 0)], context=context)
    return catalogue


def translated() -> Catalog:
    """The catalogue as it is committed."""
    with PO.open("rb") as file:
        return read_po(file, locale="ko")


def merge(texts: Catalog, known: Catalog) -> Catalog:
    """`texts` with the translations of `known`."""
    for message in texts:
        before = known.get(message.id, message.context) if message.id else None
        if before and not before.fuzzy and before.pluralizable == message.pluralizable:
            message.string = before.string
    return texts


def untranslated(catalogue: Catalog) -> list[Message]:
    """Messages without a (complete) translation."""
    return [message for message in catalogue if message.id and not _complete(message)]


def as_po(catalogue: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=100, include_lineno=False, sort_by_file=True)
    return buffer.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def _empty() -> Catalog:
    # Without dates of its own, the file changes only when a text does.
    when = datetime(2026, 1, 1, tzinfo=UTC)
    return Catalog(
        locale="ko",
        project="poker-site",
        header_comment="# The site's texts in Korean. `make messages` keeps this file in order.",
        creation_date=when,
        revision_date=when,
        last_translator="",
        language_team="",
        fuzzy=False,
    )


def _sources() -> Iterator[tuple[Path, str]]:
    """Files that may hold texts, with the names they go by in the catalogue."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*")):
            if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts:
                yield path, str(path.relative_to(ROOT))
    library = _library("unfold")
    for path in sorted(library.rglob("*")):
        if path.suffix in {".py", ".html"} and "contrib" not in path.relative_to(library).parts:
            yield path, f"unfold/{path.relative_to(library)}"


def _library(name: str) -> Path:
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def _translated_by_django() -> set[str]:
    texts = set()
    for path in _library("django").rglob("locale/ko/LC_MESSAGES/django.po"):
        with path.open("rb") as file:
            for message in read_po(file, locale="ko"):
                if message.id and message.string and not message.fuzzy:
                    texts.add(message.id if isinstance(message.id, str) else message.id[0])
    return texts


def _complete(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(strings) and not message.fuzzy


def main() -> None:
    catalogue = merge(collect(), translated()) if PO.exists() else collect()
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(as_po(catalogue))
    PO.with_suffix(".mo").write_bytes(as_mo(catalogue))
    missing = untranslated(catalogue)
    for message in missing:
        print(f"not translated: {message.id!r}")  # noqa: T201
    raise SystemExit(bool(missing))


if __name__ == "__main__":
    main()
