"""Hidden events open only with the right key, at the right place, unchanged."""

import base64

import pytest

from tables.runtime.sealing import Seal, SealBroken

KEY, OTHER_KEY = "11" * 32, "22" * 32


def test_what_was_sealed_opens_at_its_place() -> None:
    seal = Seal(KEY)
    assert seal.open(seal.seal(b"As Kd", "table 1"), "table 1") == b"As Kd"


def test_nothing_of_the_plain_text_shows() -> None:
    assert b"AsKd" not in base64.b64decode(Seal(KEY).seal(b"AsKd" * 10, "table 1"))


@pytest.mark.parametrize(("key", "place"), [(OTHER_KEY, "table 1"), (KEY, "table 2")])
def test_another_key_or_place_does_not_open_it(key: str, place: str) -> None:
    sealed = Seal(KEY).seal(b"As Kd", "table 1")
    with pytest.raises(SealBroken, match="DECK_KEY"):
        Seal(key).open(sealed, place)


def test_a_changed_text_does_not_open() -> None:
    sealed = bytearray(base64.b64decode(Seal(KEY).seal(b"As Kd", "table 1")))
    sealed[-1] ^= 1
    with pytest.raises(SealBroken):
        Seal(KEY).open(base64.b64encode(sealed).decode(), "table 1")


def test_a_key_of_the_wrong_size_is_refused() -> None:
    with pytest.raises(ValueError, match="64 hex digits"):
        Seal("11" * 16)
