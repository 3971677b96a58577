"""Letters about withdrawals that expired or failed: the kinds are a choice of the site alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("wallet", "0030_differences_booked"),)

    operations = (
        migrations.AlterField(
            model_name="letter",
            name="kind",
            field=models.CharField(
                choices=[
                    ("address_added", "withdrawal address added"),
                    ("withdrawal_asked", "withdrawal asked for"),
                    ("withdrawal_sent", "withdrawal sent"),
                    ("withdrawal_rejected", "withdrawal rejected"),
                    ("withdrawal_expired", "withdrawal expired"),
                    ("withdrawal_failed", "withdrawal failed"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
    )
