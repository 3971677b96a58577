"""A transaction that pays something else in another block: what a contract pays depends on what
was before it, so the same signed transaction may come again with other facts."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings as site_settings

from accounts.models import User
from tests.wallet.deposits.site import (
    EthereumSite,
    make_staff,
    player_with_address,
    states,
    the_deposit,
    won,
)
from wallet import chart, movements
from wallet.deposits.quarantine import return_from_quarantine
from wallet.devnodes.abi import call_data
from wallet.devnodes.ethereum_node import GAS_LIMIT
from wallet.models import Deposit, MoneyEvent, OwnTransfer, Transaction
from wallet.withdrawals import frozen_reason

pytestmark = pytest.mark.django_db

ETH = 10**18
ONE = 10**6
NO_TOKEN = "0x" + "00" * 20
TELL = "tell(address,address,uint256)"
# The order, the payment, and four blocks above it: `safe`.
BLOCKS = 6


@dataclass
class Payroll:
    """A contract that pays what it was told last; one account tells it, another has it pay."""

    site: EthereumSite
    address: str
    raw: str = ""

    def pay(self, asset: str, recipient: str, amount: int, *, above: int = BLOCKS - 2) -> str:
        """Told in one block, paid in the next, with so many blocks above; the transaction."""
        node = self.site.node
        self.site.mine(3)
        self.site.scan_calmly()
        node.transact(
            self.address, TELL, self._token(asset), recipient, amount, sender=node.accounts[1]
        )
        node.mine()
        txid = node.transact(self.address, "pay()")
        node.mine(1 + above)
        self.raw = node.raw_transaction(txid)
        return txid

    def change(self, asset: str, recipient: str, amount: int, *, depth: int = BLOCKS) -> None:
        """Another history in which it was told this; the payment itself is the same."""
        node = self.site.node
        order: dict[str, Any] = {
            "from": node.accounts[1],
            "to": self.address,
            "gas": hex(GAS_LIMIT),
            "data": "0x" + call_data(TELL, self._token(asset), recipient, amount).hex(),
        }
        node.reorganise(depth, [(order, 0), (self.raw, 1)])

    def _token(self, asset: str) -> str:
        tokens = self.site.tokens
        return {"ETH": NO_TOKEN, "USDT": tokens.usdt, "USDC": tokens.usdc}[asset]


@pytest.fixture
def payroll(ethereum: EthereumSite) -> Payroll:
    node = ethereum.node
    address = node.deploy("Payroll")
    node.fund(address, 100 * ETH)
    for token in (ethereum.tokens.usdt, ethereum.tokens.usdc):
        node.mint_token(token, address, 1_000 * ONE)
    return Payroll(ethereum, address)


def kinds() -> list[tuple[str, int]]:
    """What was booked for deposits, in order, and for the how manieth."""
    rows = Transaction.objects.filter(meta__has_key="deposit_id").order_by("id")
    first = Deposit.objects.order_by("id").values_list("id", flat=True)[0]
    return [(row.kind, row.meta["deposit_id"] - first) for row in rows]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(("ETH", 0, ETH // 10), ("ETH", 0, ETH // 50), id="less"),
        pytest.param(("USDT", 0, 25 * ONE), ("USDT", 0, 60 * ONE), id="more"),
        pytest.param(("USDT", 0, 25 * ONE), ("USDC", 0, 25 * ONE), id="asset"),
        pytest.param(("USDT", 0, 25 * ONE), ("USDT", 1, 25 * ONE), id="address"),
    ],
)
def test_a_credit_is_reversed_and_what_was_paid_is_credited(
    ethereum: EthereumSite, payroll: Payroll, before: Any, after: Any
) -> None:
    players = [player_with_address("ethereum") for _ in range(2)]
    asset, who, units = before
    txid = payroll.pay(asset, players[who][1], units)
    ethereum.scan_calmly()
    old = the_deposit(txid=txid)
    assert (old.state, won(players[who][0])) == ("credited", old.amount_krw)
    asset, who, units = after
    payroll.change(asset, players[who][1], units)
    ethereum.scan_calmly()
    old, new = Deposit.objects.filter(txid=txid).order_by("id")
    assert (old.state, old.reason, old.height) == ("reversed", "changed", None)
    assert (new.state, new.asset, new.user_id, new.amount_units) == (
        *("credited", asset),
        *(players[who][0], units),
    )
    assert won(players[who][0]) == new.amount_krw
    assert sum(won(user_id) for user_id, _ in players) == new.amount_krw
    assert kinds() == [("deposit", 0), ("deposit_reversal", 0), ("deposit", 1)]
    alert = MoneyEvent.objects.get(kind="alert.deposit_changed")
    assert alert.payload["amount_units"] == str(units)
    assert frozen_reason(old.user_id) == "deposit_reversed"


def test_one_that_is_not_credited_yet_is_looked_at_anew(
    ethereum: EthereumSite, payroll: Payroll
) -> None:
    user_id, address = player_with_address("ethereum")
    txid = payroll.pay("ETH", address, ETH // 10, above=2)
    ethereum.scan_calmly()
    payroll.change("ETH", address, 10**15 - 1, depth=4)
    ethereum.mine(2)
    ethereum.scan_calmly()
    old, new = Deposit.objects.filter(txid=txid).order_by("id")
    assert states(old) == ["confirming", "orphaned", "replaced"]
    assert (old.reason, states(new)) == ("changed", ["confirming", "dust"])
    assert (won(user_id), frozen_reason(user_id)) == (0, "")


def test_one_that_pays_a_stranger_now_is_reversed(ethereum: EthereumSite, payroll: Payroll) -> None:
    user_id, address = player_with_address("ethereum")
    txid = payroll.pay("USDC", address, 25 * ONE)
    ethereum.scan_calmly()
    payroll.change("USDC", ethereum.node.accounts[5], 25 * ONE)
    ethereum.scan_calmly()
    assert (the_deposit(txid=txid).state, won(user_id)) == ("reversed", 0)


def test_when_the_first_history_comes_back_the_first_credit_does(
    ethereum: EthereumSite, payroll: Payroll
) -> None:
    user_id, address = player_with_address("ethereum")
    txid = payroll.pay("ETH", address, ETH // 10)
    ethereum.scan_calmly()
    payroll.change("ETH", address, ETH // 50)
    ethereum.scan_calmly()
    payroll.change("ETH", address, ETH // 10)
    ethereum.scan_calmly()
    old, new = Deposit.objects.filter(txid=txid).order_by("id")
    assert (old.state, new.state, new.reason) == ("credited", "reversed", "changed")
    assert (won(user_id), frozen_reason(user_id)) == (495_000, "deposit_reversed")
    assert kinds()[3:] == [("deposit_reversal", 1), ("deposit", 0)]


def test_what_comes_in_the_place_of_a_returned_one_waits_for_staff(
    ethereum: EthereumSite, payroll: Payroll
) -> None:
    user_id, address = player_with_address("ethereum")
    user = User.objects.get(pk=user_id)
    user.is_active = False
    user.save()
    txid = payroll.pay("USDT", address, 25 * ONE)
    ethereum.scan_calmly()
    return_from_quarantine(
        deposit_id=the_deposit(txid=txid).pk,
        staff=make_staff(),
        second=make_staff(),
        reason="asked for",
        external_txid="0x" + "11" * 32,
    )
    user.is_active = True
    user.save()
    payroll.change("USDT", address, 60 * ONE)
    ethereum.scan_calmly()
    old, new = Deposit.objects.filter(txid=txid).order_by("id")
    assert (old.state, old.reason) == ("replaced", "changed")
    assert (new.state, new.reason, won(user_id)) == ("quarantined", "returned_before", 0)
    assert movements.balance(chart.quarantine("USDT")) == 60 * ONE


def test_capital_that_is_another_sum_is_booked_anew(
    ethereum: EthereumSite, payroll: Payroll
) -> None:
    hot = site_settings.ETHEREUM_HOT_ADDRESS
    payroll.pay("ETH", hot, 3 * ETH, above=8)
    ethereum.scan_calmly()
    assert movements.balance(chart.capital("ETH")) == 3 * ETH
    payroll.change("ETH", hot, 2 * ETH, depth=10)
    ethereum.scan_calmly()
    assert movements.balance(chart.capital("ETH")) == 2 * ETH
    assert OwnTransfer.objects.count() == 2
