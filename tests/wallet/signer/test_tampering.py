"""What somebody with a hand in the database cannot get paid, and what staff are told of it."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from accounts.models import User
from tests.wallet.house import execute, give_bought, guards_off, make_player, season
from tests.wallet.signer import ethereum_house as ethereum
from tests.wallet.signer.bitcoin_house import BitcoinHouse, address_of
from tests.wallet.signer.ethereum_house import ETHER, EthereumHouse
from tests.wallet.signer.house import approved
from tests.wallet.signer.telling import told
from wallet import chart
from wallet.addressing import deposit_address
from wallet.assets import Asset, Network
from wallet.ledger import credit, debit, post
from wallet.models import Approval, AssetPolicy, PayoutAddress, Policy, Withdrawal, WithdrawalState
from wallet.policies import policy
from wallet.signer import bitcoin
from wallet.signer.locks import only_signer
from wallet.withdrawals import content_hash

pytestmark = pytest.mark.django_db


def make_staff() -> int:
    member = make_player()
    User.objects.filter(pk=member).update(is_staff=True)
    return season(User.objects.get(pk=member)).pk


def decide(withdrawal: Withdrawal, staff_id: int, *, approved: bool) -> None:
    Approval.objects.create(
        withdrawal=withdrawal,
        staff_id=staff_id,
        content_hash=withdrawal.content_hash,
        approved=approved,
    )


def change(withdrawal: Withdrawal, assignment: str, *values: object) -> None:
    """As a superuser of the database could, past every trigger."""
    with guards_off():
        execute(
            f"UPDATE wallet_withdrawal SET {assignment} WHERE id = %s", [*values, withdrawal.pk]
        )


def more(house: BitcoinHouse, withdrawal: Withdrawal) -> None:
    change(withdrawal, "amount_units = amount_units * 10")


def elsewhere(house: BitcoinHouse, withdrawal: Withdrawal) -> None:
    change(withdrawal, "address = %s", house.address())


def more_and_its_hash(house: BitcoinHouse, withdrawal: Withdrawal) -> None:
    """The hash is no secret; but the hold in the ledger is of another amount."""
    withdrawal.amount_krw *= 10
    change(
        withdrawal,
        "amount_krw = %s, content_hash = %s",
        withdrawal.amount_krw,
        content_hash(withdrawal),
    )


def more_than_is_held(house: BitcoinHouse, withdrawal: Withdrawal) -> None:
    more_and_its_hash(house, withdrawal)
    with guards_off():
        execute(
            "UPDATE wallet_withdrawalquote SET amount_krw = %s WHERE id = %s",
            [withdrawal.amount_krw, withdrawal.quote_id],
        )


def elsewhere_and_its_hash(house: BitcoinHouse, withdrawal: Withdrawal) -> None:
    """The address book still says where it was to go."""
    withdrawal.address = house.address()
    change(
        withdrawal,
        "address = %s, content_hash = %s",
        withdrawal.address,
        content_hash(withdrawal),
    )


def another_in_the_book(house: BitcoinHouse, withdrawal: Withdrawal) -> None:
    with guards_off():
        execute("UPDATE wallet_payoutaddress SET address = %s", [house.address()])


def rejected_by_staff(house: BitcoinHouse, withdrawal: Withdrawal) -> None:
    """And not noted in the withdrawal's state."""
    decide(withdrawal, make_staff(), approved=False)


def asset_closed(house: BitcoinHouse, withdrawal: Withdrawal) -> None:
    AssetPolicy.objects.filter(asset=withdrawal.asset).update(is_open=False)


def approvals_forgotten(house: BitcoinHouse, withdrawal: Withdrawal) -> None:
    change(withdrawal, "approvals_needed = 1")


def more_coins_and_their_hash(house: BitcoinHouse, withdrawal: Withdrawal) -> None:
    """What somebody with the site's own rights in the database could ask for."""
    withdrawal.amount_units *= 10
    change(
        withdrawal,
        "amount_units = %s, content_hash = %s",
        withdrawal.amount_units,
        content_hash(withdrawal),
    )


def a_better_offer_too(house: BitcoinHouse, withdrawal: Withdrawal) -> None:
    more_coins_and_their_hash(house, withdrawal)
    with guards_off():
        execute(
            "UPDATE wallet_withdrawalquote SET amount_units = %s WHERE id = %s",
            [withdrawal.amount_units, withdrawal.quote_id],
        )


def large_without_approvals(house: BitcoinHouse, withdrawal: Withdrawal) -> None:
    policy()
    Policy.objects.update(auto_approve_krw=withdrawal.amount_krw - 1)


def out_before_its_time(house: BitcoinHouse, withdrawal: Withdrawal) -> None:
    execute(
        "UPDATE wallet_withdrawal SET cooling_until = now() + interval '1 hour' WHERE id = %s",
        [withdrawal.pk],
    )


def out_of_the_book(house: BitcoinHouse, withdrawal: Withdrawal) -> None:
    PayoutAddress.objects.update(removed_at=timezone.now())


def account_closed(house: BitcoinHouse, withdrawal: Withdrawal) -> None:
    User.objects.filter(pk=withdrawal.user_id).update(is_active=False)


