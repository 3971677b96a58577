"""A payment may end several withdrawals: Bitcoin's are batched."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("wallet", "0012_withdrawals"),)

    operations = (
        migrations.AlterField(
            model_name="withdrawal",
            name="closing",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="wallet.transaction",
                verbose_name="closing",
            ),
        ),
    )
