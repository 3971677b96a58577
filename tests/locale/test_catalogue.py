"""Every text of the site is in Korean too, and the compiled catalogue is the written one."""

import re

import pytest
from babel.messages.catalog import Message
from django.utils.translation import gettext, ngettext, override

from poker_site.catalogue import PO, as_mo, as_po, collect, merge, translated, untranslated

PLACEHOLDER = re.compile(r"\{\w*\}|%\(\w+\)[a-z]|%[sd]")


def strings(message: Message, part: str) -> list[str]:
    value = getattr(message, part)
    return [value] if isinstance(value, str) else list(value)


def test_every_text_of_the_tree_is_translated() -> None:
    missing = untranslated(merge(collect(), translated()))
    assert [message.id for message in missing] == [], "translate these: make messages"


def test_the_catalogue_holds_these_texts_and_no_others() -> None:
    assert as_po(merge(collect(), translated())) == PO.read_bytes(), "run make messages"


def test_the_compiled_catalogue_is_the_written_one() -> None:
    assert PO.with_suffix(".mo").read_bytes() == as_mo(translated()), "run make messages"


def test_translations_fill_in_the_same_values() -> None:
    for message in translated():
        for string in strings(message, "string") if message.id else []:
            wanted = sorted(PLACEHOLDER.findall(strings(message, "id")[0]))
            assert sorted(PLACEHOLDER.findall(string)) == wanted, message.id


@pytest.mark.parametrize(("language", "text"), [("ko", "폴드"), ("en", "Fold")])
def test_django_finds_it(language: str, text: str) -> None:
    with override(language):
        assert gettext("Fold") == text


def test_numbers_need_no_plural_in_korean() -> None:
    with override("ko"):
        for count in (0, 1, 2):
            text = ngettext("%(count)d user changed.", "%(count)d users changed.", count)
            assert text == "사용자 %(count)d명을 변경했습니다."
