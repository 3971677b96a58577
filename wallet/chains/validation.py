"""Reading a node's answers: every field has its type and range, or `NodeAnswerInvalid`."""

import re
from decimal import Decimal
from typing import Any

from wallet.chains.errors import NodeAnswerInvalid

MAX_UINT256 = 2**256 - 1
BTC_DECIMALS = 8
MAX_BTC = 21_000_000
MAX_SATOSHI = MAX_BTC * 10**BTC_DECIMALS

_HEX = re.compile(r"(?:[0-9a-f]{2})*", re.ASCII)
_TXID = re.compile(r"[0-9a-f]{64}", re.ASCII)
_HASH = re.compile(r"0x[0-9a-f]{64}", re.ASCII)
_ADDRESS = re.compile(r"0x[0-9a-f]{40}", re.ASCII)
_DATA = re.compile(r"0x(?:[0-9a-f]{2})*", re.ASCII)
_QUANTITY = re.compile(r"0x(?:0|[1-9a-f][0-9a-f]{0,63})", re.ASCII)


def as_object(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise NodeAnswerInvalid(f"{what} is no object")
    return value


def as_list(value: Any, what: str) -> list[Any]:
    if not isinstance(value, list):
        raise NodeAnswerInvalid(f"{what} is no array")
    return value


def as_whole(value: Any, what: str, *, maximum: int = 2**53) -> int:
    """A JSON integer from 0 to `maximum`; no booleans."""
    if type(value) is not int or not 0 <= value <= maximum:
        raise NodeAnswerInvalid(f"{what} is no whole number in range: {str(value)[:80]}")
    return value


def as_satoshi(value: Any, what: str) -> int:
    """An amount of Bitcoin Core, in BTC, as satoshi; exactly, and at most 21 million BTC."""
    if type(value) is int:
        value = Decimal(value)
    # The range first: arithmetic with 1e999999 overflows.
    if isinstance(value, Decimal) and value.is_finite() and 0 <= value <= MAX_BTC:
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and exponent >= -BTC_DECIMALS:
            return int(value.scaleb(BTC_DECIMALS))
    raise NodeAnswerInvalid(f"{what} is no amount: {str(value)[:80]}")


def as_txid(value: Any, what: str) -> str:
    """A hash of Bitcoin: 64 hexadecimal digits."""
    return _matching(_TXID, value, what)


def as_hex(value: Any, what: str) -> str:
    return _matching(_HEX, value, what)


def as_hash(value: Any, what: str) -> str:
    """A hash of Ethereum: `0x` and 64 hexadecimal digits."""
    return _matching(_HASH, value, what)


def as_address(value: Any, what: str) -> str:
    """An address of Ethereum in lower case."""
    return _matching(_ADDRESS, value, what)


def as_data(value: Any, what: str) -> bytes:
    """Bytes of Ethereum."""
    return bytes.fromhex(_matching(_DATA, value, what)[2:])


def as_quantity(value: Any, what: str, *, maximum: int = MAX_UINT256) -> int:
    """A quantity of Ethereum's JSON-RPC: hexadecimal, without leading zeros."""
    number = int(_matching(_QUANTITY, value, what), 16)
    if number > maximum:
        raise NodeAnswerInvalid(f"{what} is too large: {number}")
    return number


def require(condition: bool, what: str) -> None:
    """`NodeAnswerInvalid` with `what` the node got wrong."""
    if not condition:
        raise NodeAnswerInvalid(what)


def _matching(pattern: re.Pattern[str], value: Any, what: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(lowered := value.lower()):
        raise NodeAnswerInvalid(f"{what} has the wrong form: {str(value)[:80]}")
    return lowered
