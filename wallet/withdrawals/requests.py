"""What players do: ask for a withdrawal, and call it off."""

import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from wallet import addressing, letters, limits, movements, policies
from wallet.assets import facts
from wallet.errors import IdempotencyConflict
from wallet.idempotency import check_key
from wallet.keys.errors import AddressRefused
from wallet.models import PayoutAddress, Policy, Withdrawal, WithdrawalQuote, WithdrawalState
from wallet.withdrawals import risk
from wallet.withdrawals.ceilings import check_ceilings, one_request_at_a_time
from wallet.withdrawals.content import content_hash, request_hash
from wallet.withdrawals.errors import (
    PayoutAddressUnknown,
    QuoteExpired,
    QuoteUnknown,
    QuoteUsed,
    TravelRuleNeeded,
    WithdrawalUnknown,
)
from wallet.withdrawals.gates import refuse_while_closed, refuse_while_frozen
from wallet.withdrawals.progress import mark, tell
from wallet.withdrawals.quotes import offered


def request(
    *, user: User, quote_id: uuid.UUID | str, payout_address_id: int, key: str
) -> Withdrawal:
    """Ask for the withdrawal that a quote describes; its won is held in the same transaction.

    `key` (the client's `Idempotency-Key`) is good for one withdrawal: the same key and content give
    it again, other content raises IdempotencyConflict. Otherwise raises a WithdrawalRefused,
    AddressRefused, IdentityNeeded or InsufficientFunds, with nothing done.
    """
    check_key(key)
    asked = request_hash(quote_id=quote_id, payout_address_id=payout_address_id)
    with transaction.atomic():
        one_request_at_a_time()
        known = Withdrawal.objects.filter(user=user, key=key).first()
        if known is not None:
            if known.request_hash != asked:
                raise IdempotencyConflict(key)
            return known
        house = policies.policy()
        refuse_while_closed(house)
        # The login that asks may hold an older picture of its user.
        user = User.objects.get(pk=user.pk)
        refuse_while_frozen(user.pk)
        limits.check_withdrawal(user_id=user.pk)
        quote = _quote(user, quote_id)
        address = _address(user, payout_address_id, quote, house)
        check_ceilings(user_id=user.pk, amount_krw=quote.amount_krw, house=house)
        return _begin(user, quote, address, house, key=key, asked=asked)


def cancel(*, user: User, public_id: uuid.UUID | str) -> Withdrawal:
    """Call a withdrawal off that is not signed yet; the hold goes back. Twice changes nothing.

    Raises WithdrawalUnknown, or StateRefused where it is too late.
    """
    row = Withdrawal.objects.filter(user=user, public_id=_uuid(public_id)).first()
    if row is None:
        raise WithdrawalUnknown(str(public_id))
    return mark(row, WithdrawalState.CANCELLED, reason="player", actor=user)


def _quote(user: User, quote_id: uuid.UUID | str) -> WithdrawalQuote:
    quote = (
        WithdrawalQuote.objects.select_related("withdrawal")
        .filter(user=user, public_id=_uuid(quote_id))
        .first()
    )
    if quote is None:
        raise QuoteUnknown(str(quote_id))
    if hasattr(quote, "withdrawal"):
        raise QuoteUsed(str(quote_id))
    if quote.expires_at <= timezone.now():
        raise QuoteExpired(str(quote_id))
    offered(quote.asset)
    return quote


def _address(
    user: User, payout_address_id: int, quote: WithdrawalQuote, house: Policy
) -> PayoutAddress:
    # Locked, so that nobody takes it out of the book before the withdrawal is written.
    book = PayoutAddress.objects.select_for_update(no_key=True)
    address = book.filter(user=user, pk=payout_address_id, removed_at__isnull=True).first()
    if address is None:
        raise PayoutAddressUnknown(str(payout_address_id))
    if address.network != facts(quote.asset).network:
        raise AddressRefused("address_wrong_network")
    # It may have become one of ours since it was entered.
    if addressing.is_ours(network=address.network, address=address.address):
        raise AddressRefused("address_own")
    if quote.amount_krw >= house.travel_rule_krw and not address.owner:
        raise TravelRuleNeeded(str(payout_address_id))
    return address


def _begin(
    user: User,
    quote: WithdrawalQuote,
    address: PayoutAddress,
    house: Policy,
    *,
    key: str,
    asked: str,
) -> Withdrawal:
    now, public_id = timezone.now(), uuid.uuid4()
    hold = movements.hold(str(public_id), user_id=user.pk, amount_krw=quote.amount_krw)
    assessment = risk.assess(risk.Request(user, address, quote.amount_krw, now, house))
    cooling_until = assessment.cooling_until
    if cooling_until is not None and cooling_until <= now:
        cooling_until = None
    row = Withdrawal(
        public_id=public_id,
        user=user,
        key=key,
        request_hash=asked,
        quote=quote,
        asset=quote.asset,
        network=address.network,
        address=address.address,
        payout_address=address,
        amount_krw=quote.amount_krw,
        fee_krw=quote.fee_krw,
        amount_units=quote.amount_units,
        fee_cap_units=policies.asset_policy(quote.asset).fee_cap_units,
        flags=[flag.stored() for flag in assessment.flags],
        approvals_needed=assessment.approvals_needed,
        cooling_until=cooling_until,
        hold=hold,
    )
    if cooling_until is not None:
        row.state = WithdrawalState.COOLING
    elif assessment.approvals_needed:
        row.state = WithdrawalState.APPROVAL
        row.expires_at = now + timedelta(hours=house.review_expires_hours)
    else:
        row.state = WithdrawalState.APPROVED
    row.content_hash = content_hash(row)
    row.save(force_insert=True)
    tell(row, reason="requested", actor=user, details={"flags": row.flags})
    letters.withdrawal_asked(row)
    return row


def _uuid(text: uuid.UUID | str) -> uuid.UUID:
    """The id; what is none belongs to nobody."""
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return uuid.UUID(int=0)
