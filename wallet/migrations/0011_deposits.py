"""What the house's own coins did, unknown tokens, and what a deposit spends and who sent it."""

import django.db.models.deletion
import django.db.models.functions.datetime
import wallet.fields
from django.db import migrations, models


PROGRESS = ("height", "block_hash", "transaction_id")
FORWARD = f"""
CREATE TRIGGER wallet_owntransfer_stays BEFORE DELETE OR TRUNCATE
  ON wallet_owntransfer FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse();
CREATE TRIGGER wallet_owntransfer_only_progress BEFORE UPDATE ON wallet_owntransfer
  FOR EACH ROW EXECUTE FUNCTION wallet_only_progress('{{{",".join(PROGRESS)}}}');
CREATE TRIGGER wallet_straytransfer_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
  ON wallet_straytransfer FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse();
"""
REVERSE = """
DROP TRIGGER wallet_straytransfer_append_only ON wallet_straytransfer;
DROP TRIGGER wallet_owntransfer_only_progress ON wallet_owntransfer;
DROP TRIGGER wallet_owntransfer_stays ON wallet_owntransfer;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('wallet', '0010_rates'),
    ]

    operations = [
        migrations.AddField(
            model_name='deposit',
            name='sender',
            field=models.CharField(blank=True, default='', max_length=100, verbose_name='sender'),
        ),
        migrations.AddField(
            model_name='deposit',
            name='spends',
            field=models.JSONField(blank=True, default=list, verbose_name='inputs'),
        ),
        migrations.CreateModel(
            name='OwnTransfer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('network', models.CharField(choices=[('bitcoin', 'Bitcoin'), ('ethereum', 'Ethereum')], max_length=20, verbose_name='network')),
                ('asset', models.CharField(choices=[('BTC', 'BTC'), ('ETH', 'ETH'), ('USDT', 'USDT'), ('USDC', 'USDC')], max_length=8, verbose_name='asset')),
                ('txid', models.CharField(max_length=66, verbose_name='transaction')),
                ('place', models.CharField(max_length=120, verbose_name='place')),
                ('custody', models.CharField(choices=[('hot', 'hot wallet'), ('cold', 'cold storage')], max_length=8, verbose_name='where')),
                ('is_outgoing', models.BooleanField(default=False, verbose_name='out')),
                ('amount_units', wallet.fields.AmountField(verbose_name='amount (units)')),
                ('height', models.BigIntegerField(null=True, verbose_name='height')),
                ('block_hash', models.CharField(blank=True, default='', max_length=66, verbose_name='block hash')),
                ('seen_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='seen')),
                ('payment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wallet.payment', verbose_name='payment')),
                ('transaction', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wallet.transaction', verbose_name='ledger transaction')),
            ],
            options={
                'verbose_name': "movement of the house's coins",
                'verbose_name_plural': "movements of the house's coins",
                'indexes': [models.Index(condition=models.Q(('payment__isnull', True), ('transaction__isnull', True)), fields=['network', 'height'], name='wallet_own_transfer_open')],
                'constraints': [models.UniqueConstraint(fields=('network', 'txid', 'place'), name='wallet_own_transfer_once'), models.CheckConstraint(condition=models.Q(('amount_units__gt', 0)), name='wallet_own_transfer_positive'), models.CheckConstraint(condition=models.Q(('payment__isnull', True), ('transaction__isnull', True), _connector='OR'), name='wallet_own_transfer_booked_once')],
            },
        ),
        migrations.CreateModel(
            name='StrayTransfer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('network', models.CharField(choices=[('bitcoin', 'Bitcoin'), ('ethereum', 'Ethereum')], max_length=20, verbose_name='network')),
                ('contract', models.CharField(max_length=100, verbose_name='contract')),
                ('txid', models.CharField(max_length=66, verbose_name='transaction')),
                ('place', models.CharField(max_length=120, verbose_name='place')),
                ('amount', models.CharField(max_length=80, verbose_name='amount')),
                ('height', models.BigIntegerField(verbose_name='height')),
                ('block_hash', models.CharField(max_length=66, verbose_name='block hash')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='at')),
                ('address', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wallet.depositaddress', verbose_name='address')),
            ],
            options={
                'verbose_name': 'unknown token',
                'verbose_name_plural': 'unknown tokens',
                'constraints': [models.UniqueConstraint(fields=('network', 'txid', 'place'), name='wallet_stray_once')],
            },
        ),
        migrations.RunSQL(FORWARD, REVERSE),
    ]
