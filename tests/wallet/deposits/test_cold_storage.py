"""What leaves cold storage: withdrawals stop until staff has said what it was."""

from typing import Any

import pytest
from django.conf import settings as site_settings
from pytest_django import Settings

from accounts.models import User
from tests.support.middleman import Middleman
from tests.wallet.deposits.coins import FEE_SAT, capital, custody, moved
from tests.wallet.deposits.conftest import COLD
from tests.wallet.deposits.payments import own_payment
from tests.wallet.deposits.site import (
    BitcoinSite,
    EthereumSite,
    make_staff,
)
from tests.wallet.house import make_player
from wallet import chart, movements
from wallet.deposits import cold_storage
from wallet.deposits.errors import MayNotDecide, NothingLeft, VerdictIncomplete
from wallet.keys.bitcoin_signer import BitcoinInput, BitcoinOutput, BitcoinSigner
from wallet.keys.signing import KeyPath
from wallet.models import (
    MoneyEvent,
    OwnTransfer,
    PaymentKind,
    PaymentState,
    Utxo,
)
from wallet.policies import policy

pytestmark = pytest.mark.django_db

ETH = 10**18


def test_cold_storage_is_followed_output_by_output(bitcoin: BitcoinSite) -> None:
    cold = site_settings.BITCOIN_COLD_ADDRESS
    txid = bitcoin.pay(cold, 8_000_000, depth=6)
    bitcoin.scan_calmly()
    assert (capital("BTC"), custody("cold", "BTC")) == (8_000_000, 8_000_000)
    assert not Utxo.objects.exists()
    # The operator takes it out, half of it back.
    signer = BitcoinSigner(bitcoin.keys)
    key = KeyPath(COLD, 0)
    outpoint = bitcoin.outpoint(txid, cold)
    signed = signer.sign(
        [BitcoinInput(outpoint, signer.script(key), 8_000_000, key)],
        [
            BitcoinOutput(bitcoin.node.miner_script, 3_999_000),
            BitcoinOutput(signer.script(key), 4_000_000),
        ],
        max_fee_sat=FEE_SAT,
    )
    bitcoin.node.broadcast(signed.raw)
    bitcoin.mine()
    bitcoin.scan_calmly()
    assert MoneyEvent.objects.filter(kind="alert.left_cold_storage").count() == 1
    assert "0.08 BTC left cold storage on bitcoin" in policy().stopped_reason
    bitcoin.mine(5)
    bitcoin.scan_calmly()
    # Counted until somebody says what it was.
    assert (capital("BTC"), custody("cold", "BTC")) == (12_000_000, 12_000_000)
    say("taken")
    bitcoin.scan_calmly()
    assert (capital("BTC"), custody("cold", "BTC")) == (4_000_000, 4_000_000)
    assert not policy().withdrawals_open


def test_cold_storage_on_ethereum_follows_its_final_balance(
    ethereum: EthereumSite, settings: Settings
) -> None:
    cold = ethereum.node.accounts[9]
    settings.ETHEREUM_COLD_ADDRESS = cold
    ethereum.mine(9)
    ethereum.scan_calmly()
    before = ethereum.chain.balance_wei(cold)
    assert custody("cold", "ETH") == before
    ethereum.node.send(ethereum.node.accounts[8], ETH, sender=cold)
    ethereum.mine()
    assert ethereum.scan().trouble == ""
    assert custody("cold", "ETH") == before
    ethereum.mine(8)
    for _ in range(2):
        ethereum.mine()
        ethereum.scan_calmly()
    left_wei = before - ethereum.chain.balance_wei(cold)
    assert left_wei > ETH
    assert (custody("cold", "ETH"), capital("ETH")) == (before, before)
    assert MoneyEvent.objects.filter(kind="alert.left_cold_storage").count() == 1
    assert "left cold storage on ethereum" in policy().stopped_reason
    assert OwnTransfer.objects.get().amount_units == left_wei
    # It comes to more while nobody has said anything; what comes back is capital at once.
    ethereum.node.send(ethereum.node.accounts[8], ETH, sender=cold)
    ethereum.mine(9)
    ethereum.scan_calmly()
    assert OwnTransfer.objects.count() == 2
    say("lost")
    ethereum.node.send(cold, 5 * ETH)
    ethereum.mine(9)
    ethereum.scan_calmly()
    assert custody("cold", "ETH") == ethereum.chain.balance_wei(cold)
    assert movements.balance(chart.losses("ETH")) == before + 5 * ETH - custody("cold", "ETH")
    assert capital("ETH") == before + 5 * ETH


