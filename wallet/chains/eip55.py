"""Ethereum's addresses with the checksum of EIP-55, and the hash it is made with."""

from Crypto.Hash import keccak


def keccak256(data: bytes) -> bytes:
    """Ethereum's hash; not the later SHA3-256."""
    return keccak.new(digest_bits=256, data=data).digest()


def checksummed(address: str) -> str:
    """`0x` and 40 hexadecimal digits, with capitals where EIP-55 puts them."""
    digits = address[2:].lower()
    nibbles = keccak256(digits.encode("ascii")).hex()
    return "0x" + "".join(
        digit.upper() if int(nibble, 16) >= 8 else digit
        for digit, nibble in zip(digits, nibbles, strict=False)
    )
