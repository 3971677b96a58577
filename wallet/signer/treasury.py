"""The hot wallet's float: enough to pay withdrawals, and no more than may be stolen.

Above its upper limit an asset goes to the cold address, down to the middle of the limits. Below
the lower one, with what is on its way back, staff are told: coins come back from cold storage by
hand only.
"""

from django.db import transaction

from wallet.addressing import cold_address
from wallet.assets import Asset, Network
from wallet.models import Payment, PaymentKind
from wallet.policies import asset_policy
from wallet.signer import bitcoin, ethereum, payments
from wallet.signer.alerts import alert
from wallet.signer.alone import alone
from wallet.signer.change import coming
from wallet.signer.coins import select
from wallet.signer.locks import require_signer
from wallet.signer.payments import Recipient
from wallet.signer.queue import waiting
from wallet.signer.wallets import BitcoinWallet, EthereumWallet


def keep_bitcoin(wallet: BitcoinWallet) -> Payment | None:
    """Send the surplus to the cold address."""
    coins = bitcoin.free_coins(wallet)
    have_sat = sum(coin.value_sat for coin in coins)
    cold = cold_address(Network.BITCOIN)
    coming_sat = sum(coin.value_sat for coin in coming(wallet, coins))
    surplus_sat = _surplus(Asset.BTC, Network.BITCOIN, have_sat, cold, coming_units=coming_sat)
    if not surplus_sat:
        return None
    chosen = select(
        coins,
        target_sat=surplus_sat,
        output_scripts=[wallet.script_of(cold)],
        change_script=wallet.script,
        fee_rate=wallet.chain.fee_rate(bitcoin.TARGET_BLOCKS),
    )
    cap = asset_policy(Asset.BTC).fee_cap_units
    if chosen.fee_sat > cap:
        alert("fee_above_cap", "cold:BTC", detail=f"{chosen.fee_sat} sat, at most {cap}")
        return None
    with transaction.atomic():
        require_signer(Network.BITCOIN)
        payment = payments.create(
            network=Network.BITCOIN,
            asset=Asset.BTC,
            kind=PaymentKind.COLD,
            from_address=wallet.address,
            recipients=[Recipient(cold, surplus_sat)],
            fee_cap_units=cap,
        )
        bitcoin.take(payment, chosen.coins)
        return payment


def keep_ethereum(wallet: EthereumWallet) -> None:
    """Send the surplus of each asset to the cold address."""
    cold = cold_address(Network.ETHEREUM)
    for asset in wallet.assets:
        with alone(f"cold:{asset}"):
            have = ethereum.free_units(wallet, asset)
            if surplus := _surplus(asset, Network.ETHEREUM, have, cold):
                ethereum.prepare_one(
                    wallet,
                    asset=asset,
                    kind=PaymentKind.COLD,
                    recipient=Recipient(cold, surplus),
                    cap_wei=asset_policy(asset).fee_cap_units,
                )


def _surplus(
    asset: Asset, network: Network, have_units: int, cold_address: str, *, coming_units: int = 0
) -> int:
    """What is to go to the cold address; what waiting withdrawals need stays."""
    rules = asset_policy(asset)
    owed = sum(each.amount_units for each in waiting(network) if each.asset == asset)
    free = have_units - owed
    if free + coming_units < rules.hot_least_units:
        held = str(have_units + coming_units)
        alert("hot_wallet_low", f"hot:{asset}", have_units=held, owed_units=str(owed))
        return 0
    if free <= rules.hot_most_units:
        return 0
    if not cold_address:
        alert("no_cold_address", f"hot:{asset}", have_units=str(have_units))
        return 0
    on_its_way = Payment.objects.filter(
        network=network, asset=asset, kind=PaymentKind.COLD, state__in=payments.OPEN
    )
    if on_its_way.exists():
        return 0
    return int(free - (rules.hot_least_units + rules.hot_most_units) // 2)
