"""What the database refuses, whoever asks: the ledger's rules as triggers.

A balance is guarded by proof, not by context: an account's totals may change only by the exact
amount of an entry that is there, on that account, with the next ordinal. So it does not matter
who runs the UPDATE, from which trigger, or at which depth.

The entries of a transaction come in one statement and are checked at its end. A deferred check
alone could be run early (SET CONSTRAINTS ... IMMEDIATE) and entries added after it; here entries
in a second statement are refused, and the deferred check only says that there are some.

Every function fixes its search_path, so that no temporary table or operator can stand in for the
real one, and runs with its owner's rights, so that the site's role needs no right to change a
balance (`docs/ledger.md` has the grants).
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION wallet_refuse() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: the ledger only grows', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'wallet_append_only';
END $$;

CREATE TRIGGER wallet_transaction_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
  ON wallet_transaction FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse();
CREATE TRIGGER wallet_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
  ON wallet_entry FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse();
CREATE TRIGGER wallet_account_stays BEFORE DELETE OR TRUNCATE
  ON wallet_account FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse();


CREATE FUNCTION wallet_account_opening() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.debits <> 0 OR NEW.credits <> 0 OR NEW.entry_count <> 0 OR NEW.closed_at IS NOT NULL THEN
    RAISE EXCEPTION 'account % must be opened empty', NEW.code
      USING ERRCODE = 'check_violation', CONSTRAINT = 'wallet_account_opens_empty';
  END IF;
  NEW.opened_at := clock_timestamp();
  RETURN NEW;
END $$;

CREATE TRIGGER wallet_account_opening BEFORE INSERT
  ON wallet_account FOR EACH ROW EXECUTE FUNCTION wallet_account_opening();


CREATE FUNCTION wallet_account_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF (NEW.id, NEW.code, NEW.kind, NEW.currency, NEW.normal_side, NEW.may_overdraw, NEW.user_id,
      NEW.table_id, NEW.opened_at)
     IS DISTINCT FROM
     (OLD.id, OLD.code, OLD.kind, OLD.currency, OLD.normal_side, OLD.may_overdraw, OLD.user_id,
      OLD.table_id, OLD.opened_at) THEN
    RAISE EXCEPTION 'what account % is cannot change', OLD.code
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'wallet_account_identity';
  END IF;
  IF (NEW.debits, NEW.credits, NEW.entry_count)
     IS DISTINCT FROM (OLD.debits, OLD.credits, OLD.entry_count)
     AND (NEW.entry_count <> OLD.entry_count + 1 OR NOT EXISTS (
       SELECT FROM ONLY wallet_entry e
       WHERE e.account_id = OLD.id AND e.ordinal = NEW.entry_count
         AND NEW.debits = OLD.debits + CASE e.side WHEN 'D' THEN e.amount ELSE 0 END
         AND NEW.credits = OLD.credits + CASE e.side WHEN 'C' THEN e.amount ELSE 0 END)) THEN
    RAISE EXCEPTION 'the balance of account % moves only through entries', OLD.code
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'wallet_account_moved_by_entries';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER wallet_account_guard BEFORE UPDATE
  ON wallet_account FOR EACH ROW EXECUTE FUNCTION wallet_account_guard();


CREATE FUNCTION wallet_transaction_complete() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM ONLY wallet_entry WHERE transaction_id = NEW.id) THEN
    RAISE EXCEPTION 'transaction % has no entries', NEW.key
      USING ERRCODE = 'check_violation', CONSTRAINT = 'wallet_transaction_complete';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER wallet_transaction_complete AFTER INSERT
  ON wallet_transaction DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION wallet_transaction_complete();


CREATE FUNCTION wallet_entry_numbering() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  account wallet_account;
  signed numeric(38, 0);
BEGIN
  -- The row lock is the ledger's concurrency control; entries come in account order.
  SELECT * INTO account FROM ONLY wallet_account WHERE id = NEW.account_id FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no account %', NEW.account_id
      USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'wallet_entry_account_known';
  END IF;
  IF account.closed_at IS NOT NULL THEN
    RAISE EXCEPTION 'account % is closed', account.code
      USING ERRCODE = 'check_violation', CONSTRAINT = 'wallet_entry_account_open';
  END IF;
  signed := CASE WHEN NEW.side = account.normal_side THEN NEW.amount ELSE -NEW.amount END;
  NEW.ordinal := account.entry_count + 1;
  NEW.balance_after := signed + CASE account.normal_side
    WHEN 'C' THEN account.credits - account.debits ELSE account.debits - account.credits END;
  RETURN NEW;
END $$;

CREATE TRIGGER wallet_entry_numbering BEFORE INSERT
  ON wallet_entry FOR EACH ROW EXECUTE FUNCTION wallet_entry_numbering();


CREATE FUNCTION wallet_entry_posting() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  posted record;
BEGIN
  SELECT sums.*, t.reverses_id, t.created_at,
         (SELECT count(*) FROM ONLY wallet_entry e WHERE e.transaction_id = sums.first_id) AS known
    INTO posted
    FROM (SELECT min(first_id) AS first_id, max(last_id) AS last_id, sum(added_count) AS added_count,
                 bool_or(net <> 0) AS unbalanced
          FROM (SELECT min(e.transaction_id) AS first_id, max(e.transaction_id) AS last_id,
                       count(*) AS added_count,
                       sum(CASE e.side WHEN 'D' THEN e.amount ELSE -e.amount END) AS net
                FROM added e JOIN ONLY wallet_account a ON a.id = e.account_id
                GROUP BY a.currency) AS currencies) AS sums
    LEFT JOIN ONLY wallet_transaction t ON t.id = sums.first_id;
  IF posted.first_id IS NULL THEN
    RETURN NULL;
  END IF;
  IF posted.first_id <> posted.last_id THEN
    RAISE EXCEPTION 'entries of several transactions in one statement'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'wallet_entry_one_transaction';
  END IF;
  IF posted.added_count < 2 THEN
    RAISE EXCEPTION 'transaction % has fewer than two entries', posted.first_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'wallet_transaction_two_entries';
  END IF;
  IF posted.known <> posted.added_count THEN
    RAISE EXCEPTION 'transaction % is closed', posted.first_id
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'wallet_transaction_closed';
  END IF;
  IF posted.unbalanced THEN
    RAISE EXCEPTION 'transaction % is not balanced', posted.first_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'wallet_transaction_balanced';
  END IF;
  IF posted.created_at NOT BETWEEN transaction_timestamp() AND clock_timestamp() THEN
    RAISE EXCEPTION 'transaction % did not happen at %', posted.first_id, posted.created_at
      USING ERRCODE = 'check_violation', CONSTRAINT = 'wallet_transaction_happens_now';
  END IF;
  IF posted.reverses_id IS NOT NULL AND (
    posted.known <> (SELECT count(*) FROM ONLY wallet_entry
                     WHERE transaction_id = posted.reverses_id)
    OR EXISTS (
      SELECT account_id, CASE side WHEN 'D' THEN 'C' ELSE 'D' END, amount
        FROM ONLY wallet_entry WHERE transaction_id = posted.reverses_id
      EXCEPT SELECT account_id, side, amount FROM added)) THEN
    RAISE EXCEPTION 'transaction % does not mirror transaction %',
      posted.first_id, posted.reverses_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'wallet_transaction_mirrors';
  END IF;
  UPDATE ONLY wallet_account a
    SET debits = a.debits + CASE e.side WHEN 'D' THEN e.amount ELSE 0 END,
        credits = a.credits + CASE e.side WHEN 'C' THEN e.amount ELSE 0 END,
        entry_count = e.ordinal
    FROM added e WHERE a.id = e.account_id;
  RETURN NULL;
END $$;

CREATE TRIGGER wallet_entry_posting AFTER INSERT
  ON wallet_entry REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION wallet_entry_posting();

-- Balances change in place (HOT) as long as their page has room.
ALTER TABLE wallet_account SET (fillfactor = 70);
"""

REVERSE = """
ALTER TABLE wallet_account RESET (fillfactor);
DROP TRIGGER wallet_entry_posting ON wallet_entry;
DROP TRIGGER wallet_entry_numbering ON wallet_entry;
DROP TRIGGER wallet_transaction_complete ON wallet_transaction;
DROP TRIGGER wallet_account_guard ON wallet_account;
DROP TRIGGER wallet_account_opening ON wallet_account;
DROP TRIGGER wallet_account_stays ON wallet_account;
DROP TRIGGER wallet_entry_append_only ON wallet_entry;
DROP TRIGGER wallet_transaction_append_only ON wallet_transaction;
DROP FUNCTION wallet_entry_posting();
DROP FUNCTION wallet_entry_numbering();
DROP FUNCTION wallet_transaction_complete();
DROP FUNCTION wallet_account_guard();
DROP FUNCTION wallet_account_opening();
DROP FUNCTION wallet_refuse();
"""


class Migration(migrations.Migration):
    dependencies = (("wallet", "0001_initial"),)

    operations = (migrations.RunSQL(FORWARD, REVERSE),)
