"""Who may read the books and download them."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('wallet', '0026_prune_rates'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='transaction',
            options={'permissions': (('view_finance', 'Can read the books and download them'),), 'verbose_name': 'transaction', 'verbose_name_plural': 'transactions'},
        ),
    ]
