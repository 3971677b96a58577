"""The assets that come in and go out, and the networks that carry them."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext

from django.db import models
from django.utils.translation import gettext_lazy as _


class Network(models.TextChoices):
    """A chain. Its name is shown beside every address, because coins sent elsewhere are lost."""

    BITCOIN = "bitcoin", _("Bitcoin")
    ETHEREUM = "ethereum", _("Ethereum")


class Asset(models.TextChoices):
    """What can be paid in and out; also the currency of its ledger accounts."""

    BTC = "BTC", "BTC"
    ETH = "ETH", "ETH"
    USDT = "USDT", "USDT"
    USDC = "USDC", "USDC"


@dataclass(frozen=True, slots=True)
class AssetFacts:
    """What never changes about an asset. `decimals`: one whole coin is 10**decimals units."""

    asset: Asset
    network: Network
    decimals: int
    is_token: bool = False

    @property
    def one(self) -> int:
        """The units of one whole coin."""
        return int(10**self.decimals)


FACTS = {
    facts.asset: facts
    for facts in (
        AssetFacts(Asset.BTC, Network.BITCOIN, 8),
        AssetFacts(Asset.ETH, Network.ETHEREUM, 18),
        AssetFacts(Asset.USDT, Network.ETHEREUM, 6, is_token=True),
        AssetFacts(Asset.USDC, Network.ETHEREUM, 6, is_token=True),
    )
}
# The coin that pays a network's fees.
NATIVE = {Network.BITCOIN: Asset.BTC, Network.ETHEREUM: Asset.ETH}


def facts(asset: str) -> AssetFacts:
    """Raises ValueError for what is no asset of ours."""
    return FACTS[Asset(asset)]


def assets_of(network: str) -> list[Asset]:
    """The assets that a network carries, the native coin first."""
    return [known.asset for known in FACTS.values() if known.network == network]


def whole(asset: str, units: int) -> Decimal:
    """Units as whole coins, exactly: 150000000 satoshi are Decimal("1.50000000")."""
    return Decimal(f"{units}E-{facts(asset).decimals}")


def coins(asset: str, units: int) -> str:
    """`0.0015 BTC`, without trailing zeros and never in scientific notation."""
    text = f"{whole(asset, units):f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{text} {asset}"


def value_krw(asset: str, units: int, price_krw: Decimal) -> int:
    """What `units` are worth at won per whole coin, rounded down: against who is paid it."""
    with localcontext(prec=80):
        value = units * price_krw / facts(asset).one
        return int(value.to_integral_value(ROUND_FLOOR))


def units_for(asset: str, amount_krw: int, price_krw: Decimal) -> int:
    """How many units `amount_krw` buys at won per whole coin, rounded down."""
    with localcontext(prec=80):
        bought = amount_krw * facts(asset).one / price_krw
        return int(bought.to_integral_value(ROUND_FLOOR))


def cost_krw(asset: str, units: int, price_krw: Decimal) -> int:
    """What `units` cost at won per whole coin, rounded up: against who pays it."""
    with localcontext(prec=80):
        value = units * price_krw / facts(asset).one
        return int(value.to_integral_value(ROUND_CEILING))
