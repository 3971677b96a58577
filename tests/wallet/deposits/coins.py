"""The house's coins in the books, and moving them by hand, without the signer."""

from tests.wallet.deposits.site import BitcoinSite
from wallet import chart, movements
from wallet.chains.types import Outpoint
from wallet.keys.bitcoin_signer import BitcoinInput, BitcoinOutput, BitcoinSigner
from wallet.keys.signing import KeyPath
from wallet.reconciliation.findings import Place

FEE_SAT = 1_000


def capital(asset: str) -> int:
    return movements.balance(chart.capital(asset))


def custody(place: Place, asset: str) -> int:
    return movements.balance(chart.custody(place, asset))


def moved(bitcoin: BitcoinSite, row: Outpoint, key: KeyPath, address: str) -> str:
    """All of an output of ours to an address, signed and sent by hand."""
    signer = BitcoinSigner(bitcoin.keys)
    script = bitcoin.script_of(address)
    signed = signer.sign(
        [BitcoinInput(row, signer.script(key), bitcoin.value(row), key)],
        [BitcoinOutput(script, bitcoin.value(row) - FEE_SAT)],
        max_fee_sat=FEE_SAT,
    )
    bitcoin.node.broadcast(signed.raw)
    return signed.txid
