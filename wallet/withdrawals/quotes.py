"""What a withdrawal would be: an offer with a locked rate, for a short time."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from wallet import addressing, policies, rates
from wallet.assets import Asset, facts, units_for
from wallet.errors import InvalidAmount
from wallet.ledger import LARGEST_AMOUNT_KRW
from wallet.models import WithdrawalQuote
from wallet.withdrawals.errors import AssetNotOffered, BelowMinimum
from wallet.withdrawals.gates import refuse_while_closed


def quote(*, user: User, asset: str, amount_krw: int) -> WithdrawalQuote:
    """What the player would get for `amount_krw` now; the fee is within it.

    Good for `Policy.quote_seconds` and one request. Coins are rounded down to the unit. Raises
    WithdrawalsClosed, AssetNotOffered, InvalidAmount, BelowMinimum, or why there is no rate
    (`wallet.rates.errors.NoRate`).
    """
    house = policies.policy()
    refuse_while_closed(house)
    known = offered(asset)
    if type(amount_krw) is not int or not 0 < amount_krw <= LARGEST_AMOUNT_KRW:
        raise InvalidAmount(repr(amount_krw))
    own = policies.asset_policy(known)
    fee_krw = own.withdrawal_fee_krw
    if amount_krw < house.min_withdrawal_krw or amount_krw <= fee_krw:
        raise BelowMinimum(f"{amount_krw} won")
    rate = rates.current(known)
    amount_units = units_for(known, amount_krw - fee_krw, rate.ask_krw)
    # Nodes do not pass dust on.
    if amount_units < max(1, own.dust_units):
        raise BelowMinimum(f"{amount_units} units")
    return WithdrawalQuote.objects.create(
        user=user,
        asset=known,
        amount_krw=amount_krw,
        fee_krw=fee_krw,
        amount_units=amount_units,
        rate=rate,
        expires_at=timezone.now() + timedelta(seconds=house.quote_seconds),
    )


def offered(asset: str) -> Asset:
    """The asset, if it can be withdrawn here. Raises AssetNotOffered."""
    try:
        known = facts(asset)
    except ValueError:
        raise AssetNotOffered(repr(asset)) from None
    is_reachable = addressing.is_offered(known.network) and (
        not known.is_token or known.asset in addressing.token_contracts()
    )
    if not is_reachable or not policies.asset_policy(known.asset).is_open:
        raise AssetNotOffered(known.asset)
    return known.asset
