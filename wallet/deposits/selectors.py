"""What players and staff are shown of deposits."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Sum

from wallet.assets import Network, value_krw
from wallet.deposits.crediting import Rates, rates_now
from wallet.deposits.depth import Depth, needed
from wallet.deposits.reasons import explanation
from wallet.models import Custody, Deposit, DepositEvent, DepositState, OwnTransfer
from wallet.policies import asset_policy, policy

UNDER_WAY = (DepositState.SEEN, DepositState.CONFIRMING)


@dataclass(frozen=True, slots=True)
class PlayerDeposit:
    """A deposit as its player sees it.

    `credited_krw` is what it was credited with, None in every other state. `expected_krw` is what
    it would be credited with now (the rate is fixed only then), or None where it is credited, there
    is no rate, or it will not be credited as it is. `needed` says how deep it must lie: a number of
    confirmations, or Ethereum's `safe` or `finalized`. `explanation` says why it is not credited,
    and `returned_txid` which transaction sent the coins back; else empty.
    """

    deposit: Deposit
    confirmations: int
    needed: Depth
    credited_krw: int | None
    expected_krw: int | None
    explanation: str
    returned_txid: str


def player_deposits(*, user_id: int, limit: int = 50) -> list[PlayerDeposit]:
    """A player's deposits, the newest first."""
    rows = Deposit.objects.filter(user_id=user_id).order_by("-id")
    return shown(list(rows[:limit]))


def shown(deposits: Iterable[Deposit]) -> list[PlayerDeposit]:
    """Deposits of a player as they see them, at the rates of now."""
    rows = list(deposits)
    current = rates_now({row.asset for row in rows if row.state in UNDER_WAY})
    returned = _returned_txids([row.pk for row in rows if row.state == DepositState.RETURNED])
    return [_shown(deposit, current, returned.get(deposit.pk, "")) for deposit in rows]


def unbooked_units(*, asset: str) -> dict[str, int]:
    """Coins in blocks that the ledger does not have yet, by place of custody.

    The chain's balance is the ledger's custody plus these, payments of ours on their way aside.
    """
    deposits = Deposit.objects.filter(
        asset=asset, state=DepositState.CONFIRMING, height__isnull=False
    )
    found = {"deposits": int(deposits.aggregate(total=Sum("amount_units"))["total"] or 0)}
    own = OwnTransfer.objects.filter(
        asset=asset, height__isnull=False, transaction__isnull=True, payment__isnull=True
    )
    for custody in Custody:
        rows = own.filter(custody=custody)
        came, left = (
            int(rows.filter(is_outgoing=out).aggregate(total=Sum("amount_units"))["total"] or 0)
            for out in (False, True)
        )
        found[custody.value] = came - left
    return found


def quarantined() -> list[Deposit]:
    """Deposits that wait for staff, the oldest first."""
    rows = Deposit.objects.filter(state=DepositState.QUARANTINED, height__isnull=False)
    return list(rows.select_related("user", "address").order_by("id"))


def _returned_txids(deposit_ids: list[int]) -> dict[int, str]:
    """By deposit: the transaction that paid its sender back, as staff noted it."""
    if not deposit_ids:
        return {}
    events = DepositEvent.objects.filter(
        deposit__in=deposit_ids, state=DepositState.RETURNED
    ).order_by("id")
    return dict(events.values_list("deposit_id", "details__txid"))


def _shown(deposit: Deposit, current: Rates, returned_txid: str) -> PlayerDeposit:
    credited_krw = deposit.credited_krw
    expected_krw = _expected_krw(deposit, current) if deposit.state in UNDER_WAY else None
    return PlayerDeposit(
        deposit,
        confirmations=deposit.confirmations,
        needed=_needed(deposit, expected_krw if credited_krw is None else credited_krw),
        credited_krw=credited_krw,
        expected_krw=expected_krw,
        explanation=explanation(deposit),
        returned_txid=returned_txid,
    )


def _expected_krw(deposit: Deposit, current: Rates) -> int | None:
    rate = current[deposit.asset]
    if rate is None or deposit.amount_units < asset_policy(deposit.asset).dust_units:
        return None
    return value_krw(deposit.asset, deposit.amount_units, rate.bid_krw)


def _needed(deposit: Deposit, expected_krw: int | None) -> Depth:
    """As it was found to be; a deposit in no block yet has not been looked at."""
    if deposit.confirmations_needed is not None or deposit.finality_needed:
        return Depth(deposit.confirmations_needed, deposit.finality_needed)
    return needed(Network(deposit.network), expected_krw, policy())
