"""Whose wallet an address is (the Travel Rule), said once; one payment may close many withdrawals."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ONLY_PROGRESS = """
DROP TRIGGER wallet_payoutaddress_only_progress ON wallet_payoutaddress;
CREATE TRIGGER wallet_payoutaddress_only_progress BEFORE UPDATE ON wallet_payoutaddress
  FOR EACH ROW EXECUTE FUNCTION wallet_only_progress('{%s}');
"""
FORWARD = (
    ONLY_PROGRESS % "removed_at,label,owner,owner_name,exchange"
    + """
CREATE FUNCTION wallet_payout_address_owner_once() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.owner <> '' AND (NEW.owner, NEW.owner_name, NEW.exchange)
     IS DISTINCT FROM (OLD.owner, OLD.owner_name, OLD.exchange) THEN
    RAISE EXCEPTION 'whose wallet address % is was said before', OLD.id
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'wallet_payout_address_owner_once';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER wallet_payout_address_owner_once BEFORE UPDATE ON wallet_payoutaddress
  FOR EACH ROW EXECUTE FUNCTION wallet_payout_address_owner_once();
"""
)
REVERSE = (
    """
DROP TRIGGER wallet_payout_address_owner_once ON wallet_payoutaddress;
DROP FUNCTION wallet_payout_address_owner_once();
"""
    + ONLY_PROGRESS % "removed_at,label"
)


class Migration(migrations.Migration):

    dependencies = [
        ('wallet', '0011_deposits'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='payoutaddress',
            name='exchange',
            field=models.CharField(blank=True, default='', max_length=100, verbose_name='exchange'),
        ),
        migrations.AddField(
            model_name='payoutaddress',
            name='owner',
            field=models.CharField(blank=True, choices=[('self', 'my own'), ('other', "somebody else's")], default='', max_length=10, verbose_name='whose wallet'),
        ),
        migrations.AddField(
            model_name='payoutaddress',
            name='owner_name',
            field=models.CharField(blank=True, default='', max_length=100, verbose_name="owner's name"),
        ),
        migrations.AlterField(
            model_name='withdrawal',
            name='closing',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wallet.transaction', verbose_name='closing'),
        ),
        migrations.AddIndex(
            model_name='withdrawal',
            index=models.Index(fields=['requested_at'], name='wallet_withdrawal_recent'),
        ),
        migrations.AddConstraint(
            model_name='payoutaddress',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('exchange', ''), ('owner', ''), ('owner_name', '')), ('owner', 'self'), models.Q(('owner', 'other'), models.Q(('owner_name', ''), _negated=True)), _connector='OR'), name='wallet_payout_address_owner_named'),
        ),
        migrations.RunSQL(FORWARD, REVERSE),
    ]
