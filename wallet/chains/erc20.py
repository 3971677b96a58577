"""Call data and events of ERC-20 tokens (EIP-20), by hand: three calls and one event."""

from dataclasses import dataclass

from wallet.chains.types import Asset
from wallet.chains.validation import MAX_UINT256

# keccak256("Transfer(address,address,uint256)")
TRANSFER_TOPIC = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
TRANSFER = bytes.fromhex("a9059cbb")
BALANCE_OF = bytes.fromhex("70a08231")
DECIMALS = bytes.fromhex("313ce567")
WORD = 32


@dataclass(frozen=True, slots=True)
class TokenContract:
    """An allow-listed contract. Its decimals are the asset's, or deposits would be miscounted."""

    asset: Asset
    address: str

    def __post_init__(self) -> None:
        if not self.asset.is_token:
            raise ValueError(f"{self.asset} is no token")


def transfer_data(to: str, amount: int) -> bytes:
    """The call `transfer(to, amount)`; `amount` in the token's smallest unit."""
    if not 0 <= amount <= MAX_UINT256:
        raise ValueError("the amount does not fit 256 bits")
    return TRANSFER + _address_word(to) + amount.to_bytes(WORD, "big")


def balance_data(address: str) -> bytes:
    """The call `balanceOf(address)`."""
    return BALANCE_OF + _address_word(address)


def _address_word(address: str) -> bytes:
    return bytes.fromhex(address.removeprefix("0x")).rjust(WORD, b"\0")
