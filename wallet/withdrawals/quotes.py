"""What a withdrawal would be: an offer with a locked rate, for a short time."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from wallet import addressing, policies, rates
from wallet.assets import Asset, facts, units_for
from wallet.errors import InvalidAmount
from wallet.ledger import LARGEST_AMOUNT_KRW
from wallet.models import Policy, Withdrawal, WithdrawalQuote
from wallet.rates.agreement import BASIS_POINTS, TICK
from wallet.rates.errors import RatesStale
from wallet.withdrawals.ceilings import check_own_ceilings
from wallet.withdrawals.errors import AssetNotOffered, BelowMinimum
from wallet.withdrawals.gates import refuse_while_closed


def quote(*, user: User, asset: str, amount_krw: int) -> WithdrawalQuote:
    """What the player would get for `amount_krw` now; the fee is within it.

    Good for `Policy.quote_seconds` and one request. Coins are rounded down to the unit. Raises
    WithdrawalsClosed, AssetNotOffered, InvalidAmount, BelowMinimum, PlayerCeiling, or why there is
    no rate (`wallet.rates.errors.NoRate`).
    """
    house = policies.policy()
    refuse_while_closed(house)
    known = offered(asset)
    if type(amount_krw) is not int or not 0 < amount_krw <= LARGEST_AMOUNT_KRW:
        raise InvalidAmount(repr(amount_krw))
    fee_krw = policies.asset_policy(known).withdrawal_fee_krw
    if amount_krw < house.min_withdrawal_krw or amount_krw <= fee_krw:
        raise BelowMinimum(f"{amount_krw} won")
    check_own_ceilings(user_id=user.pk, amount_krw=amount_krw, house=house)
    return _offer(house, user_id=user.pk, asset=known, amount_krw=amount_krw, fee_krw=fee_krw)


def fix_rate_again(withdrawal: Withdrawal) -> dict[str, str]:
    """Bring a locked withdrawal whose quote is over to the rate of now; won and fee stay.

    So nobody who waits holds an option on the coin. Returns what changed, as JSON; empty where the
    quote is still good. Raises BelowMinimum where the won buys dust by now, or why there is no
    rate (`wallet.rates.errors.NoRate`).
    """
    before = withdrawal.quote
    if before.expires_at > timezone.now():
        return {}
    offer = _offer(
        policies.policy(),
        user_id=withdrawal.user_id,
        asset=Asset(withdrawal.asset),
        amount_krw=withdrawal.amount_krw,
        fee_krw=withdrawal.fee_krw,
        replaces=before,
    )
    withdrawal.quote, withdrawal.amount_units = offer, offer.amount_units
    withdrawal.save(update_fields=["quote", "amount_units"])
    return {
        "amount_units": str(offer.amount_units),
        "amount_units_before": str(before.amount_units),
        "rate_krw": f"{offer.rate.ask_krw:f}",
    }


def _offer(
    house: Policy,
    *,
    user_id: int,
    asset: Asset,
    amount_krw: int,
    fee_krw: int,
    replaces: WithdrawalQuote | None = None,
) -> WithdrawalQuote:
    rate = rates.current(asset)
    if (rate.ask_krw + TICK) * BASIS_POINTS < rate.mid_krw * (BASIS_POINTS + house.spread_bps):
        # The policy asks for more since; the next rate has it.
        raise RatesStale(f"{asset}: with less than the spread of now")
    amount_units = units_for(asset, amount_krw - fee_krw, rate.ask_krw)
    # Nodes do not pass dust on.
    if amount_units < max(1, policies.asset_policy(asset).dust_units):
        raise BelowMinimum(f"{amount_units} units")
    return WithdrawalQuote.objects.create(
        user_id=user_id,
        asset=asset,
        amount_krw=amount_krw,
        fee_krw=fee_krw,
        amount_units=amount_units,
        rate=rate,
        expires_at=timezone.now() + timedelta(seconds=house.quote_seconds),
        replaces=replaces,
    )


def offered(asset: str) -> Asset:
    """The asset, if it can be withdrawn here. Raises AssetNotOffered."""
    try:
        known = facts(asset)
    except ValueError:
        raise AssetNotOffered(repr(asset)) from None
    # Without a hot wallet there is no signer for the network.
    if not addressing.is_open(known.asset) or not addressing.hot_address(known.network):
        raise AssetNotOffered(known.asset)
    return known.asset
