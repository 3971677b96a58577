"""The house's wallets on the test nodes, with withdrawals to pay."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from itertools import count
from typing import Any

from django.db import transaction
from django.utils import timezone

from tests.wallet.house import agreed_rate, make_player
from wallet import chart, movements
from wallet.assets import Asset, facts
from wallet.devrates.quotes import EXCHANGES, Exchange, Quotes
from wallet.devrates.server import RateServer, running
from wallet.models import (
    Account,
    AssetPolicy,
    Payment,
    PaymentState,
    PayoutAddress,
    Policy,
    Withdrawal,
    WithdrawalQuote,
    WithdrawalState,
)
from wallet.policies import asset_policy, policy
from wallet.signer import passes
from wallet.signer.wallets import open_wallet
from wallet.withdrawals import content_hash

# What the exchanges say: won that the house takes for a whole coin, its spread included.
MARKET_KRW = {Asset.BTC: 97_000_000, Asset.ETH: 97_000, Asset.USDT: 19_400, Asset.USDC: 19_400}
SPREAD = Decimal("1.005")
# What 100,000 sat, one ETH and five tokens cost, and the fee in it.
AMOUNT_KRW, FEE_KRW = 100_000, 3_000
QUOTE_FOR = timedelta(minutes=10)
FEE_CAP = {Asset.BTC: 100_000, Asset.ETH: 10**17, Asset.USDT: 10**17, Asset.USDC: 10**17}
_numbers = count(1)


def in_ticks(price_krw: Decimal) -> Decimal:
    return price_krw.quantize(Decimal("0.00000001"), ROUND_DOWN)


@contextmanager
def exchanges() -> Iterator[RateServer]:
    """Both say the market's prices, over real sockets."""
    prices = {asset.value: f"{in_ticks(ask / SPREAD):f}" for asset, ask in MARKET_KRW.items()}
    with running(Quotes(exchanges={name: Exchange(dict(prices)) for name in EXCHANGES})) as server:
        yield server


def cost_of(asset: str, units: int) -> int:
    """Whole won that these units cost at the market's price, without a fee."""
    return units * MARKET_KRW[Asset(asset)] // facts(asset).one


def price_of(asset: str, units: int, cost_krw: int) -> Decimal:
    """Won for a whole coin, such that the cost buys exactly these units."""
    return in_ticks(Decimal(cost_krw * facts(asset).one) / units)


def approved(
    address: str,
    units: int,
    asset: str = Asset.BTC,
    *,
    user_id: int | None = None,
    fee_cap_units: int | None = None,
    approvals_needed: int = 0,
    state: str = WithdrawalState.APPROVED,
    cost_krw: int | None = None,
) -> Withdrawal:
    """A withdrawal that waits for the signer; its won is held.

    At the market's price, unless `cost_krw` (without the fee) says what the units are given for.
    """
    number = next(_numbers)
    cost_krw = cost_krw or cost_of(asset, units)
    amount_krw = cost_krw + FEE_KRW
    user_id = user_id or make_player(amount_krw)
    price = price_of(asset, units, cost_krw)
    # Half a percent above the middle, as the house's rules ask.
    mid = in_ticks(price / SPREAD)
    house_rules(asset)
    with transaction.atomic():
        rate = agreed_rate(asset, mid_krw=mid, bid_krw=mid, ask_krw=price)
        amounts = {"amount_krw": amount_krw, "fee_krw": FEE_KRW, "amount_units": units}
        quote = WithdrawalQuote.objects.create(
            user_id=user_id,
            asset=asset,
            rate=rate,
            expires_at=timezone.now() + QUOTE_FOR,
            **amounts,
        )
        entry, _ = PayoutAddress.objects.get_or_create(
            user_id=user_id,
            network=facts(asset).network,
            address=address,
            defaults={"label": f"wallet {number}", "usable_from": timezone.now()},
        )
        withdrawal = Withdrawal(
            user_id=user_id,
            key=f"key-{number}",
            quote=quote,
            asset=asset,
            network=facts(asset).network,
            address=address,
            payout_address=entry,
            fee_cap_units=fee_cap_units or FEE_CAP[Asset(asset)],
            state=state,
            approvals_needed=approvals_needed,
            **amounts,
        )
        withdrawal.content_hash = content_hash(withdrawal)
        withdrawal.hold = movements.hold(
            str(withdrawal.public_id), user_id=user_id, amount_krw=amount_krw
        )
        withdrawal.save()
    return withdrawal


def house_rules(asset: str) -> None:
    """One fee for all, and quotes that outlive a test."""
    policy()
    Policy.objects.update(quote_seconds=QUOTE_FOR.seconds)
    asset_policy(asset)
    AssetPolicy.objects.update(withdrawal_fee_krw=FEE_KRW)


def fund_ledger(asset: str, units: int, place: Any = "hot") -> None:
    """Book the operator's own coins, as the scanner does when they arrive."""
    with transaction.atomic():
        movements.capital_moved(
            key=f"test:{next(_numbers)}",
            asset=asset,
            place=chart.custody(place, asset),
            units=units,
        )


def booked(place: Any, asset: str) -> int:
    """What the ledger says is at a place of ours."""
    return movements.balance(chart.custody(place, asset))


def held_krw(withdrawal: Withdrawal) -> int:
    return movements.balance(chart.held(withdrawal.user_id))


def player_krw(withdrawal: Withdrawal) -> int:
    account = Account.objects.get(code=chart.player(withdrawal.user_id).code)
    return account.balance


def state_of(withdrawal: Withdrawal) -> str:
    """The state it has now."""
    withdrawal.refresh_from_db()
    return withdrawal.state


def states(withdrawal: Withdrawal) -> list[str]:
    """The states it went through after it was approved."""
    return list(withdrawal.events.order_by("id").values_list("state", flat=True))


@dataclass
class House:
    """What both networks' houses have: a wallet that stays open."""

    node: Any
    seed: Any
    wallet: Any
    numbers: Any = field(default_factory=lambda: count(100))

    @property
    def hot(self) -> str:
        return str(self.wallet.address)

    @contextmanager
    def reopened(self) -> Iterator[None]:
        """Inside, its wallet is the one of the settings as they are now."""
        before = self.wallet
        with open_wallet(self.wallet.network, self.seed) as self.wallet:
            yield
        self.wallet = before

    def pay(self, now: datetime | None = None) -> None:
        """One pass of the signer."""
        passes.run(self.wallet, now=now)

    def sweep(self, now: datetime | None = None) -> None:
        passes.sweep(self.wallet, now=now)

    def payments(self, *among: PaymentState) -> list[Payment]:
        rows = Payment.objects.order_by("id")
        return list(rows.filter(state__in=among) if among else rows)

    def payment(self) -> Payment:
        """The only one."""
        (payment,) = self.payments()
        return payment
