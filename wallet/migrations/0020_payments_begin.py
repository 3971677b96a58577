"""How a payment begins and goes on, whoever writes its rows.

- It begins as `prepared`, and goes only along its way; it is `signed` with a signature only.
- Its outputs are written while it is prepared and nothing is signed: those of withdrawals with
  exactly the address and the amount that are approved. One is void when its payment is over.
- Signatures are numbered without gaps and have the time of the database: the ceilings of an hour
  and of a day are sums over them.
"""

from django.db import migrations

WAYS = (
    ("prepared", "signed"), ("prepared", "dropped"),
    ("signed", "broadcast"), ("signed", "confirmed"), ("signed", "superseded"),
    ("broadcast", "confirmed"), ("broadcast", "superseded"),
    ("confirmed", "broadcast"), ("confirmed", "settled"), ("confirmed", "failed"),
)
HEAD = """RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$"""


def refuse(constraint: str, text: str, *values: str) -> str:
    """The statement that refuses a row."""
    said = "".join(f", {value}" for value in values)
    return (
        f"RAISE EXCEPTION '{text}'{said}"
        f" USING ERRCODE = 'check_violation', CONSTRAINT = '{constraint}';"
    )


PAYMENT = f"""
CREATE FUNCTION wallet_payment_begins() {HEAD}
BEGIN
  IF NEW.state <> 'prepared' THEN
    {refuse("wallet_payment_way", "a payment cannot begin as %", "NEW.state")}
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION wallet_payment_way() {HEAD}
BEGIN
  IF NEW.state = OLD.state THEN
    RETURN NEW;
  END IF;
  IF (OLD.state, NEW.state) NOT IN ({", ".join(f"('{a}', '{b}')" for a, b in WAYS)}) THEN
    {refuse("wallet_payment_way", "a payment that is % cannot become %", "OLD.state", "NEW.state")}
  END IF;
  IF NEW.state = 'signed' AND NOT EXISTS (
    SELECT FROM ONLY wallet_paymentattempt WHERE payment_id = NEW.id) THEN
    {refuse("wallet_payment_way", "nothing is signed of payment %", "NEW.id")}
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER wallet_payment_begins BEFORE INSERT ON wallet_payment
  FOR EACH ROW EXECUTE FUNCTION wallet_payment_begins();
CREATE TRIGGER wallet_payment_way BEFORE UPDATE ON wallet_payment
  FOR EACH ROW EXECUTE FUNCTION wallet_payment_way();
"""

# The rows are locked: a payment that is being signed, or a withdrawal whose rate is being fixed
# anew, is looked at when that is over.
OUTPUT = f"""
CREATE FUNCTION wallet_output_begins() {HEAD}
DECLARE
  payment wallet_payment;
  paid wallet_withdrawal;
BEGIN
  SELECT * INTO payment FROM ONLY wallet_payment WHERE id = NEW.payment_id FOR SHARE;
  IF payment.state IS DISTINCT FROM 'prepared' OR NEW.is_void OR EXISTS (
    SELECT FROM ONLY wallet_paymentattempt WHERE payment_id = NEW.payment_id) THEN
    {refuse("wallet_output_prepared", "payment % takes no more outputs", "NEW.payment_id")}
  END IF;
  IF (payment.kind = 'withdrawal') <> (NEW.withdrawal_id IS NOT NULL) THEN
    {refuse("wallet_output_kind", "payment % is for %", "NEW.payment_id", "payment.kind")}
  END IF;
  IF NEW.withdrawal_id IS NULL THEN
    RETURN NEW;
  END IF;
  SELECT * INTO paid FROM ONLY wallet_withdrawal WHERE id = NEW.withdrawal_id FOR SHARE;
  IF paid.state IS DISTINCT FROM 'approved'
     OR (NEW.address, NEW.amount_units, payment.network, payment.asset)
       IS DISTINCT FROM (paid.address, paid.amount_units, paid.network, paid.asset) THEN
    {refuse("wallet_output_approved", "withdrawal % is not approved so", "paid.public_id")}
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION wallet_output_void() {HEAD}
BEGIN
  IF NEW.is_void IS DISTINCT FROM OLD.is_void AND (OLD.is_void OR NOT EXISTS (
    SELECT FROM ONLY wallet_payment
    WHERE id = NEW.payment_id AND state IN ('dropped', 'superseded'))) THEN
    {refuse("wallet_output_void", "payment % is not over", "NEW.payment_id")}
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER wallet_output_begins BEFORE INSERT ON wallet_paymentoutput
  FOR EACH ROW EXECUTE FUNCTION wallet_output_begins();
CREATE TRIGGER wallet_output_void BEFORE UPDATE ON wallet_paymentoutput
  FOR EACH ROW EXECUTE FUNCTION wallet_output_void();
"""

ATTEMPT = f"""
CREATE FUNCTION wallet_attempt_begins() {HEAD}
BEGIN
  IF NEW.number <> 1 + (
    SELECT count(*) FROM ONLY wallet_paymentattempt WHERE payment_id = NEW.payment_id) THEN
    {refuse("wallet_attempt_next", "% is not the next attempt", "NEW.number")}
  END IF;
  NEW.signed_at := clock_timestamp();
  RETURN NEW;
END $$;

CREATE TRIGGER wallet_attempt_begins BEFORE INSERT ON wallet_paymentattempt
  FOR EACH ROW EXECUTE FUNCTION wallet_attempt_begins();
"""

REVERSE = """
DROP TRIGGER wallet_attempt_begins ON wallet_paymentattempt;
DROP TRIGGER wallet_output_void ON wallet_paymentoutput;
DROP TRIGGER wallet_output_begins ON wallet_paymentoutput;
DROP TRIGGER wallet_payment_way ON wallet_payment;
DROP TRIGGER wallet_payment_begins ON wallet_payment;
DROP FUNCTION wallet_attempt_begins();
DROP FUNCTION wallet_output_void();
DROP FUNCTION wallet_output_begins();
DROP FUNCTION wallet_payment_way();
DROP FUNCTION wallet_payment_begins();
"""


class Migration(migrations.Migration):
    dependencies = (("wallet", "0019_rules_in_range"),)

    operations = (migrations.RunSQL(PAYMENT + OUTPUT + ATTEMPT, REVERSE),)
