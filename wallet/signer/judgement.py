"""Whether a withdrawal may be paid: everything that was decided before is looked at again here.

Whoever can change rows of the database without being allowed to is stopped by this: the content
is hashed anew, approvals are counted (not those of staff who were new, `wallet.staff`), the hold is
read from the ledger, the exchanges are asked whether the rate can be true (`market`), what is
signed for in an hour and in a day is added up (`ceilings`), and all of the ledger's won must come
from somewhere (`wallet.provenance`).
"""

from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from wallet import chart, play_money
from wallet.addressing import is_ours
from wallet.assets import Asset, units_for
from wallet.chains.types import Asset as ChainAsset
from wallet.chains.types import BitcoinNetwork
from wallet.keys.addresses import normalise_address
from wallet.keys.errors import AddressRefused
from wallet.models import Side, Withdrawal, WithdrawalState
from wallet.policies import asset_policy, policy, stop_withdrawals
from wallet.provenance import without_origin
from wallet.signer import payments
from wallet.signer.alerts import alert
from wallet.signer.ceilings import Ceilings
from wallet.signer.errors import NotPayable
from wallet.signer.market import require_believable
from wallet.staff import is_new
from wallet.withdrawals import content_hash, frozen_reason
from wallet.withdrawals.errors import PlayMoneyGranted

# How long after the end of its quote a payment that was prepared in time may be signed.
SIGNED_WITHIN = timedelta(minutes=10)


def halted() -> str:
    """Why nothing is signed or sent now: the kill switch, the reconciliation's stop, play money."""
    rules = policy()
    if not rules.withdrawals_open:
        return "withdrawals_closed"
    if rules.stopped_reason:
        return "stopped"
    return PlayMoneyGranted.code if play_money.bars_coins() else ""


def stop_without_origin(players: Collection[int]) -> None:
    """Stop withdrawals when won is in the ledger that no deposit brought, or that came to one of
    these players otherwise than from a table, and tell staff."""
    if lines := without_origin(players=players):
        with transaction.atomic():
            stop_withdrawals(f"ledger: {lines[0]}")
            alert("ledger_without_origin", "ledger", lines=lines[:10])


def require_all_payable(withdrawals: list[Withdrawal], *, dead: Collection[int]) -> None:
    """NotPayable unless each may be paid, and they together with what was signed for lately.

    `dead` has the earlier payments of theirs that were proven never to confirm (`earlier`).
    """
    if any(payment.pk not in dead for payment in payments.signed_for(withdrawals)):
        raise NotPayable("signed_before")
    ceilings = Ceilings(with_prepared=False)
    for withdrawal in withdrawals:
        require_payable(withdrawal)
        ceilings.admit(withdrawal, dead=dead)


def require_payable(withdrawal: Withdrawal) -> None:
    """NotPayable, with a code, unless the withdrawal is approved, is what was approved, and is at
    a rate of now. RatesUnheard where the exchanges do not say what that is."""
    require_due(withdrawal)
    quote = withdrawal.quote
    if quote.expires_at < timezone.now() - SIGNED_WITHIN:
        raise NotPayable("offer_over")
    require_believable(quote.asset, quote.rate.ask_krw)


def require_due(withdrawal: Withdrawal) -> None:
    """NotPayable, with a code, unless it may be paid as soon as its rate is one of now."""
    if withdrawal.state != WithdrawalState.APPROVED:
        raise NotPayable("not_approved")
    if content_hash(withdrawal) != withdrawal.content_hash:
        raise NotPayable("content_changed")
    _require_offer(withdrawal)
    _require_waits(withdrawal)
    _require_approvals(withdrawal)
    _require_hold(withdrawal)
    _require_address(withdrawal)
    if not asset_policy(withdrawal.asset).is_open:
        raise NotPayable("asset_closed")
    if reason := frozen_reason(withdrawal.user_id):
        raise NotPayable(reason)


def fee_cap_units(withdrawals: list[Withdrawal]) -> int:
    """The most that one transaction for these may cost, in the network's native units."""
    asked = sum(withdrawal.fee_cap_units for withdrawal in withdrawals)
    return int(min(asked, asset_policy(withdrawals[0].asset).fee_cap_units))


def _require_offer(withdrawal: Withdrawal) -> None:
    """It is what the player was offered, and no more coins than the won buys at that rate."""
    quote = withdrawal.quote
    offered = (quote.user_id, quote.asset, quote.amount_krw, quote.fee_krw, quote.amount_units)
    if offered != (
        withdrawal.user_id,
        withdrawal.asset,
        withdrawal.amount_krw,
        withdrawal.fee_krw,
        withdrawal.amount_units,
    ):
        raise NotPayable("offer_changed")
    bought_krw = quote.amount_krw - quote.fee_krw
    if quote.amount_units > units_for(quote.asset, bought_krw, quote.rate.ask_krw):
        raise NotPayable("offer_too_good")


def _require_waits(withdrawal: Withdrawal) -> None:
    now = timezone.now()
    waits = (withdrawal.cooling_until, withdrawal.payout_address.usable_from)
    if any(until is not None and until > now for until in waits):
        raise NotPayable("still_waiting")


def _approvals_needed(withdrawal: Withdrawal) -> int:
    """As many as it was given, and at least those that the rules of now ask for its amount."""
    rules = policy()
    by_amount = int(withdrawal.amount_krw > rules.auto_approve_krw)
    if withdrawal.amount_krw > rules.two_approvals_krw:
        by_amount = 2
    return max(withdrawal.approvals_needed, by_amount)


def _require_approvals(withdrawal: Withdrawal) -> None:
    decisions = withdrawal.approvals.all()
    if any(not decision.approved for decision in decisions):
        raise NotPayable("rejected")
    staff = {
        decision.staff_id
        for decision in decisions
        if decision.content_hash == withdrawal.content_hash
        and decision.staff_id != withdrawal.user_id
        and not is_new(decision.staff_id, decision.at)
    }
    if len(staff) < _approvals_needed(withdrawal):
        raise NotPayable("approvals_missing")


def _require_hold(withdrawal: Withdrawal) -> None:
    if withdrawal.hold.key != f"withdrawal:{withdrawal.public_id}":
        raise NotPayable("hold_missing")
    held = set(withdrawal.hold.entries.values_list("account__code", "side", "amount"))
    wanted = {
        (chart.player(withdrawal.user_id).code, Side.DEBIT.value, withdrawal.amount_krw),
        (chart.held(withdrawal.user_id).code, Side.CREDIT.value, withdrawal.amount_krw),
    }
    if withdrawal.closing_id is not None or held != wanted:
        raise NotPayable("hold_missing")


def _require_address(withdrawal: Withdrawal) -> None:
    entry = withdrawal.payout_address
    if (entry.user_id, entry.network, entry.address) != (
        withdrawal.user_id,
        withdrawal.network,
        withdrawal.address,
    ):
        raise NotPayable("address_changed")
    if entry.removed_at is not None:
        raise NotPayable("address_removed")
    try:
        usual = normalise_address(
            ChainAsset(Asset(withdrawal.asset).value),
            withdrawal.address,
            bitcoin_network=BitcoinNetwork(settings.BITCOIN_NETWORK),
        )
    except AddressRefused as refusal:
        raise NotPayable(refusal.code) from None
    if usual != withdrawal.address:
        raise NotPayable("address_malformed")
    if is_ours(network=withdrawal.network, address=withdrawal.address):
        raise NotPayable("address_own")
