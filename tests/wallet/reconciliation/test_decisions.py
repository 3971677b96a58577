"""A difference that stays is booked by two of staff, and then chain and ledger agree again."""

from functools import partial

import pytest
from django.conf import settings as site
from pytest_django import Settings

from accounts.models import User
from tests.support.lying_node import lying_node
from tests.wallet.deposits.site import make_staff
from tests.wallet.house import at_once, execute, guards_off, season
from tests.wallet.reconciliation.sites import BitcoinSite, EthereumSite
from wallet import chart, movements, proposals
from wallet.deposits.errors import VerdictIncomplete
from wallet.ledger import reverse
from wallet.models import (
    MoneyEvent,
    Policy,
    Proposal,
    ProposalKind,
    ReconciliationRun,
    Transaction,
    Utxo,
)
from wallet.policies import policy
from wallet.proposals.errors import NotDecider, OwnProposal, ProposalUnknown, RulesChanged
from wallet.provenance import without_origin
from wallet.reconciliation import compare, reconcile, services
from wallet.reconciliation.errors import DifferenceGone, DifferenceNotProven
from wallet.reconciliation.findings import Findings
from wallet.reconciliation.lasting import subject_of
from wallet.rules import changes_to

pytestmark = pytest.mark.django_db
ETHER = 10**18


def propose(
    run: ReconciliationRun, asset: str, place: str, by: User, note: str = "the key was stolen"
) -> Proposal:
    return proposals.propose(
        kind=ProposalKind.DIFFERENCE,
        subject=subject_of(run.pk, asset, place),
        staff=by,
        details={},
        note=note,
    )


def confirm(row: Proposal, staff: User) -> Proposal:
    return proposals.confirm(proposal_id=row.pk, staff=staff, content_hash=row.content_hash)


def booked(run: ReconciliationRun, asset: str, place: str) -> None:
    confirm(propose(run, asset, place, make_staff()), make_staff())


def lost(asset: str) -> int:
    return movements.balance(chart.losses(asset))


def reopening(by: User) -> Proposal:
    """A proposal to open withdrawals again and clear the reason."""
    rules = policy()
    changes = changes_to(rules, {"withdrawals_open": True, "stopped_reason": ""})
    return proposals.propose(
        kind=ProposalKind.HOUSE_RULES,
        subject=rules.pk,
        staff=by,
        details={"changes": changes},
        note="moved to new keys",
    )


def boss() -> User:
    staff = make_staff()
    User.objects.filter(pk=staff.pk).update(is_superuser=True)
    return season(staff)


def robbed(ethereum: EthereumSite, place: str) -> ReconciliationRun:
    """A thief with a key takes an ETH of three from there."""
    ethereum.start()
    address = site.ETHEREUM_HOT_ADDRESS
    if place == "hot":
        ethereum.node.send(address, 3 * ETHER)
    else:
        address = ethereum.pay(wei=3 * ETHER)
        ethereum.pay(wei=ETHER)
    ethereum.settle()
    ethereum.node.impersonate(address)
    ethereum.node.send(ethereum.node.accounts[5], ETHER, sender=address)
    ethereum.settle()
    run = reconcile()
    assert not run.is_ok
    assert not policy().withdrawals_open
    return run


@pytest.mark.parametrize("place", ["hot", "deposits"])
def test_after_a_theft_two_book_it_and_two_open_withdrawals(
    ethereum: EthereumSite, place: str
) -> None:
    run = robbed(ethereum, place)
    missing = int(run.report["lasting"][0]["units"])
    assert missing < -ETHER  # the thief's gas too
    booked(run, "ETH", place)
    assert lost("ETH") == -missing
    told = MoneyEvent.objects.get(kind="difference.booked").payload
    assert (told["units"], told["note"]) == (str(missing), "the key was stolen")
    after = reconcile()
    assert after.is_ok, after.report
    assert not policy().withdrawals_open
    confirm(reopening(boss()), boss())
    assert reconcile().is_ok
    assert policy().withdrawals_open
    assert without_origin() == []


def test_a_second_theft_names_only_what_is_new(ethereum: EthereumSite) -> None:
    run = robbed(ethereum, "deposits")
    booked(run, "ETH", "deposits")
    (first,) = run.report["lasting"][0]["where"]
    other = ethereum.pay(wei=2 * ETHER)
    ethereum.settle()
    assert reconcile().is_ok
    ethereum.node.impersonate(other)
    ethereum.node.send(ethereum.node.accounts[5], ETHER, sender=other)
    ethereum.settle()
    assert [each.where for each in compare().differences] == [other] != [first]


