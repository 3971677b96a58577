"""After a reorganisation the sender of a credited deposit uses its nonce for something else."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.wallet.deposits.site import EthereumSite, owed, player_with_address, the_deposit, won
from tests.wallet.house import make_player
from wallet.chains.erc20 import transfer_data
from wallet.chains.errors import NodeRefused
from wallet.devnodes.ethereum_node import GAS_LIMIT
from wallet.models import Deposit, MoneyEvent
from wallet.services import buy_in, cash_out, settle_hand
from wallet.withdrawals import frozen_reason
from wallet.withdrawals.errors import WithdrawalsFrozen
from wallet.withdrawals.gates import refuse_while_frozen

pytestmark = pytest.mark.django_db

ETH = 10**18
ONE = 10**6
# The deposit's block and four above it: `safe`.
BLOCKS = 5


@dataclass
class Sender:
    """Somebody who pays a player, and pays otherwise in another history."""

    site: EthereumSite
    user_id: int
    address: str
    account: str

    def pay(self, asset: str, units: int) -> Deposit:
        """A deposit that is credited as soon as its block is safe."""
        node = self.site.node
        node.mint_token(self.site.tokens.usdt, self.account, 1_000 * ONE)
        node.mine()
        self.site.scan_calmly()
        if asset == "ETH":
            txid = node.send(self.address, units, sender=self.account)
        else:
            txid = node.transfer_token(
                self.site.tokens.usdt, self.address, units, sender=self.account
            )
        node.mine(BLOCKS)
        self.site.scan_calmly()
        deposit = the_deposit(txid=txid)
        assert (deposit.state, won(self.user_id)) == ("credited", deposit.amount_krw)
        return deposit

    def pay_instead(self, old: Deposit, recipient: str, units: int) -> None:
        """The same nonce pays this; two blocks later than the deposit did."""
        node = self.site.node
        raw, nonce = node.raw_transaction(old.txid), self._nonce_of(old.txid)
        call: dict[str, Any] = {"from": self.account, "gas": hex(GAS_LIMIT)}
        if old.asset == "ETH":
            call |= {"to": recipient, "value": hex(units)}
        else:
            data = "0x" + transfer_data(recipient, units).hex()
            call |= {"to": self.site.tokens.usdt, "data": data}
        node.reorganise(BLOCKS, [(call, 2)])
        (new,) = node.call("eth_getBlockByNumber", hex(node.height() - 2), False)["transactions"]
        assert (new != old.txid, self._nonce_of(new)) == (True, nonce)
        # The old bytes are worth nothing any more.
        with pytest.raises(NodeRefused, match="nonce too low"):
            node.call("eth_sendRawTransaction", raw)

    def _nonce_of(self, txid: str) -> str:
        return str(self.site.node.call("eth_getTransactionByHash", txid)["nonce"])


@pytest.fixture
def sender(ethereum: EthereumSite) -> Sender:
    return Sender(ethereum, *player_with_address("ethereum"), ethereum.node.accounts[1])


@pytest.mark.parametrize(
    ("asset", "units", "less", "less_krw"),
    [("ETH", ETH // 10, ETH // 50, 99_000), ("USDT", 100 * ONE, 25 * ONE, 25 * 1_386)],
)
def test_one_that_pays_less_is_credited_by_itself(
    sender: Sender, asset: str, units: int, less: int, less_krw: int
) -> None:
    site, user_id = sender.site, sender.user_id
    old = sender.pay(asset, units)
    sender.pay_instead(old, sender.address, less)
    site.scan_calmly()
    new = Deposit.objects.exclude(pk=old.pk).get()
    old.refresh_from_db()
    assert (old.state, old.height) == ("reversed", None)
    assert (new.state, new.amount_units, won(user_id)) == ("confirming", less, 0)
    for blocks in (2, 2 * BLOCKS):
        site.mine(blocks)
        site.scan_calmly()
        assert (won(user_id), owed(user_id)) == (less_krw, 0)
    assert [each.state for each in Deposit.objects.order_by("id")] == ["reversed", "credited"]
    assert frozen_reason(user_id) == "deposit_reversed"
    assert MoneyEvent.objects.get(kind="alert.deposit_reversed").payload["user"] == user_id


@pytest.mark.parametrize(("asset", "units"), [("ETH", ETH // 10), ("USDT", 100 * ONE)])
def test_one_that_pays_a_stranger_leaves_nothing(sender: Sender, asset: str, units: int) -> None:
    old = sender.pay(asset, units)
    sender.pay_instead(old, sender.site.node.accounts[5], units)
    for blocks in (0, 2 * BLOCKS):
        if blocks:
            sender.site.mine(blocks)
        sender.site.scan_calmly()
        assert the_deposit().state == "reversed"
        assert (won(sender.user_id), owed(sender.user_id)) == (0, 0)
    assert frozen_reason(sender.user_id) == "deposit_reversed"


def test_what_was_lost_at_the_table_is_owed_and_the_lesser_payment_goes_into_it(
    sender: Sender,
) -> None:
    site, loser = sender.site, sender.user_id
    winner = make_player(400_000)
    old = sender.pay("ETH", ETH // 10)
    for user_id in (loser, winner):
        buy_in(user_id=user_id, table_id=1, amount_krw=400_000, key=f"in{user_id}")
    settle_hand(
        table_id=1, hand_id="h1", net_krw={loser: -400_000, winner: 390_000}, rake_krw=10_000
    )
    cash_out(user_id=winner, table_id=1, amount_krw=790_000, key="out")
    sender.pay_instead(old, sender.address, ETH // 50)
    site.scan_calmly()
    assert (won(loser), owed(loser)) == (0, 400_000)
    site.mine(2)
    site.scan_calmly()
    assert Deposit.objects.exclude(pk=old.pk).get().state == "credited"
    assert (won(loser), owed(loser)) == (0, 301_000)
    assert (won(winner), owed(winner), frozen_reason(winner)) == (790_000, 0, "")
    with pytest.raises(WithdrawalsFrozen, match="receivable"):
        refuse_while_frozen(loser)
    assert MoneyEvent.objects.get(kind="alert.deposit_reversed").payload["owed_krw"] == 400_000
