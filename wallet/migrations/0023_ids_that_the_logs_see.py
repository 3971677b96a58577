"""Ids are above zero: the relay of the logs looks upwards from the newest that has a record."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('wallet', '0022_lean_posting'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='transaction',
            name='wallet_transaction_named',
        ),
        migrations.AddConstraint(
            model_name='moneyevent',
            constraint=models.CheckConstraint(condition=models.Q(('id__gt', 0)), name='wallet_event_id_positive'),
        ),
        migrations.AddConstraint(
            model_name='transaction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', ''), _negated=True), models.Q(('key', ''), _negated=True), ('id__gt', 0)), name='wallet_transaction_named'),
        ),
    ]
