"""Who is new alone credits no deposit from quarantine and lifts no halt of rates.

As with approvals (0024): the services refuse it, and so does the database, whoever writes the row.
The right to lift a halt is one over money, so getting it is written down.
"""

from importlib import import_module

from django.db import migrations

OFFERS = import_module("wallet.migrations.0018_rates_of_withdrawals")
BEFORE = import_module("wallet.migrations.0024_four_eyes")
HEAD, SAFE = OFFERS.HEAD, OFFERS.SAFE
TOO_NEW: str = BEFORE.TOO_NEW


def decides(codenames: tuple[str, ...]) -> str:
    """The function that says whether a permission is one over money."""
    names = ", ".join(f"'{name}'" for name in codenames)
    return f"""
CREATE OR REPLACE FUNCTION wallet_decides(permission bigint) RETURNS boolean
LANGUAGE sql STABLE {SAFE}
  SELECT EXISTS (
    SELECT FROM ONLY auth_permission p JOIN ONLY django_content_type t ON t.id = p.content_type_id
    WHERE p.id = permission AND t.app_label = 'wallet' AND p.codename IN ({names}))
$$;
"""


KNOWN = f"""
CREATE FUNCTION wallet_known_creditor() {HEAD}
BEGIN
  IF wallet_staff_is_new(NEW.actor_id, clock_timestamp()) THEN
    {TOO_NEW.format("NEW.actor_id")}
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION wallet_known_lifter() {HEAD}
BEGIN
  IF wallet_staff_is_new(NEW.lifted_by_id, clock_timestamp()) THEN
    {TOO_NEW.format("NEW.lifted_by_id")}
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER wallet_known_creditor BEFORE INSERT ON wallet_depositevent
  FOR EACH ROW WHEN (NEW.state = 'credited' AND NEW.actor_id IS NOT NULL
    AND NOT NEW.details ? 'confirmed_by')
  EXECUTE FUNCTION wallet_known_creditor();
CREATE TRIGGER wallet_known_lifter BEFORE INSERT OR UPDATE OF lifted_by_id ON wallet_ratehalt
  FOR EACH ROW WHEN (NEW.lifted_by_id IS NOT NULL) EXECUTE FUNCTION wallet_known_lifter();
"""

FORWARD = decides((*BEFORE.DECIDING, "lift_halt")) + KNOWN
REVERSE = (
    """
DROP TRIGGER wallet_known_lifter ON wallet_ratehalt;
DROP TRIGGER wallet_known_creditor ON wallet_depositevent;
DROP FUNCTION wallet_known_lifter();
DROP FUNCTION wallet_known_creditor();
"""
    + decides(BEFORE.DECIDING)
)


class Migration(migrations.Migration):
    dependencies = [("wallet", "0027_finance")]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
