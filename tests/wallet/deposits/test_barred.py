"""A player who may not play any more when the deposit has its confirmations."""

from collections.abc import Callable

import pytest

from accounts.models import User
from tests.wallet.deposits.site import (
    BitcoinSite,
    EthereumSite,
    owed,
    player_with_address,
    states,
    the_deposit,
    won,
)
from wallet import chart, movements
from wallet.models import Exclusion

pytestmark = pytest.mark.django_db


def close_account(user_id: int) -> None:
    User.objects.filter(pk=user_id).update(is_active=False)


def exclude(user_id: int) -> None:
    Exclusion.objects.create(user_id=user_id)


barred = pytest.mark.parametrize(
    ("bar", "reason"), [(close_account, "account_closed"), (exclude, "self_excluded")]
)


def assert_quarantined(user_id: int, reason: str) -> None:
    deposit = the_deposit(user_id=user_id)
    assert (deposit.state, deposit.reason) == ("quarantined", reason)
    assert (won(user_id), owed(user_id)) == (0, 0)
    assert movements.balance(chart.quarantine(deposit.asset)) == deposit.amount_units


@barred
def test_since_it_was_in_a_block(
    bitcoin: BitcoinSite, bar: Callable[[int], None], reason: str
) -> None:
    player, address = player_with_address("bitcoin")
    bitcoin.pay(address, 5_000_000, depth=1)
    bitcoin.scan_calmly()
    assert the_deposit(user_id=player).state == "confirming"
    bar(player)
    bitcoin.mine(2)
    bitcoin.scan_calmly()
    assert_quarantined(player, reason)
    bitcoin.mine(6)
    bitcoin.scan_calmly()
    assert states(the_deposit(user_id=player)) == ["confirming", "quarantined"]


@barred
def test_since_it_was_in_a_block_of_ethereum(
    ethereum: EthereumSite, bar: Callable[[int], None], reason: str
) -> None:
    player, address = player_with_address("ethereum")
    ethereum.node.send(address, 10**18)
    ethereum.mine()
    ethereum.scan_calmly()
    assert the_deposit(user_id=player).state == "confirming"
    bar(player)
    ethereum.mine(12)
    ethereum.scan_calmly()
    assert_quarantined(player, reason)


@barred
def test_since_it_was_credited_in_a_block_that_goes_and_comes_again(
    bitcoin: BitcoinSite, bar: Callable[[int], None], reason: str
) -> None:
    player, address = player_with_address("bitcoin")
    bitcoin.pay(address, 500_000, depth=1)
    bitcoin.scan_calmly()
    assert won(player) == 495_000
    bar(player)
    bitcoin.branch(1)
    bitcoin.scan_calmly()
    assert the_deposit(user_id=player).state == "reversed"
    bitcoin.mine()
    bitcoin.scan_calmly()
    assert_quarantined(player, reason)
