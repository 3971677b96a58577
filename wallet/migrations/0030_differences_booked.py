"""Two of staff may have a difference of chain and ledger booked."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0029_alerts_of"),
    ]

    operations = [
        migrations.AlterField(
            model_name="proposal",
            name="kind",
            field=models.CharField(
                choices=[
                    ("cold_storage", "what left cold storage"),
                    ("deposit_return", "a deposit was returned"),
                    ("deposit_credit", "credit a deposit of our own coins"),
                    ("difference", "a difference of chain and ledger"),
                    ("house_rules", "loosen house rules"),
                    ("asset_rules", "loosen rules of an asset"),
                ],
                max_length=20,
                verbose_name="decision",
            ),
        ),
    ]
