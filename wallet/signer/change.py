"""What open Bitcoin payments will bring to the hot wallet: their change, and what they sweep.

A payment takes whole coins, so nearly all of a hot wallet can be away until the next block. It is
neither short nor low then: who sent it coins for that would send what nobody needs.
"""

from collections.abc import Sequence

from django.db.models import Q

from wallet.assets import Network
from wallet.chains.bitcoin_wire import read_transaction
from wallet.chains.types import Outpoint
from wallet.models import PaymentAttempt, Utxo
from wallet.signer import payments
from wallet.signer.coins import Coin
from wallet.signer.wallets import BitcoinWallet


def coming(wallet: BitcoinWallet, free: Sequence[Coin]) -> list[Coin]:
    """Coins that are to come by what is signed and not settled, beside those that are `free`.

    They have no rows that could be taken; `id` is 0.
    """
    attempts = [
        attempt
        for payment in payments.open_payments(Network.BITCOIN, *payments.OUT)
        if (attempt := _likely(payments.attempts_of(payment))) is not None
    ]
    taken = Utxo.objects.filter(
        ~Q(spent_by=None) | ~Q(spent_txid=""), txid__in=[attempt.txid for attempt in attempts]
    )
    here = {coin.outpoint for coin in free} | {Outpoint(row.txid, row.vout) for row in taken}
    return [
        Coin(0, outpoint, output.value_sat)
        for attempt in attempts
        for vout, output in enumerate(read_transaction(attempt.raw).outputs)
        if output.script == wallet.script and (outpoint := Outpoint(attempt.txid, vout)) not in here
    ]


def _likely(attempts: list[PaymentAttempt]) -> PaymentAttempt | None:
    """The one that is in a block, else the newest."""
    confirmed = [attempt for attempt in attempts if attempt.is_confirmed]
    return next(iter(confirmed or attempts), None)