@pytest.mark.parametrize(
    ("tamper", "code"),
    [
        (more, "offer_changed"),
        (elsewhere, "content_changed"),
        (more_and_its_hash, "offer_changed"),
        (more_than_is_held, "hold_missing"),
        (approvals_forgotten, "approvals_missing"),
        (more_coins_and_their_hash, "offer_changed"),
        (a_better_offer_too, "offer_too_good"),
        (large_without_approvals, "approvals_missing"),
        (out_before_its_time, "still_waiting"),
        (out_of_the_book, "address_removed"),
        (account_closed, "account_closed"),
        (elsewhere_and_its_hash, "address_changed"),
        (another_in_the_book, "address_changed"),
        (rejected_by_staff, "rejected"),
        (asset_closed, "asset_closed"),
    ],
)
def test_it_is_not_paid(
    bitcoin_house: BitcoinHouse, tamper: Callable[[BitcoinHouse, Withdrawal], None], code: str
) -> None:
    house = bitcoin_house
    house.fund(10**8)
    withdrawal = approved(house.address(), 100_000)
    tamper(house, withdrawal)
    house.pay()
    assert house.payments() == []
    assert house.node.mempool_txids() == []
    assert told() == {code}


def test_it_is_not_paid_to_an_address_of_ours(bitcoin_house: BitcoinHouse) -> None:
    house = bitcoin_house
    house.fund(10**8)
    theirs = deposit_address(user_id=make_player(), network=Network.BITCOIN).address
    for address in (theirs, house.hot, address_of(house.seed, 8, 0)):
        approved(address, 100_000)
    house.pay()
    assert house.payments() == []
    assert told() == {"address_own"}


def test_it_is_not_paid_to_an_address_of_ours_on_ethereum(ethereum_house: EthereumHouse) -> None:
    """In letters of any case."""
    house = ethereum_house
    house.fund(Asset.ETH, 20 * ETHER)
    theirs = deposit_address(user_id=make_player(), network=Network.ETHEREUM).address
    ours = (theirs, house.hot, ethereum.address_of(house.seed, 8, 0))
    for address in ours:
        approved(address, ETHER, Asset.ETH)
    house.pay()
    assert told() == {"address_own"}
    for address in ours:
        approved(address.lower(), ETHER, Asset.ETH)
    house.pay()
    assert house.payments() == []
    assert told() == {"address_own", "address_malformed"}


def test_a_change_between_preparing_and_signing_drops_the_payment(
    bitcoin_house: BitcoinHouse,
) -> None:
    house = bitcoin_house
    house.fund(10**8)
    withdrawal = approved(house.address(), 100_000)
    with only_signer(Network.BITCOIN):
        bitcoin.prepare(house.wallet)
    elsewhere(house, withdrawal)
    house.pay()
    (payment,) = house.payments()
    assert payment.state == "dropped"
    assert not payment.inputs.exists()
    assert house.node.mempool_txids() == []


@pytest.mark.parametrize(
    ("minutes", "state", "alerts"), [(9, "broadcast", set()), (11, "dropped", {"offer_over"})]
)
def test_what_was_prepared_in_time_is_signed_soon_after_its_offer_ends_or_never(
    bitcoin_house: BitcoinHouse, minutes: int, state: str, alerts: set[str]
) -> None:
    house = bitcoin_house
    house.fund(10**8)
    withdrawal = approved(house.address(), 100_000)
    with only_signer(Network.BITCOIN):
        bitcoin.prepare(house.wallet)
    with guards_off():
        execute(
            "UPDATE wallet_withdrawalquote SET expires_at = now() - make_interval(mins => %s)",
            [minutes],
        )
    house.pay()
    (payment,) = house.payments()
    assert payment.state == state
    assert len(house.node.mempool_txids()) == int(state == "broadcast")
    assert told() == alerts
    # What was dropped is paid by another payment, at a rate of now.
    house.pay()
    paid = Withdrawal.objects.get(pk=withdrawal.pk)
    assert (paid.state, len(house.node.mempool_txids())) == ("broadcast", 1)
    assert (paid.quote_id != withdrawal.quote_id) is (state == "dropped")


def test_approvals_of_exactly_its_content_by_others_are_counted(
    bitcoin_house: BitcoinHouse,
) -> None:
    house = bitcoin_house
    house.fund(10**8)
    withdrawal = approved(
        house.address(), 100_000, approvals_needed=2, state=WithdrawalState.APPROVAL
    )
    for _ in range(2):
        decide(withdrawal, make_staff(), approved=True)
    Withdrawal.objects.filter(pk=withdrawal.pk).update(state=WithdrawalState.APPROVED)
    house.pay()
    house.until_settled()
    assert house.received_sat(withdrawal.address) == [100_000]


def test_while_won_is_in_the_ledger_that_nobody_paid_in_nothing_is_signed(
    bitcoin_house: BitcoinHouse,
) -> None:
    house = bitcoin_house
    house.fund(10**8)
    approved(house.address(), 100_000)
    give_bought(make_player(), 1)
    house.pay()
    (payment,) = house.payments()
    assert payment.state == "prepared"
    assert house.node.mempool_txids() == []
    assert told() == {"ledger_without_origin"}
    rules = policy()
    assert (rules.withdrawals_open, rules.stopped_reason[:8]) == (False, "ledger: ")


def test_who_got_won_from_another_player_is_not_paid(bitcoin_house: BitcoinHouse) -> None:
    house = bitcoin_house
    house.fund(10**8)
    withdrawal = approved(house.address(), 100_000)
    giver, taker = chart.player(make_player(1_000)), chart.player(withdrawal.user_id)
    post(kind="hand", key="hand:nobody", postings=[debit(giver, 1_000), credit(taker, 1_000)])
    house.pay()
    (payment,) = house.payments()
    assert payment.state == "prepared"
    assert told() == {"ledger_without_origin"}
    assert policy().stopped_reason.startswith("ledger: transaction hand:nobody")
