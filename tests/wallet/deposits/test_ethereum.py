"""Deposits of ETH and tokens on a real node: traces, events, and what is none of them."""

import pytest

from tests.wallet.deposits.payments import own_payment
from tests.wallet.deposits.site import EthereumSite, player_with_address, states, the_deposit, won
from wallet.addressing import hot_address
from wallet.models import (
    Deposit,
    MoneyEvent,
    PaymentKind,
    Policy,
    StrayTransfer,
)

pytestmark = pytest.mark.django_db

ETH = 10**18
ONE = 10**6  # a whole USDT or USDC
PLACES_OF_INNER_CALL = "trace:0"


@pytest.fixture
def player(ethereum: EthereumSite) -> tuple[int, str]:
    """A player's number and address."""
    return player_with_address("ethereum")


def test_small_value_is_credited_when_safe(ethereum: EthereumSite, player: tuple[int, str]) -> None:
    user_id, address = player
    txid = ethereum.node.send(address, ETH // 10)
    ethereum.mine(4)
    ethereum.scan_calmly()
    deposit = the_deposit(txid=txid)
    assert (deposit.state, deposit.finality_needed, deposit.place) == (
        "confirming",
        "safe",
        "trace:",
    )
    ethereum.mine()
    ethereum.scan_calmly()
    assert won(user_id) == 495_000
    assert states(deposit) == ["confirming", "credited"]


def test_large_value_is_credited_when_finalized(
    ethereum: EthereumSite, player: tuple[int, str]
) -> None:
    user_id, address = player
    ethereum.node.send(address, 10 * ETH)
    ethereum.mine(8)
    ethereum.scan_calmly()
    deposit = the_deposit(user_id=user_id)
    assert (deposit.state, deposit.finality_needed) == ("confirming", "finalized")
    ethereum.mine()
    ethereum.scan_calmly()
    assert won(user_id) == 49_500_000


@pytest.mark.parametrize(
    ("wei", "finality", "above"), [(ETH, "safe", 4), (ETH + 10**12, "finalized", 8)]
)
def test_each_tier_of_ether_begins_where_the_rules_say(
    ethereum: EthereumSite, player: tuple[int, str], wei: int, finality: str, above: int
) -> None:
    """4,950,000 won are the most for `safe`, and a few more are not."""
    user_id, address = player
    Policy.objects.update(eth_safe_krw=4_950_000)
    ethereum.node.send(address, wei)
    ethereum.mine(above)
    ethereum.scan_calmly()
    deposit = the_deposit(user_id=user_id)
    assert (deposit.state, deposit.finality_needed, won(user_id)) == ("confirming", finality, 0)
    ethereum.mine()
    ethereum.scan_calmly()
    assert won(user_id) == wei * 4_950_000 // ETH


def test_many_small_payments_of_ether_are_a_large_one(
    ethereum: EthereumSite, player: tuple[int, str]
) -> None:
    user_id, address = player
    Policy.objects.update(eth_safe_krw=4_950_000)
    ethereum.node.send(address, ETH)
    ethereum.mine(5)
    ethereum.scan_calmly()
    assert won(user_id) == 4_950_000
    # The first is safe and not final: together they are more than the rules allow there.
    second = ethereum.node.send(address, ETH // 100)
    ethereum.mine(5)
    ethereum.scan_calmly()
    assert won(user_id) == 4_999_500
    third = ethereum.node.send(address, ETH)
    fourth = ethereum.node.send(address, ETH // 100)
    ethereum.mine(5)
    ethereum.scan_calmly()
    assert {the_deposit(txid=txid).state for txid in (third, fourth)} == {"confirming"}
    assert the_deposit(txid=second).state == "credited"
    ethereum.mine(4)
    ethereum.scan_calmly()
    assert won(user_id) == 4_999_500 + 4_999_500


def test_more_wei_than_64_bits_hold(ethereum: EthereumSite, player: tuple[int, str]) -> None:
    user_id, address = player
    amount_wei = 2**63 + 12_345
    ethereum.node.send(address, amount_wei)
    ethereum.mine(9)
    ethereum.scan_calmly()
    assert the_deposit(user_id=user_id).amount_units == amount_wei
    assert won(user_id) == amount_wei * 4_950_000 // ETH


def test_tokens_count_six_decimals(ethereum: EthereumSite, player: tuple[int, str]) -> None:
    user_id, address = player
    ethereum.node.mint_token(ethereum.tokens.usdt, address, 25 * ONE)
    ethereum.node.mint_token(ethereum.tokens.usdc, ethereum.node.accounts[0], 100 * ONE)
    ethereum.mine()
    ethereum.node.transfer_token(ethereum.tokens.usdc, address, 7 * ONE + 1)
    ethereum.mine(9)
    ethereum.scan_calmly()
    assert dict(Deposit.objects.values_list("asset", "amount_units")) == {
        "USDT": 25 * ONE,
        "USDC": 7 * ONE + 1,
    }
    assert won(user_id) == 25 * 1_386 + 9_702


def test_a_token_that_takes_a_fee_is_credited_with_what_arrives(
    ethereum: EthereumSite, player: tuple[int, str]
) -> None:
    user_id, address = player
    usdt = ethereum.tokens.usdt
    ethereum.node.mint_token(usdt, ethereum.node.accounts[1], 1_000 * ONE)
    ethereum.node.transact(usdt, "setFee(uint256)", 100)
    ethereum.mine()
    ethereum.node.transfer_token(usdt, address, 100 * ONE, sender=ethereum.node.accounts[1])
    ethereum.mine(9)
    ethereum.scan_calmly()
    assert the_deposit(user_id=user_id).amount_units == 99 * ONE


def test_eth_through_contracts_is_found_by_its_trace(
    ethereum: EthereumSite, player: tuple[int, str]
) -> None:
    user_id, address = player
    forwarder = ethereum.tokens.forwarder
    ethereum.node.transact(forwarder, "forward(address)", address, value_wei=ETH // 100)
    ethereum.mine()
    ethereum.node.transact(
        forwarder, "forwardToMany(address[])", [address, address], value_wei=ETH // 50
    )
    ethereum.node.transact(forwarder, "destroyInto(address)", address, value_wei=ETH // 100)
    ethereum.mine(9)
    ethereum.scan_calmly()
    amounts = sorted(Deposit.objects.values_list("amount_units", flat=True))
    assert amounts == [ETH // 100] * 4
    assert PLACES_OF_INNER_CALL in set(Deposit.objects.values_list("place", flat=True))
    assert won(user_id) == 4 * 49_500


@pytest.mark.parametrize("signature", ["forwardAndUndo(address)", "delegate(address)"])
def test_eth_that_does_not_arrive_is_no_deposit(
    ethereum: EthereumSite, player: tuple[int, str], signature: str
) -> None:
    _, address = player
    ethereum.node.transact(ethereum.tokens.forwarder, signature, address, value_wei=ETH // 10)
    ethereum.mine(9)
    ethereum.scan_calmly()
    assert not Deposit.objects.exists()


def test_a_reverted_transfer_is_no_deposit(ethereum: EthereumSite, player: tuple[int, str]) -> None:
    _, address = player
    ethereum.node.transfer_token(ethereum.tokens.usdc, address, 5 * ONE, gas=100_000)
    ethereum.mine(9)
    ethereum.scan_calmly()
    assert not Deposit.objects.exists()


def test_an_event_of_an_unknown_contract_is_kept_for_staff_and_never_credited(
    ethereum: EthereumSite, player: tuple[int, str]
) -> None:
    user_id, address = player
    fake = ethereum.tokens.fake
    ethereum.node.transact(
        fake, "pretend(address,address,uint256)", ethereum.node.accounts[3], address, 2**255
    )
    ethereum.mine(9)
    ethereum.scan_calmly()
    stray = StrayTransfer.objects.get()
    assert (stray.contract, stray.amount) == (fake, str(2**255))
    assert stray.address.user_id == user_id
    assert (Deposit.objects.count(), won(user_id)) == (0, 0)


def test_a_listed_token_gone_mad_is_not_credited_and_stops_nothing(
    ethereum: EthereumSite, player: tuple[int, str]
) -> None:
    user_id, address = player
    ethereum.node.mint_token(ethereum.tokens.usdc, address, 2**255)
    ethereum.mine()
    ethereum.node.send(address, ETH // 10)
    ethereum.mine(9)
    assert ethereum.scan().trouble == ""
    assert StrayTransfer.objects.get().contract == "USDC"
    assert MoneyEvent.objects.filter(kind="alert.absurd_amount").count() == 1
    assert won(user_id) == 495_000


def test_gas_of_our_own_is_no_deposit(ethereum: EthereumSite, player: tuple[int, str]) -> None:
    user_id, address = player
    hot = hot_address("ethereum")
    ethereum.node.fund(hot, ETH)
    ethereum.node.impersonate(hot)
    txid = ethereum.node.send(address, ETH // 100, sender=hot)
    own_payment("ethereum", "ETH", txid, kind=PaymentKind.GAS, sender=hot, nonce=0)
    ethereum.mine(9)
    assert ethereum.scan().trouble == ""
    assert (Deposit.objects.count(), won(user_id)) == (0, 0)


def test_coins_of_ours_that_no_payment_explains_are_quarantined(
    ethereum: EthereumSite, player: tuple[int, str]
) -> None:
    user_id, address = player
    hot = hot_address("ethereum")
    ethereum.node.fund(hot, ETH)
    ethereum.node.impersonate(hot)
    ethereum.node.send(address, ETH // 100, sender=hot)
    ethereum.mine(9)
    assert ethereum.scan().trouble == ""
    deposit = the_deposit(user_id=user_id)
    assert (deposit.state, deposit.reason) == ("quarantined", "from_own_address")
    assert won(user_id) == 0


def test_the_same_address_takes_eth_and_tokens_at_once(
    ethereum: EthereumSite, player: tuple[int, str]
) -> None:
    user_id, address = player
    ethereum.node.send(address, ETH // 100)
    ethereum.node.mint_token(ethereum.tokens.usdt, address, 3 * ONE)
    ethereum.mine(5)
    ethereum.scan_calmly()
    assert won(user_id) == 49_500 + 3 * 1_386
