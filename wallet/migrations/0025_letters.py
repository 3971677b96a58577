"""Mail to players, written with what it tells; and exclusions for good, by staff."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('wallet', '0024_four_eyes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='exclusion',
            name='until',
            field=models.DateTimeField(blank=True, help_text='Leave it empty to exclude for good. An exclusion can never be shortened.', null=True, verbose_name='until'),
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('address_added', 'withdrawal address added'), ('withdrawal_asked', 'withdrawal asked for'), ('withdrawal_sent', 'withdrawal sent'), ('withdrawal_rejected', 'withdrawal rejected')], max_length=20, verbose_name='kind')),
                ('language', models.CharField(max_length=10, verbose_name='language')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='at')),
                ('tries', models.IntegerField(default=0, verbose_name='tries')),
                ('next_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='next try')),
                ('sent_at', models.DateTimeField(null=True, verbose_name='sent')),
                ('payout_address', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='wallet.payoutaddress', verbose_name='address book entry')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
                ('withdrawal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='wallet.withdrawal', verbose_name='withdrawal')),
            ],
            options={
                'verbose_name': 'letter',
                'verbose_name_plural': 'letters',
                'indexes': [models.Index(condition=models.Q(('sent_at__isnull', True)), fields=['next_at'], name='wallet_letter_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('payout_address__isnull', False), ('withdrawal__isnull', True)), models.Q(('payout_address__isnull', True), ('withdrawal__isnull', False)), _connector='OR'), name='wallet_letter_of_one_thing'), models.UniqueConstraint(fields=('kind', 'payout_address'), name='wallet_letter_address_once'), models.UniqueConstraint(fields=('kind', 'withdrawal'), name='wallet_letter_withdrawal_once')],
            },
        ),
    ]