@pytest.mark.parametrize("hot", [True, False])
def test_outputs_that_were_stolen_are_not_asked_for_again_once_they_are_booked(
    bitcoin: BitcoinSite, hot: bool
) -> None:
    bitcoin.start(deposit_sat=500_000, hot_sat=20_000_000)
    taken = Utxo.objects.get(deposit_address__isnull=hot)
    bitcoin.node.broadcast(bitcoin.spend(taken, bitcoin.node.miner_address).raw)
    bitcoin.node.mine()
    run = reconcile()
    booked(run, "BTC", "hot" if hot else "deposits")
    assert lost("BTC") == taken.amount_sat
    after = reconcile()
    assert after.is_ok, after.report
    # The thief's block goes: they are there again, and more than the ledger has.
    before = bitcoin.node.block_hash(bitcoin.node.height() - 1)
    bitcoin.node.mine_on(before, 2)
    back = reconcile()
    assert [int(each["units"]) for each in back.report["lasting"]] == [taken.amount_sat]
    booked(back, "BTC", "hot" if hot else "deposits")
    assert movements.balance(chart.capital("BTC")) == 20_000_000 + taken.amount_sat
    assert reconcile().is_ok


def test_coins_that_came_without_a_trace_are_the_operators(ethereum: EthereumSite) -> None:
    """As a validator's withdrawal, or the reward of a block, comes."""
    ethereum.start()
    ethereum.node.fund(site.ETHEREUM_HOT_ADDRESS, 2 * ETHER)
    ethereum.settle()
    booked(reconcile(), "ETH", "hot")
    assert movements.balance(chart.capital("ETH")) == 2 * ETHER
    assert reconcile().is_ok
    assert without_origin() == []


def test_one_person_alone_books_nothing(ethereum: EthereumSite) -> None:
    run = robbed(ethereum, "hot")
    by = make_staff()
    with pytest.raises(NotDecider):
        propose(run, "ETH", "hot", make_staff(may_decide=False))
    with pytest.raises(VerdictIncomplete):
        propose(run, "ETH", "hot", by, note=" ")
    row = propose(run, "ETH", "hot", by)
    with pytest.raises(OwnProposal):
        confirm(row, by)
    assert (lost("ETH"), Transaction.objects.filter(kind="difference").count()) == (0, 0)
    for place in ("cold", "nowhere", "hot:hot"):
        with pytest.raises(ProposalUnknown):
            propose(run, "ETH", place, by)
    with pytest.raises(DifferenceGone):
        propose(run, "USDC", "hot", by)


def test_what_a_newer_run_does_not_find_is_refused(ethereum: EthereumSite) -> None:
    run, by = robbed(ethereum, "hot"), make_staff()
    row = propose(run, "ETH", "hot", by)
    # The same once more: still to be decided.
    again = reconcile()
    ethereum.node.send(ethereum.node.accounts[5], ETHER, sender=site.ETHEREUM_HOT_ADDRESS)
    ethereum.settle()
    newest = reconcile()
    for late in (partial(confirm, row, make_staff()), partial(propose, again, "ETH", "hot", by)):
        with pytest.raises(DifferenceGone):
            late()
    booked(newest, "ETH", "hot")
    # What is booked is not booked again by what was found before.
    for each in (again, newest):
        with pytest.raises(DifferenceGone):
            propose(each, "ETH", "hot", by)
    with pytest.raises(DifferenceGone):
        confirm(row, make_staff())
    assert reconcile().is_ok


def test_the_same_found_again_hinders_no_decision(ethereum: EthereumSite) -> None:
    run = robbed(ethereum, "hot")
    row = propose(run, "ETH", "hot", make_staff())
    reconcile()
    confirm(row, make_staff())
    assert reconcile().is_ok


def test_what_a_run_could_not_prove_is_not_booked(
    ethereum: EthereumSite, settings: Settings
) -> None:
    run, by = robbed(ethereum, "hot"), make_staff()
    url, settings.ETHEREUM_RPC_URL_2 = settings.ETHEREUM_RPC_URL_2, "http://127.0.0.1:1"
    assert reconcile().report["unproven"]
    with pytest.raises(DifferenceNotProven):
        propose(run, "ETH", "hot", by)
    settings.ETHEREUM_RPC_URL_2 = url
    reconcile()
    propose(run, "ETH", "hot", by)


