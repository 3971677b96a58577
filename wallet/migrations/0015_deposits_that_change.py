"""A transaction that pays something else in another block; lost coins; whose turn a sweep is."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

OWNERS = (
    Q(kind="player", user__isnull=False, table_id__isnull=True)
    | Q(kind="escrow", user__isnull=False, table_id__isnull=False)
    | Q(kind="rake", user__isnull=True, table_id__isnull=False)
    | Q(kind__in=("held", "receivable"), user__isnull=False, table_id__isnull=True)
)
HOUSE = (
    "play_money", "custody", "position", "position_cost", "quarantine", "capital", "dust",
    "network_fees", "fees", "losses",
)


class Migration(migrations.Migration):

    dependencies = [
        ("wallet", "0014_positions"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="deposit", name="wallet_deposit_once"),
        migrations.AddConstraint(
            model_name="deposit",
            constraint=models.UniqueConstraint(
                fields=(
                    "network", "txid", "place", "asset", "address", "amount_units", "sender",
                ),
                name="wallet_deposit_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="deposit",
            constraint=models.UniqueConstraint(
                fields=("network", "txid", "place"),
                condition=Q(height__isnull=False),
                name="wallet_deposit_placed_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="deposit",
            constraint=models.UniqueConstraint(
                fields=("network", "txid", "place"),
                condition=Q(state__in=("credited", "dust", "quarantined", "returned")),
                name="wallet_deposit_booked_once",
            ),
        ),
        migrations.RemoveConstraint(model_name="owntransfer", name="wallet_own_transfer_once"),
        migrations.AddConstraint(
            model_name="owntransfer",
            constraint=models.UniqueConstraint(
                fields=("network", "txid", "place", "asset", "custody", "amount_units"),
                name="wallet_own_transfer_once",
            ),
        ),
        migrations.CreateModel(
            name="SweepLook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asset", models.CharField(choices=[("BTC", "BTC"), ("ETH", "ETH"), ("USDT", "USDT"), ("USDC", "USDC")], max_length=8, verbose_name="asset")),
                ("looked_at", models.DateTimeField(verbose_name="looked at")),
                ("address", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.depositaddress", verbose_name="address")),
            ],
            options={
                "verbose_name": "look for a sweep",
                "verbose_name_plural": "looks for sweeps",
                "constraints": [models.UniqueConstraint(fields=("address", "asset"), name="wallet_sweep_look_once")],
            },
        ),
        migrations.RemoveConstraint(model_name="account", name="wallet_account_owner_fits_kind"),
        migrations.AlterField(
            model_name="account",
            name="kind",
            field=models.CharField(choices=[("player", "player"), ("escrow", "table escrow"), ("rake", "rake"), ("play_money", "play money issued"), ("held", "held for withdrawals"), ("receivable", "owed by a player"), ("custody", "coins that we hold"), ("position", "coins bought from players"), ("position_cost", "won for the position"), ("quarantine", "coins in quarantine"), ("capital", "coins of the operator"), ("dust", "dust"), ("network_fees", "network fees paid"), ("fees", "fees taken"), ("losses", "coins lost")], max_length=20, verbose_name="kind"),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=OWNERS | Q(kind__in=HOUSE, user__isnull=True, table_id__isnull=True),
                name="wallet_account_owner_fits_kind",
            ),
        ),
    ]
