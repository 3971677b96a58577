"""What the database refuses about deposits, withdrawals and payments, whoever asks.

- Records of what happened (rates, quotes, approvals, events, limits, the audit chain) only grow.
- What a deposit, a withdrawal, a payment or a signed transaction is cannot change; only the columns
  that say how far it came may.
- A withdrawal goes only along its way, and becomes `approved` or `signed` only with as many
  approvals of exactly its content as it needs, each of another member of staff, none its player.
"""

from django.db import migrations

APPEND_ONLY = (
    "approval",
    "auditrecord",
    "depositevent",
    "moneyevent",
    "playerlimit",
    "rate",
    "ratesample",
    "withdrawalevent",
    "withdrawalquote",
)
# The columns that may change; such rows are never deleted.
PROGRESS = {
    "deposit": (
        "state", "reason", "height", "block_hash", "confirmations", "confirmations_needed",
        "finality_needed", "credited_at", "rate_id", "amount_krw", "transaction_id",
    ),
    "depositaddress": (),
    "exclusion": ("until",),
    "payment": (
        "state", "reason", "changed_at", "height", "block_hash", "fee_paid_units",
        "transaction_id",
    ),
    "paymentattempt": ("sent_at", "last_answer", "is_confirmed"),
    "paymentoutput": ("is_void",),
    "payoutaddress": ("removed_at", "label"),
    "withdrawal": (
        "state", "flags", "reason", "cooling_until", "expires_at", "changed_at", "closing_id",
    ),
}
WAYS = (
    ("cooling", "approval"), ("cooling", "approved"), ("cooling", "cancelled"),
    ("cooling", "rejected"), ("cooling", "expired"),
    ("approval", "approved"), ("approval", "rejected"), ("approval", "cancelled"),
    ("approval", "expired"),
    ("approved", "signed"), ("approved", "cancelled"), ("approved", "rejected"),
    ("approved", "expired"), ("approved", "approval"),
    ("signed", "broadcast"), ("signed", "confirmed"), ("signed", "approved"), ("signed", "failed"),
    ("broadcast", "confirmed"), ("broadcast", "signed"), ("broadcast", "approved"),
    ("broadcast", "failed"),
    ("confirmed", "settled"), ("confirmed", "broadcast"), ("confirmed", "failed"),
)

FUNCTIONS = f"""
CREATE FUNCTION wallet_only_progress() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF to_jsonb(NEW) - TG_ARGV[0]::text[] IS DISTINCT FROM to_jsonb(OLD) - TG_ARGV[0]::text[] THEN
    RAISE EXCEPTION 'what a row of % is cannot change', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'wallet_identity_fixed';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION wallet_withdrawal_begins() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.state NOT IN ('cooling', 'approval', 'approved')
     OR (NEW.state = 'approved' AND NEW.approvals_needed > 0) THEN
    RAISE EXCEPTION 'a withdrawal cannot begin as %', NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'wallet_withdrawal_way';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION wallet_withdrawal_way() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  approvals integer;
BEGIN
  IF NEW.state = OLD.state THEN
    RETURN NEW;
  END IF;
  IF (OLD.state, NEW.state) NOT IN ({", ".join(f"('{a}', '{b}')" for a, b in WAYS)}) THEN
    RAISE EXCEPTION 'a withdrawal that is % cannot become %', OLD.state, NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'wallet_withdrawal_way';
  END IF;
  IF NEW.state IN ('approved', 'signed') THEN
    SELECT count(DISTINCT staff_id) INTO approvals FROM ONLY wallet_approval
      WHERE withdrawal_id = NEW.id AND approved AND content_hash = NEW.content_hash
        AND staff_id <> NEW.user_id;
    IF approvals < NEW.approvals_needed THEN
      RAISE EXCEPTION 'withdrawal % has % of % approvals', NEW.public_id, approvals,
        NEW.approvals_needed
        USING ERRCODE = 'check_violation', CONSTRAINT = 'wallet_withdrawal_approved';
    END IF;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER wallet_withdrawal_begins BEFORE INSERT ON wallet_withdrawal
  FOR EACH ROW EXECUTE FUNCTION wallet_withdrawal_begins();
CREATE TRIGGER wallet_withdrawal_way BEFORE UPDATE ON wallet_withdrawal
  FOR EACH ROW EXECUTE FUNCTION wallet_withdrawal_way();


CREATE FUNCTION wallet_approval_by_another() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM ONLY wallet_withdrawal w JOIN ONLY accounts_user u ON u.id = NEW.staff_id
    WHERE w.id = NEW.withdrawal_id AND w.user_id <> NEW.staff_id AND u.is_staff AND u.is_active)
  THEN
    RAISE EXCEPTION 'user % may not decide on withdrawal %', NEW.staff_id, NEW.withdrawal_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'wallet_approval_by_another';
  END IF;
  NEW.at := clock_timestamp();
  RETURN NEW;
END $$;

CREATE TRIGGER wallet_approval_by_another BEFORE INSERT ON wallet_approval
  FOR EACH ROW EXECUTE FUNCTION wallet_approval_by_another();


CREATE FUNCTION wallet_exclusion_never_shorter() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.until IS NULL AND NEW.until IS NOT NULL OR NEW.until < OLD.until THEN
    RAISE EXCEPTION 'an exclusion is never shortened'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'wallet_exclusion_never_shorter';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER wallet_exclusion_never_shorter BEFORE UPDATE ON wallet_exclusion
  FOR EACH ROW EXECUTE FUNCTION wallet_exclusion_never_shorter();
"""

FORWARD = (
    FUNCTIONS
    + "".join(
        f"""
CREATE TRIGGER wallet_{table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
  ON wallet_{table} FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse();"""
        for table in APPEND_ONLY
    )
    + "".join(
        f"""
CREATE TRIGGER wallet_{table}_stays BEFORE DELETE OR TRUNCATE
  ON wallet_{table} FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse();
CREATE TRIGGER wallet_{table}_only_progress BEFORE UPDATE ON wallet_{table}
  FOR EACH ROW EXECUTE FUNCTION wallet_only_progress('{{{",".join(columns)}}}');"""
        for table, columns in PROGRESS.items()
    )
)
REVERSE = (
    "".join(
        f"DROP TRIGGER wallet_{table}_only_progress ON wallet_{table};"
        f"DROP TRIGGER wallet_{table}_stays ON wallet_{table};"
        for table in PROGRESS
    )
    + "".join(f"DROP TRIGGER wallet_{table}_append_only ON wallet_{table};" for table in APPEND_ONLY)
    + """
DROP TRIGGER wallet_exclusion_never_shorter ON wallet_exclusion;
DROP TRIGGER wallet_approval_by_another ON wallet_approval;
DROP TRIGGER wallet_withdrawal_way ON wallet_withdrawal;
DROP TRIGGER wallet_withdrawal_begins ON wallet_withdrawal;
DROP FUNCTION wallet_exclusion_never_shorter();
DROP FUNCTION wallet_approval_by_another();
DROP FUNCTION wallet_withdrawal_way();
DROP FUNCTION wallet_withdrawal_begins();
DROP FUNCTION wallet_only_progress();
"""
)


class Migration(migrations.Migration):
    dependencies = (("wallet", "0003_money_in_and_out"),)

    operations = (migrations.RunSQL(FORWARD, REVERSE),)
