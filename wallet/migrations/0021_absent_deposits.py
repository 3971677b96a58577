"""An index for deposits in no block, by the outputs that they spend."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0020_payments_begin"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="deposit",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(
                    ("height__isnull", True), models.Q(("state", "replaced"), _negated=True)
                ),
                fields=["spends"],
                name="wallet_deposit_absent",
            ),
        ),
    ]
