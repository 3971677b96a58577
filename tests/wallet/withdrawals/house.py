"""A house that pays out, with players, staff and a rate. Nothing here touches a chain."""

import secrets
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Permission

from accounts.models import User
from tests.wallet.house import agreed_rate, execute, give_bought, guards_off, make_player, season
from wallet import chart, payout_addresses, withdrawals
from wallet.keys.signing import DEPOSITS, ethereum_keys, load_seed
from wallet.ledger import credit, debit, post
from wallet.models import PayoutAddress, Policy, Rate, Withdrawal
from wallet.policies import policy

ABANDON = "abandon " * 11 + "about"
ZPUB = (
    "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31m"
    "GDtKsAYz2oz2AGutZYs"
)
HOT = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
BITCOIN_HOT = "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3"
COLD = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"
USDT = "0xdAC17F958D2ee523a2206206994597C13D831ec7"
USDC = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"

# Nobody's here: BIP173's and EIP-55's examples.
BITCOIN = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
OTHER_BITCOIN = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"
ETHEREUM = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
OTHER_ETHEREUM = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"

PRICES = {"BTC": 100_000_000, "ETH": 4_000_000, "USDT": 1_400, "USDC": 1_400}


def open_house(settings: Any) -> None:
    """Networks, keys, contracts and rates; nobody waits, unless a test says so."""
    seed = load_seed({"WALLET_SIGNER": "1", "WALLET_SEED": ABANDON})
    settings.BITCOIN_NETWORK = "main"
    settings.BITCOIN_RPC_URL = settings.ETHEREUM_RPC_URL = "http://127.0.0.1:1"
    settings.BITCOIN_XPUB = ZPUB
    settings.ETHEREUM_XPUB = ethereum_keys(seed).account_xpub(DEPOSITS)
    settings.ETHEREUM_HOT_ADDRESS = HOT.lower()
    settings.BITCOIN_HOT_ADDRESS = BITCOIN_HOT
    settings.BITCOIN_COLD_ADDRESS = COLD
    settings.USDT_CONTRACT, settings.USDC_CONTRACT = USDT, USDC
    rules(wait_hours=0, address_wait_hours=0)
    for asset in PRICES:
        set_rate(asset)


def rules(**changes: Any) -> None:
    """Change the house's rules."""
    policy()
    Policy.objects.filter(id=1).update(**changes)


def set_rate(asset: str, *, mid_krw: int | None = None) -> Rate:
    """A fresh rate, 1 % to each side."""
    mid = Decimal(mid_krw or PRICES[asset])
    return agreed_rate(
        asset, mid_krw=mid, bid_krw=mid * Decimal("0.99"), ask_krw=mid * Decimal("1.01")
    )


def player_with(balance_krw: int = 1_000_000) -> User:
    user_id = make_player()
    if balance_krw:
        give_bought(user_id, balance_krw)
    return User.objects.get(pk=user_id)


def time_passes(withdrawal: Withdrawal, *, hours: int) -> None:
    """All of a withdrawal's times are so much earlier, and its quote is over."""
    with guards_off():
        execute(
            "UPDATE wallet_withdrawal SET requested_at = requested_at - make_interval(hours => %s),"
            " cooling_until = cooling_until - make_interval(hours => %s),"
            " expires_at = expires_at - make_interval(hours => %s) WHERE id = %s",
            [hours, hours, hours, withdrawal.pk],
        )
    let_lapse(withdrawal.quote_id)


def let_lapse(quote_id: int) -> None:
    """The time of a quote is over."""
    with guards_off():
        execute(
            "UPDATE wallet_withdrawalquote SET created_at = created_at - interval '1 hour',"
            " expires_at = expires_at - interval '1 hour' WHERE id = %s",
            [quote_id],
        )


def member_of_staff(*, may_approve: bool = True, is_new: bool = False) -> User:
    staff = player_with(0)
    staff.is_staff = True
    staff.save()
    if may_approve:
        staff.user_permissions.add(Permission.objects.get(codename="approve_withdrawal"))
    return User.objects.get(pk=staff.pk) if is_new else season(staff)


def address_of(user: User, address: str = BITCOIN, **said: Any) -> PayoutAddress:
    """An entry of the player's address book; their own wallet unless `said` otherwise."""
    known = payout_addresses.addresses_of(user=user).filter(address=address).first()
    return known or payout_addresses.add_address(
        user=user,
        network="ethereum" if address.startswith("0x") else "bitcoin",
        address=address,
        label="mine",
        **{"owner": "self", **said},
    )


def ask(user: User, amount_krw: int = 100_000, *, asset: str = "BTC", key: str = "") -> Withdrawal:
    """Quote and request in one go."""
    offer = withdrawals.quote(user=user, asset=asset, amount_krw=amount_krw)
    entry = address_of(user, BITCOIN if asset == "BTC" else ETHEREUM)
    return withdrawals.request(
        user=user,
        quote_id=offer.public_id,
        payout_address_id=entry.pk,
        key=key or secrets.token_hex(8),
    )


def owe(user: User, amount_krw: int) -> None:
    """A deposit of the player's was taken back after so much of it was spent."""
    post(
        kind="deposit_reversal",
        key=f"owed:{secrets.token_hex(8)}",
        postings=[
            debit(chart.receivable(user.pk), amount_krw),
            credit(chart.position_cost("BTC"), amount_krw),
        ],
    )


def codes(withdrawal: Withdrawal) -> set[str]:
    """The codes of its flags."""
    return {flag["code"] for flag in withdrawal.flags}
