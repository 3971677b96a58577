"""Comparing, writing down what was found, and stopping withdrawals where it is wrong."""

from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone
from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from wallet import events
from wallet.addressing import is_offered
from wallet.advisory import LockClass, held
from wallet.assets import NATIVE, Asset, Network, assets_of
from wallet.audit.seal import last_sealed_before
from wallet.chains.errors import ChainError
from wallet.deposits import Pass, scan
from wallet.deposits.alerts import tell_staff
from wallet.deposits.bitcoin_reader import BitcoinReader
from wallet.deposits.nodes import reader_of
from wallet.invariants import snapshot
from wallet.models import ChainCursor, ReconciliationRun
from wallet.policies import stop_withdrawals
from wallet.provenance import without_origin
from wallet.reconciliation import books
from wallet.reconciliation.bitcoin import bitcoin_outputs, look_at_bitcoin
from wallet.reconciliation.ethereum import known_of_ethereum, look_at_ethereum, since_when
from wallet.reconciliation.findings import Findings, Unproven
from wallet.reconciliation.lasting import booked_counts, found_by_both
from wallet.reconciliation.solvency import Solvency, solvency

DISAGREE = "chain_and_ledger_disagree"
UNFOUNDED = "ledger_without_origin"
# Every transaction since then is looked at; with some room for an hour that was missed.
LATELY = timedelta(hours=3)
NOT_PROVEN = "reconciliation_not_proven"
INSOLVENT = "insolvent"
WAIT_SECONDS = 60
SCANNER_BUSY = "scanner_busy"
# A network whose scanner was busy whenever we asked for so long is one that nobody compares.
POSTPONED_AT_MOST = timedelta(hours=3)

log = structlog.get_logger(__name__)


def reconcile() -> ReconciliationRun:
    """Read the chains to their tips, compare them with the ledger, and write down what was found.

    A difference that two looks find, and what is in the ledger and comes from nowhere, stop
    withdrawals until a person starts them again; staff are told where it is. What could not be
    looked at, or does not cover what we owe, is told, and stops nothing. One at a time: another
    that runs now is waited for.
    """
    with held(LockClass.RECONCILIATION, wait=True):
        return _reconcile()


def reconcile_unless_running() -> ReconciliationRun | None:
    """The same; None at once where another is at it."""
    with held(LockClass.RECONCILIATION) as mine:
        return _reconcile() if mine else None


def _reconcile() -> ReconciliationRun:
    booked = booked_counts()
    findings = first = compare()
    if first.differences:
        # What was on its way at the first look is there at the second.
        findings = compare()
    balance = solvency(findings)
    lasting = [each.as_data() for each in found_by_both(first, findings, booked)]
    report = findings.as_data() | {"solvency": balance.as_data(), "lasting": lasting}
    with transaction.atomic():
        run = ReconciliationRun.objects.create(
            is_ok=findings.is_ok, is_solvent=balance.is_solvent, report=report
        )
        events.record(
            "reconciliation",
            f"reconciliation:{run.pk}",
            {"is_ok": run.is_ok, "is_solvent": run.is_solvent},
        )
        _act(run, findings, balance)
    log.info("reconciled", run=run.pk, is_ok=run.is_ok, is_solvent=run.is_solvent)
    return run


def compare() -> Findings:
    """One look at the books, at every network, and at the ledger of those that are not offered."""
    findings = Findings(unfounded=without_origin(newer_than=last_sealed_before(LATELY)))
    for network in Network:
        if is_offered(network):
            try:
                _look(network, findings)
            except ChainError as error:
                findings.unproven.append(Unproven(network, error.code, error.detail[:200]))
    looked_at = {(holding.asset, holding.place) for holding in findings.holdings}
    told = {each.subject for each in (*findings.unproven, *findings.postponed)}
    for (asset, place), units in sorted(books.custody().items()):
        network = next(each for each in Network if Asset(asset) in assets_of(each))
        if units and (asset, place) not in looked_at and network not in told:
            findings.unproven.append(Unproven(f"{asset} {place}", "not_offered"))
    return findings


def _look(network: str, findings: Findings) -> None:
    done: Pass = _when_free(scan, network)
    if done.trouble or not done.is_at_tip:
        code = done.trouble or (SCANNER_BUSY if done.is_busy else "scanner_behind")
        may_wait = code == SCANNER_BUSY and not _is_overdue(network)
        (findings.postponed if may_wait else findings.unproven).append(Unproven(network, code))
        return
    reader = reader_of(network)
    if isinstance(reader, BitcoinReader):
        with snapshot():
            ledger, outputs = books.custody(), bitcoin_outputs()
        look_at_bitcoin(reader, findings, ledger, outputs)
        return
    since = since_when(reader)
    with snapshot():
        ledger = books.custody()
        known = known_of_ethereum(ChainCursor.objects.get(network=network).height, since)
    look_at_ethereum(reader, findings, ledger, known)


def _is_overdue(network: str) -> bool:
    """It could have been compared within the last hours, and was not."""
    since = timezone.now() - POSTPONED_AT_MOST
    runs = ReconciliationRun.objects.all()
    compared = runs.filter(at__gt=since, report__assets__has_key=NATIVE[Network(network)].value)
    return runs.filter(at__lte=since).exists() and not compared.exists()


# The beat's scanner has the network every few seconds.
_when_free = Retrying(
    retry=retry_if_result(lambda done: done.is_busy),
    wait=wait_fixed(0.5),
    stop=stop_after_delay(WAIT_SECONDS),
    retry_error_callback=lambda state: state.outcome.result() if state.outcome else Pass(),
)


def _act(run: ReconciliationRun, findings: Findings, balance: Solvency) -> None:
    subject = f"reconciliation:{run.pk}"
    is_known = _was_found_before(run, findings.stopping)
    if findings.differences:
        lines = [str(each) for each in findings.differences]
        stop_withdrawals(f"#{run.pk}: {lines[0]}", is_known=is_known)
        tell_staff(DISAGREE, subject, {"differences": lines[:10], "in_all": len(lines)})
    if findings.unfounded:
        stop_withdrawals(f"#{run.pk}: {findings.unfounded[0]}", is_known=is_known)
        tell_staff(UNFOUNDED, subject, {"lines": findings.unfounded[:10]})
    if findings.unproven:
        tell_staff(NOT_PROVEN, subject, {"unproven": [str(each) for each in findings.unproven]})
    if not balance.is_solvent:
        tell_staff(INSOLVENT, subject, balance.as_data())


def _was_found_before(run: ReconciliationRun, stopping: str) -> bool:
    """Whether the run before that found something wrong found just this."""
    before = ReconciliationRun.objects.filter(pk__lt=run.pk, report__has_key="stopping")
    newest = before.exclude(report__stopping="").order_by("-id").first()
    return newest is not None and bool(newest.report["stopping"] == stopping)
