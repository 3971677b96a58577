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
        # Letters in disguise
        ("𝓯𝓻𝓮𝓮 𝐦𝐨𝐧𝐞𝐲", "free money"),
        ("ＶＩＳＩＴ　ｍｅ", "VISIT me"),
        ("ⓕⓡⓔⓔ", "free"),
        ("ᵃᵈᵐⁱⁿ", "admin"),
        ("аdmіn", "admin"),
        ("ΡayΡal", "PayPal"),
        ("ѕееd", "seed"),
        # What is written in one script, and what no letter looks like, stays
        ("привет, how are you", "привет, how are you"),
        ("καλή τύχη", "καλή τύχη"),
        ("œuvre, Łódź, ısı, æther", "œuvre, Łódź, ısı, æther"),
        ("日本語ok 中文ok", "日本語ok 中文ok"),
        # Korean as it is typed
        ("ㅋㅋㅋㅋ ㅠㅠ ㅎㅇ", "ㅋㅋㅋㅋ ㅠㅠ ㅎㅇ"),
        ("올인ㄱㄱ gg", "올인ㄱㄱ gg"),
        ("나이스핸드", "나이스핸드"),
        ("\u1112\u1161\u11ab", "한"),
        ("ｺ ﾡ ﾾ", "コ ㄱ ㅎ"),
        # Emoji whole
        ("👨\u200d👩\u200d👧\u200d👦 가족", "👨\u200d👩\u200d👧\u200d👦 가족"),
        ("🏴\u200d☠\ufe0f", "🏴\u200d☠\ufe0f"),
        ("👩🏽\u200d💻", "👩🏽\u200d💻"),
        ("❤\ufe0f\u200d🔥", "❤\ufe0f\u200d🔥"),
        ("™\ufe0f ‼\ufe0f 1\ufe0f\u20e3 🇰🇷", "™\ufe0f ‼\ufe0f 1\ufe0f\u20e3 🇰🇷"),
        ("a\u200db 👍\u200d", "ab 👍"),
        ("\u200d", ""),
    ],
)
def test_text_is_cleaned(written: str, left: str) -> None:
    assert clean(written) == left


NASTY = (
    "aоοАΙё\u0301\u0335\u200d\u200b\ufe0f\u202e👍🏽☠ㅋ각\u1100\u1161ﾡＡ𝐚ⓐµ½ﷺ\u0345\u0130ﬁ \n\u3164"
)


@given(st.one_of(st.text(st.characters()), st.text(st.sampled_from(NASTY), max_size=12)))
def test_cleaning_leaves_nothing_invisible_and_does_not_change_its_own_result(text: str) -> None:
    left = clean(text)
    plain = left.replace("\u200d", "")
    assert not {unicodedata.category(char) for char in plain} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert not left.startswith("\u200d")
    assert not left.endswith("\u200d")
    assert clean(left) == left
    assert is_storable(left)
    assert left == left.strip()


def test_what_no_field_may_carry() -> None:
    assert not is_storable("a\x00")
    assert not is_storable("a\udc80")
    assert is_storable("안녕 👍")
