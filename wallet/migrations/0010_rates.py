"""When a halt of rates may lift itself, and what the database refuses about halts and proofs.

A halt is never deleted, and its lifting is final; the reports of the reconciliation only grow.
"""

from django.db import migrations, models

FORWARD = """
CREATE TRIGGER wallet_reconciliationrun_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
  ON wallet_reconciliationrun FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse();

CREATE TRIGGER wallet_ratehalt_stays BEFORE DELETE OR TRUNCATE
  ON wallet_ratehalt FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse();
CREATE TRIGGER wallet_ratehalt_only_progress BEFORE UPDATE ON wallet_ratehalt
  FOR EACH ROW EXECUTE FUNCTION
  wallet_only_progress('{last_trouble_at,lifted_at,lifted_by_id}');

CREATE FUNCTION wallet_ratehalt_lifted_once() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.lifted_at IS NOT NULL THEN
    RAISE EXCEPTION 'halt % of rates is lifted already', OLD.id
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'wallet_ratehalt_lifted_once';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER wallet_ratehalt_lifted_once BEFORE UPDATE ON wallet_ratehalt
  FOR EACH ROW EXECUTE FUNCTION wallet_ratehalt_lifted_once();
"""
REVERSE = """
DROP TRIGGER wallet_ratehalt_lifted_once ON wallet_ratehalt;
DROP FUNCTION wallet_ratehalt_lifted_once();
DROP TRIGGER wallet_ratehalt_only_progress ON wallet_ratehalt;
DROP TRIGGER wallet_ratehalt_stays ON wallet_ratehalt;
DROP TRIGGER wallet_reconciliationrun_append_only ON wallet_reconciliationrun;
"""


class Migration(migrations.Migration):
    dependencies = (("wallet", "0004_money_guards"),)

    operations = (
        migrations.AddField(
            "ratehalt",
            "last_trouble_at",
            models.DateTimeField(null=True, verbose_name="last trouble"),
        ),
        migrations.RunSQL(FORWARD, REVERSE),
    )
