"""What is left of text that people write."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables.protocol.text import clean, is_storable


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("nice hand", "nice hand"),
        ("  좋은   패  ", "좋은 패"),
        ("one\ntwo\tthree\r\n", "one two three"),
        ("\u202ecba\u202c", "cba"),
        ("\u2066abc\u2069", "abc"),
        ("zero\u200b\u200c\u200d\ufeffwidth", "zerowidth"),
        ("soft\u00adhyphen", "softhyphen"),
        ("bell\x07", "bell"),
        ("\u2028line\u2029", "line"),
        ("tag\U000e0041", "tag"),
        ("\u3164", ""),
        ("\u2800", ""),
        ("\ufe0f", ""),
        ("\u0301", ""),
        ("e\u0301", "é"),
        ("z" + "\u0335" * 40, "z" + "\u0335" * 3),
        ("👍🏽 ok", "👍🏽 ok"),
    ],
)
def test_text_is_cleaned(written: str, left: str) -> None:
    assert clean(written) == left


@given(st.text(st.characters()))
def test_cleaning_leaves_nothing_invisible_and_does_not_change_its_own_result(text: str) -> None:
    left = clean(text)
    assert not {unicodedata.category(char) for char in left} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert clean(left) == left
    assert is_storable(left)
    assert left == left.strip()


def test_what_no_field_may_carry() -> None:
    assert not is_storable("a\x00")
    assert not is_storable("a\udc80")
    assert is_storable("안녕 👍")
