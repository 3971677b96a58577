"""A deposit spends an output of a transaction that is replaced, and cannot confirm any more."""

from dataclasses import dataclass

import pytest

from tests.wallet.deposits.site import BitcoinSite, player_with_address, states, the_deposit, won
from wallet.chains.types import Outpoint
from wallet.keys.bitcoin_signer import SignedBitcoin
from wallet.models import Deposit
from wallet.withdrawals import frozen_reason

pytestmark = pytest.mark.django_db

# More than a replaced transaction and what spends it pay together.
HIGHER_FEE_SAT = 20_000


@dataclass
class Family:
    """A payment between strangers, and a deposit out of it; both wait in the mempool."""

    bitcoin: BitcoinSite
    parent: SignedBitcoin
    user_id: int
    raw: str

    def deposit(self) -> Deposit:
        return the_deposit(user_id=self.user_id)

    def rival(self) -> str:
        """What spends the parent's coins otherwise."""
        node = self.bitcoin.node
        return node.sign_payment(
            node.miner_address,
            700_000,
            fee_sat=HIGHER_FEE_SAT,
            spending=[Outpoint(each.txid, each.index) for each in self.parent.spends],
        ).raw


@pytest.fixture
def family(bitcoin: BitcoinSite) -> Family:
    node = bitcoin.node
    parent = node.sign_payment(node.miner_address, 600_000)
    node.broadcast(parent.raw)
    user_id, address = player_with_address("bitcoin")
    child = node.sign_payment(address, 500_000, spending=[Outpoint(parent.txid, 0)])
    node.broadcast(child.raw)
    bitcoin.scan_calmly()
    assert the_deposit(user_id=user_id).state == "seen"
    return Family(bitcoin, parent, user_id, child.raw)


def test_it_is_orphaned_and_never_credited(bitcoin: BitcoinSite, family: Family) -> None:
    bitcoin.node.broadcast(family.rival())
    bitcoin.scan_calmly()
    deposit = family.deposit()
    assert (deposit.state, deposit.reason) == ("orphaned", "left_mempool")
    for _ in range(7):
        bitcoin.mine()
        bitcoin.scan_calmly()
    assert states(family.deposit()) == ["seen", "orphaned"]
    assert (won(family.user_id), frozen_reason(family.user_id)) == (0, "")


def test_it_is_reversed_when_it_was_credited(bitcoin: BitcoinSite, family: Family) -> None:
    bitcoin.mine()
    bitcoin.scan_calmly()
    assert won(family.user_id) == 495_000
    bitcoin.branch(1, family.rival())
    bitcoin.scan_calmly()
    deposit = family.deposit()
    assert (deposit.state, deposit.reason) == ("reversed", "reorganised")
    bitcoin.mine(6)
    bitcoin.scan_calmly()
    assert family.deposit().state == "reversed"
    assert (won(family.user_id), frozen_reason(family.user_id)) == (0, "deposit_reversed")


def test_it_is_credited_once_when_the_chain_turns_back(
    bitcoin: BitcoinSite, family: Family
) -> None:
    bitcoin.node.broadcast(family.rival())
    bitcoin.mine()
    bitcoin.scan_calmly()
    assert family.deposit().state == "orphaned"
    bitcoin.branch(1, family.parent.raw, family.raw)
    bitcoin.scan_calmly()
    assert family.deposit().state == "credited"
    assert won(family.user_id) == 495_000