def test_what_one_look_found_is_not_booked(
    ethereum: EthereumSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, by = robbed(ethereum, "hot"), make_staff()
    looks: list[Findings] = []

    def another_look() -> Findings:
        if looks:
            node = ethereum.node
            node.send(node.accounts[5], ETHER // 2, sender=site.ETHEREUM_HOT_ADDRESS)
            ethereum.settle()
        looks.append(compare())
        return looks[-1]

    monkeypatch.setattr(services, "compare", another_look)
    newest = reconcile()
    assert len(looks) == 2
    assert newest.report["lasting"] == []
    for each in (run, newest):
        with pytest.raises(DifferenceGone):
            propose(each, "ETH", "hot", by)


@pytest.mark.parametrize("lies", ["ETHEREUM_RPC_URL", "ETHEREUM_RPC_URL_2"])
def test_what_one_node_alone_says_is_not_booked(
    ethereum: EthereumSite, settings: Settings, lies: str
) -> None:
    ethereum.start()
    ethereum.node.send(site.ETHEREUM_HOT_ADDRESS, 3 * ETHER)
    ethereum.settle()
    settings.ETHEREUM_COLD_ADDRESS = ""
    with lying_node(ethereum.node.url) as liar:
        liar.tell("eth_getBalance", hex(ETHER))
        setattr(settings, lies, liar.url)
        run = reconcile()
    assert run.report["differences"]
    with pytest.raises(DifferenceGone):
        propose(run, "ETH", "hot", make_staff())


def test_what_one_node_of_bitcoin_alone_says_is_not_booked(
    bitcoin: BitcoinSite, settings: Settings
) -> None:
    bitcoin.start(hot_sat=20_000_000)
    with lying_node(bitcoin.node.url) as liar:
        liar.tell("gettxout", None)
        settings.BITCOIN_RPC_URL = liar.url
        run = reconcile()
    assert run.report["assets"]["BTC"]["hot"]["off"] == "-0.20000000"
    with pytest.raises(DifferenceGone):
        propose(run, "BTC", "hot", make_staff())


@pytest.mark.django_db(transaction=True)
def test_confirmed_at_once_it_is_booked_once(bitcoin: BitcoinSite) -> None:
    bitcoin.start(hot_sat=20_000_000)
    bitcoin.node.broadcast(bitcoin.spend(Utxo.objects.get(), bitcoin.node.miner_address).raw)
    bitcoin.node.mine()
    # Two runs find the same, and both are proposed.
    rows = [propose(reconcile(), "BTC", "hot", make_staff()) for _ in range(2)]
    staff = make_staff()
    outcomes = at_once([partial(confirm, row, staff) for row in rows], threads=2)
    assert sorted(type(each).__name__ for each in outcomes) == ["DifferenceGone", "Proposal"]
    assert lost("BTC") == 20_000_000
    assert reconcile().is_ok


def test_the_same_found_again_leaves_a_proposal_to_open_withdrawals_as_it_is(
    ethereum: EthereumSite,
) -> None:
    run = robbed(ethereum, "hot")
    first, second = boss(), boss()
    row = reopening(first)
    reconcile()  # the next hour's
    changed = Policy.objects.get().changed_at
    booked(run, "ETH", "hot")
    assert reconcile().is_ok
    assert Policy.objects.get().changed_at == changed
    confirm(row, second)
    assert policy().withdrawals_open


def test_something_else_that_is_found_makes_it_stale(ethereum: EthereumSite) -> None:
    robbed(ethereum, "hot")
    row = reopening(boss())
    # No transaction moves it, so only the reconciliation can tell.
    ethereum.node.fund(site.ETHEREUM_HOT_ADDRESS, ETHER)
    ethereum.settle()
    reconcile()
    with pytest.raises(RulesChanged):
        confirm(row, boss())


def test_a_difference_that_is_not_what_two_confirmed_has_no_origin(bitcoin: BitcoinSite) -> None:
    bitcoin.start(hot_sat=20_000_000)
    bitcoin.node.broadcast(bitcoin.spend(Utxo.objects.get(), bitcoin.node.miner_address).raw)
    bitcoin.node.mine()
    run, hot = reconcile(), chart.custody("hot", "BTC")
    key = subject_of(run.pk, "BTC", "hot")
    proposal = propose(run, "BTC", "hot", make_staff())
    with guards_off():
        # Whoever writes rows may write that it was confirmed, and books something else.
        put = "UPDATE wallet_proposal SET state = 'done', decided_by_id = %s, decided_at = now()"
        execute(f"{put} WHERE id = %s", [make_staff().pk, proposal.pk])
    assert without_origin() == [
        f"transaction difference:{key}: 0 on custody:hot:BTC, and two of staff confirmed -20000000",
        f"transaction difference:{key}: 0 on losses:BTC, and two of staff confirmed 20000000",
    ]
    made = movements.difference_booked(key=key, asset="BTC", place=hot, units=-20_000_001)
    assert len(without_origin()) == 2
    reverse(transaction_id=made.pk, reason="an error, says the forger")
    assert len(without_origin()) == 4
    movements.difference_booked(key="999999:BTC:hot", asset="BTC", place=hot, units=7)
    assert any(
        "7 on custody:hot:BTC" in line and "confirmed 0" in line for line in without_origin()
    )
