"""One row of every model of the wallet, as the pages of the admin meet them."""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from tests.wallet.house import guards_off
from tests.wallet.withdrawals.house import ETHEREUM, address_of, ask, rules
from wallet import addressing, limits, movements
from wallet.audit.seal import seal
from wallet.events import record
from wallet.limits.exclusions import exclude
from wallet.models import (
    Approval,
    ChainCursor,
    Deposit,
    DepositEvent,
    Identity,
    OwnTransfer,
    Payment,
    PaymentAttempt,
    PaymentOutput,
    ProposalKind,
    Rate,
    RateHalt,
    RateSample,
    ReconciliationRun,
    StrayTransfer,
    Utxo,
    Withdrawal,
)
from wallet.policies import asset_policy
from wallet.proposals import propose
from wallet.reconciliation import solvency
from wallet.reconciliation.findings import Difference, Findings, Holding, Unproven

TXID = "ab" * 32
BLOCK = "cd" * 32


def withdrawal_in_review(player: User, amount_krw: int = 100_000) -> Withdrawal:
    """A withdrawal of ETH that waits for one member of staff."""
    rules(auto_approve_krw=20_000, wait_hours=0)
    row = ask(player, amount_krw, asset="ETH")
    assert row.state == "approval"
    return row


def quarantined(player: User) -> Deposit:
    """A deposit that staff decide on."""
    deposit = Deposit.objects.create(
        user=player,
        address=addressing.deposit_address(user_id=player.pk, network="bitcoin"),
        network="bitcoin",
        asset="BTC",
        txid=TXID,
        place="vout:0",
        amount_units=500_000,
        state="quarantined",
        reason="excluded",
        height=5,
        block_hash=BLOCK,
    )
    DepositEvent.objects.create(deposit=deposit, state="quarantined", details={"note": "<b>"})
    return deposit


def halted(asset: str = "BTC") -> RateHalt:
    return RateHalt.objects.create(asset=asset, reason="disagree", detail="upbit 1, bithumb 2")


def bought(player: User) -> None:
    """The house bought 0.005 BTC for 700,000 won."""
    movements.credit_deposit(
        deposit_id=999,
        nth=1,
        user_id=player.pk,
        asset="BTC",
        amount_units=500_000,
        amount_krw=700_000,
    )


def reconciled() -> ReconciliationRun:
    """The hot wallet lacks bitcoins, and Ethereum was not looked at."""
    hot = Holding("BTC", "hot", ledger_units=150_000_000, chain_units=120_000_000, pending_units=0)
    findings = Findings(
        heights={"bitcoin": 840_000}, postponed=[Unproven("ethereum", "scanner_busy")]
    )
    missing = Difference("BTC", "hot", "c0ffee:1", ledger_units=30_000_000, chain_units=0)
    findings.add(hot, [missing])
    return ReconciliationRun.objects.create(
        is_ok=findings.is_ok,
        is_solvent=True,
        report=findings.as_data() | {"solvency": solvency(findings).as_data()},
    )


def one_of_everything(player: User, staff: User) -> None:
    """A row of each model that has a page in the admin."""
    row = withdrawal_in_review(player)
    Approval.objects.create(
        withdrawal=row, staff=staff, content_hash=row.content_hash, approved=True
    )
    deposit = quarantined(player)
    halted()
    _rates()
    _chains(deposit, row)
    address_of(player, ETHEREUM)
    limits.set_limit(user_id=player.pk, kind="loss", period="day", value=50_000)
    exclude(user_id=player.pk, until=None, by=staff, note="asked by letter")
    Identity.objects.create(user=player, level=2, verified_by=staff, verified_at=timezone.now())
    reconciled()
    with transaction.atomic():
        record("alert.insolvent", "reconciliation:1", {"owed_krw": "5"})
    asset_policy("BTC")
    propose(
        kind=ProposalKind.HOUSE_RULES,
        subject=1,
        staff=staff,
        details={"changes": {"wait_hours": {"old": "0", "new": "1"}}},
        note="<b>why</b>",
    )
    bought(player)
    seal()


def _rates() -> None:
    RateSample.objects.create(
        asset="BTC",
        source="upbit",
        price_krw=Decimal(100_000_000),
        source_at=timezone.now(),
        rate=Rate.objects.filter(asset="BTC").latest("pk"),
    )


def _chains(deposit: Deposit, row: Withdrawal) -> None:
    ChainCursor.objects.create(
        network="bitcoin", height=5, block_hash=BLOCK, scanned_at=timezone.now(), tip_height=7
    )
    payment = Payment.objects.create(
        network="ethereum",
        asset="ETH",
        kind="withdrawal",
        from_address=ETHEREUM,
        nonce=0,
        amount_units=row.amount_units,
        fee_cap_units=row.fee_cap_units,
        state="prepared",
    )
    with guards_off():  # it is not approved
        PaymentOutput.objects.create(
            payment=payment, withdrawal=row, address=row.address, amount_units=row.amount_units
        )
    PaymentAttempt.objects.create(
        payment=payment,
        number=1,
        network="ethereum",
        txid=TXID,
        raw="0x02",
        fee_units=1,
        fee_rate=1,
    )
    Utxo.objects.create(
        txid=TXID, vout=0, amount_sat=500_000, script="0014", deposit_address=deposit.address
    )
    OwnTransfer.objects.create(
        network="bitcoin", asset="BTC", txid=TXID, place="vout:1", custody="hot", amount_units=7
    )
    StrayTransfer.objects.create(
        network="ethereum",
        contract=ETHEREUM,
        txid=TXID,
        place="log:0",
        address=deposit.address,
        amount="1000",
        height=5,
        block_hash=BLOCK,
    )
