"""A deposit goes away with its block while a withdrawal of its player is under way."""

from dataclasses import dataclass

import pytest

from tests.wallet.deposits.site import owed, player_with_address, the_deposit, won
from tests.wallet.house import agreed_rate
from tests.wallet.signer.bitcoin_house import BitcoinHouse
from tests.wallet.signer.house import (
    FEE_KRW,
    MARKET_KRW,
    SPREAD,
    approved,
    booked,
    cost_of,
    held_krw,
    in_ticks,
    state_of,
)
from tests.wallet.signer.telling import told
from wallet.assets import Asset
from wallet.chains.types import Outpoint
from wallet.invariants import check_ledger
from wallet.models import PaymentState, Withdrawal, WithdrawalState
from wallet.signer import bitcoin
from wallet.signer.locks import only_signer

pytestmark = pytest.mark.django_db

DEPOSITED_SAT, WITHDRAWN_SAT = 500_000, 400_000
WITHDRAWN_KRW = cost_of(Asset.BTC, WITHDRAWN_SAT) + FEE_KRW


@dataclass
class Credited:
    """A player whose deposit, in the newest block, pays for a withdrawal that is approved."""

    house: BitcoinHouse
    user_id: int
    txid: str
    withdrawal: Withdrawal

    def double_spend(self) -> None:
        """The deposit's coins go elsewhere, in the branch that takes its block away."""
        spent = self.house.node.call("getrawtransaction", self.txid, True)["vin"]
        other = self.house.node.sign_payment(
            self.house.node.miner_address,
            DEPOSITED_SAT,
            fee_sat=5_000,
            spending=[Outpoint(each["txid"], each["vout"]) for each in spent],
        )
        self.turn(other.raw)
        deposit = the_deposit(txid=self.txid)
        assert (deposit.state, deposit.reason) == ("reversed", "replaced")

    def turn(self, *raw: str) -> None:
        """Two blocks instead of the newest one."""
        node = self.house.node
        node.mine_on(node.block_hash(node.height() - 1), 2, raw=raw)
        self.house.scan()

    def prepare(self) -> None:
        with only_signer(self.house.wallet.network):
            bitcoin.prepare(self.house.wallet)

    def sign(self) -> None:
        self.prepare()
        with only_signer(self.house.wallet.network):
            bitcoin.sign(self.house.wallet, self.house.payment())
        assert self.house.payment().state == PaymentState.SIGNED

    def check(self) -> None:
        assert [line for check in check_ledger() for line in check.discrepancies] == []
        assert booked("hot", Asset.BTC) == self.house.hot_sat()


@pytest.fixture
def credited(bitcoin_house: BitcoinHouse) -> Credited:
    house = bitcoin_house
    house.fund(10**8)
    mid = in_ticks(MARKET_KRW[Asset.BTC] / SPREAD)
    agreed_rate(Asset.BTC, mid_krw=mid, bid_krw=mid, ask_krw=mid * SPREAD)
    user_id, address = player_with_address("bitcoin")
    txid = house.node.send(address, DEPOSITED_SAT)
    house.mine()
    assert the_deposit(txid=txid).state == "credited"
    withdrawal = approved(house.address(), WITHDRAWN_SAT, user_id=user_id)
    assert 0 < won(user_id) < WITHDRAWN_KRW
    return Credited(house, user_id, txid, withdrawal)


@pytest.mark.parametrize("is_prepared", [False, True])
def test_what_is_not_signed_is_not_paid(credited: Credited, *, is_prepared: bool) -> None:
    house = credited.house
    if is_prepared:
        credited.prepare()
    credited.double_spend()
    house.pay()
    house.pay()
    dropped = [PaymentState.DROPPED] if is_prepared else []
    assert [payment.state for payment in house.payments()] == dropped
    assert house.node.mempool_txids() == []
    assert state_of(credited.withdrawal) == WithdrawalState.APPROVED
    assert told() == {"deposit_reversed", "receivable"}
    # The won of the withdrawal stays held, and is what the player owes.
    assert (won(credited.user_id), held_krw(credited.withdrawal)) == (0, WITHDRAWN_KRW)
    assert owed(credited.user_id) == WITHDRAWN_KRW
    credited.check()


@pytest.mark.parametrize("is_sent", [False, True])
def test_what_is_signed_is_paid_once_and_owed(credited: Credited, *, is_sent: bool) -> None:
    house = credited.house
    if is_sent:
        house.pay()
    else:
        credited.sign()
    credited.double_spend()
    house.pay()
    house.until_settled()
    house.pay()
    assert house.payment().state == PaymentState.SETTLED
    assert len(house.attempts()) == 1
    assert house.received_sat(credited.withdrawal.address) == [WITHDRAWN_SAT]
    assert state_of(credited.withdrawal) == WithdrawalState.SETTLED
    assert (won(credited.user_id), held_krw(credited.withdrawal)) == (0, 0)
    assert owed(credited.user_id) == WITHDRAWN_KRW
    credited.check()


def test_it_is_paid_when_the_deposit_comes_again(credited: Credited) -> None:
    house = credited.house
    credited.turn()
    assert the_deposit(txid=credited.txid).state == "reversed"
    house.pay()
    assert house.payments() == []
    house.mine()
    assert the_deposit(txid=credited.txid).state == "credited"
    assert owed(credited.user_id) == 0
    house.pay()
    house.until_settled()
    assert house.received_sat(credited.withdrawal.address) == [WITHDRAWN_SAT]
    credited.check()