def test_a_stuck_payment_of_a_token_hides_no_other_asset(
    ethereum: EthereumSite, settings: Settings
) -> None:
    """USDT on its way to cold storage waits for long; ETH that leaves is seen all the same."""
    cold = ethereum.node.accounts[9]
    settings.ETHEREUM_COLD_ADDRESS = cold
    ethereum.mine(9)
    ethereum.scan_calmly()
    before = custody("cold", "ETH")
    own_payment(
        "ethereum",
        "USDT",
        f"0x{'11' * 32}",
        kind=PaymentKind.COLD,
        sender=settings.ETHEREUM_HOT_ADDRESS,
        nonce=0,
        amount_units=1_000_000,
    )
    ethereum.node.mint_token(ethereum.tokens.usdt, cold, 1_000_000)
    ethereum.node.send(ethereum.node.accounts[8], ETH, sender=cold)
    ethereum.mine(9)
    assert ethereum.scan().trouble == ""
    assert "left cold storage on ethereum" in policy().stopped_reason
    assert OwnTransfer.objects.get().asset == "ETH"
    assert custody("cold", "ETH") == before
    # Whose payment it is that came is not known before that payment is settled.
    assert custody("cold", "USDT") == 0


def test_staff_hear_once_that_nodes_disagree_about_cold_storage(
    ethereum: EthereumSite, settings: Settings, liar: Middleman
) -> None:
    settings.ETHEREUM_COLD_ADDRESS = ethereum.node.accounts[9]

    def other(method: str, _params: list[Any], result: Any) -> Any:
        return hex(int(result, 16) + 1) if method == "eth_getBalance" else result

    liar.tamper = other
    for _ in range(3):
        ethereum.mine(9)
        assert ethereum.scan().trouble == ""
    assert MoneyEvent.objects.filter(kind="alert.cold_balance_disagrees").count() == 1
    assert custody("cold", "ETH") == 0


def test_a_word_about_cold_storage_is_of_staff_and_said_once(bitcoin: BitcoinSite) -> None:
    row = left_cold_storage(bitcoin)
    one, two = make_staff(), make_staff()
    for staff, second, note, refusal in (
        (make_staff(may_decide=False), two, "an order", MayNotDecide),
        (one, make_staff(may_decide=False), "an order", MayNotDecide),
        (one, User.objects.get(pk=make_player()), "an order", MayNotDecide),
        (one, one, "an order", MayNotDecide),
        (one, two, "  ", VerdictIncomplete),
    ):
        with pytest.raises(refusal):
            cold_storage.decide(
                transfer_id=row.pk, staff=staff, second=second, verdict="lost", note=note
            )
    say("lost")
    for transfer_id in (row.pk, OwnTransfer.objects.get(is_outgoing=False).pk, 0):
        with pytest.raises(NothingLeft):
            cold_storage.decide(
                transfer_id=transfer_id, staff=one, second=two, verdict="taken", note="an order"
            )
    assert movements.balance(chart.losses("BTC")) == 8_000_000
    assert (capital("BTC"), custody("cold", "BTC")) == (8_000_000, 0)
    told = MoneyEvent.objects.get(kind="capital.decided").payload
    assert (told["verdict"], told["note"]) == ("lost", "an order")


def test_a_word_goes_with_its_block(bitcoin: BitcoinSite) -> None:
    row = left_cold_storage(bitcoin)
    raw = bitcoin.node.raw_transaction(row.txid)
    say("lost")
    bitcoin.branch(1)
    bitcoin.node.drop_transaction(row.txid)
    bitcoin.scan_calmly()
    assert movements.balance(chart.losses("BTC")) == 0
    assert not cold_storage.undecided().exists()
    bitcoin.node.broadcast(raw)
    bitcoin.mine()
    bitcoin.scan_calmly()
    say("lost")
    assert movements.balance(chart.losses("BTC")) == 8_000_000


def left_cold_storage(bitcoin: BitcoinSite) -> OwnTransfer:
    """All of it, in the newest block, by the key that only the operator has."""
    cold = site_settings.BITCOIN_COLD_ADDRESS
    txid = bitcoin.pay(cold, 8_000_000, depth=6)
    bitcoin.scan_calmly()
    moved(bitcoin, bitcoin.outpoint(txid, cold), KeyPath(COLD, 0), bitcoin.node.miner_address)
    bitcoin.mine()
    bitcoin.scan_calmly()
    return OwnTransfer.objects.get(is_outgoing=True)


def say(verdict: cold_storage.Verdict) -> None:
    """What all that waits for a word was."""
    one, two = make_staff(), make_staff()
    for row in cold_storage.undecided():
        cold_storage.decide(
            transfer_id=row.pk, staff=one, second=two, verdict=verdict, note="an order"
        )


@pytest.mark.parametrize(
    ("state", "height"), [(PaymentState.BROADCAST, None), (PaymentState.SETTLED, 10**9)]
)
def test_a_payment_to_cold_storage_on_its_way_is_not_taken_for_capital(
    ethereum: EthereumSite, settings: Settings, state: PaymentState, height: int | None
) -> None:
    settings.ETHEREUM_COLD_ADDRESS = ethereum.node.accounts[9]
    payment = own_payment(
        "ethereum", "ETH", "0x" + "11" * 32, kind=PaymentKind.COLD, nonce=0, state=state
    )
    payment.height = height
    payment.save(update_fields=["height"])
    ethereum.mine(9)
    assert ethereum.scan().trouble == ""
    assert custody("cold", "ETH") == 0
