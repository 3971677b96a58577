"""The part of Ethereum's ABI that the test contracts need."""

from collections.abc import Callable, Sequence

from wallet.chains.eip55 import keccak256

Argument = int | bool | str | Sequence[str]
WORD = 32


def call_data(signature: str, *arguments: Argument) -> bytes:
    """A call such as `call_data("transfer(address,uint256)", to, 5)`."""
    types = signature[signature.index("(") + 1 : -1]
    return keccak256(signature.encode("ascii"))[:4] + encode(types, *arguments)


def encode(types: str, *arguments: Argument) -> bytes:
    """Arguments of the types in a comma-separated list."""
    names = types.split(",") if types else []
    head, tail = b"", b""
    for name, argument in zip(names, arguments, strict=True):
        encoded = _ENCODERS[name](argument)
        if name in _DYNAMIC:
            head += _number(len(names) * WORD + len(tail))
            tail += encoded
        else:
            head += encoded
    return head + tail


def _number(value: Argument) -> bytes:
    assert isinstance(value, int)
    return value.to_bytes(WORD, "big")


def _address(value: Argument) -> bytes:
    assert isinstance(value, str)
    return bytes.fromhex(value.removeprefix("0x")).rjust(WORD, b"\0")


def _string(value: Argument) -> bytes:
    assert isinstance(value, str)
    raw = value.encode()
    return _number(len(raw)) + raw.ljust(-(-len(raw) // WORD) * WORD, b"\0")


def _addresses(value: Argument) -> bytes:
    assert isinstance(value, Sequence)
    return _number(len(value)) + b"".join(map(_address, value))


_ENCODERS: dict[str, Callable[[Argument], bytes]] = {
    "address": _address,
    "address[]": _addresses,
    "bool": _number,
    "string": _string,
    "uint8": _number,
    "uint256": _number,
}
_DYNAMIC = {"address[]", "string"}
