"""What the next signers do after one has died, and what is true when all is over."""

import time

from django.db import connection

from tests.wallet.signer.crashes.scenario import Scenario
from tests.wallet.signer.crashes.sides import Off, Side
from tests.wallet.signer.house import AMOUNT_KRW, held_krw, player_krw
from wallet import chart
from wallet.invariants import check_ledger
from wallet.models import PaymentOutput, Transaction, Withdrawal, WithdrawalState
from wallet.reconciliation.services import compare
from wallet.signer import payments
from wallet.signer.locks import SIGNER

MOST_ROUNDS = 6
LOCK_SECONDS = 20


def bring_to_the_end(scenario: Scenario) -> None:
    """Passes and blocks until nothing waits; the last pass finds nothing to do."""
    side = scenario.side
    for _ in range(MOST_ROUNDS):
        scenario.next_signer()
        if not _something_waits(side):
            break
        side.mine(side.final)
    else:
        left = [str(each) for each in payments.open_payments(side.network)]
        raise AssertionError(f"not over after {MOST_ROUNDS} rounds: {left}")
    scenario.check()


def paid_once(side: Side, withdrawal: Withdrawal) -> None:
    """The player has the coins once, and the hold is settled once."""
    withdrawal.refresh_from_db()
    assert withdrawal.state == WithdrawalState.SETTLED
    assert side.received(withdrawal.address) == [withdrawal.amount_units]
    assert held_krw(withdrawal) == player_krw(withdrawal) == 0
    hold, payment = _transactions_of_hold(withdrawal)
    assert (hold.pk, payment.pk) == (withdrawal.hold_id, withdrawal.closing_id)
    assert payment.kind == "payment"
    assert PaymentOutput.objects.filter(withdrawal=withdrawal, is_void=False).count() == 1


def given_back_once(side: Side, withdrawal: Withdrawal, state: WithdrawalState) -> None:
    """The player has the won, and no coins."""
    withdrawal.refresh_from_db()
    assert withdrawal.state == state
    assert sum(side.received(withdrawal.address)) == 0
    assert (held_krw(withdrawal), player_krw(withdrawal)) == (0, AMOUNT_KRW)
    hold, release = _transactions_of_hold(withdrawal)
    assert (hold.pk, release.pk) == (withdrawal.hold_id, withdrawal.closing_id)
    assert release.kind == "withdrawal_release"


def books_agree(side: Side, off: Off | None = None) -> None:
    """The ledger has what the chain has, but for what a stranger took, and is in order itself."""
    findings = compare()
    assert findings.unproven == []
    found = {(each.asset, each.place): each.off_units for each in findings.holdings}
    assert {at: units for at, units in found.items() if units} == (off or {})
    if not off:
        assert findings.differences == []
    assert [line for check in check_ledger() for line in check.discrepancies] == []
    on_chain, by_payments = side.count_transactions()
    assert on_chain == by_payments


def _something_waits(side: Side) -> bool:
    approved = Withdrawal.objects.filter(network=side.network, state=WithdrawalState.APPROVED)
    return bool(payments.open_payments(side.network)) or approved.exists()


def wait_for_lock() -> None:
    """PostgreSQL takes a moment to see that the dead signer's session is gone."""
    end = time.monotonic() + LOCK_SECONDS
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s",
                [SIGNER],
            )
            if cursor.fetchone() == (0,):
                return
        assert time.monotonic() < end, "the dead signer's lock is not free"
        time.sleep(0.002)


def _transactions_of_hold(withdrawal: Withdrawal) -> list[Transaction]:
    code = chart.held(withdrawal.user_id).code
    return list(Transaction.objects.filter(entries__account__code=code).order_by("id"))
