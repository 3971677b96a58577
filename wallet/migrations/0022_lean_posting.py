"""The same refusals with half the work for each transaction of the ledger.

PostgreSQL reads the text of every CHECK of a table, and of every WHEN of its triggers, anew for
each statement that changes it; an account changes with every entry.

- What an account is never changes, so it is checked when it is opened (`wallet_account_opening`),
  and only what an UPDATE may break is left as CHECKs: overdrafts, money on closed accounts. That
  totals are not negative follows from amounts above zero. Entries are checked when they are
  numbered.
- An entry moves its account in the statement that numbers it (`wallet_entry_numbering`), by the
  account's key: no join reads the accounts again, and the row is locked and changed at once.
- That a balance moved by an entry that is there is proven at the commit
  (`wallet_account_moved_by_entries`), when the entry is there. Run early by SET CONSTRAINTS it
  refuses early; whatever moves a balance after that is checked for itself.
- The keys of an entry's account and transaction are proven by the triggers, which look both up, and
  neither is ever deleted; foreign keys proved them a second time, with a lock on each row.
- `wallet_post` finds each account by its code, where a join read all of a small table, and its plan
  is kept whatever the length of its arrays.
"""

import re
from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
CREATE OR REPLACE FUNCTION wallet_account_opening() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.debits <> 0 OR NEW.credits <> 0 OR NEW.entry_count <> 0 OR NEW.closed_at IS NOT NULL THEN
    RAISE EXCEPTION 'account % must be opened empty', NEW.code
      USING ERRCODE = 'check_violation', CONSTRAINT = 'wallet_account_opens_empty';
  END IF;
  IF NEW.normal_side NOT IN ('D', 'C') THEN
    RAISE EXCEPTION 'account % has side %', NEW.code, NEW.normal_side
      USING ERRCODE = 'check_violation', CONSTRAINT = 'wallet_account_side_known';
  END IF;
  IF NEW.currency NOT IN ('KRW', 'BTC', 'ETH', 'USDT', 'USDC') THEN
    RAISE EXCEPTION 'account % has currency %', NEW.code, NEW.currency
      USING ERRCODE = 'check_violation', CONSTRAINT = 'wallet_account_currency_known';
  END IF;
  IF NOT (CASE
    WHEN NEW.kind IN ('player', 'held', 'receivable')
      THEN NEW.user_id IS NOT NULL AND NEW.table_id IS NULL
    WHEN NEW.kind = 'escrow' THEN NEW.user_id IS NOT NULL AND NEW.table_id IS NOT NULL
    WHEN NEW.kind = 'rake' THEN NEW.user_id IS NULL AND NEW.table_id IS NOT NULL
    WHEN NEW.kind IN ('play_money', 'custody', 'position', 'position_cost', 'quarantine', 'capital',
                      'dust', 'network_fees', 'fees', 'losses')
      THEN NEW.user_id IS NULL AND NEW.table_id IS NULL
    ELSE false END) THEN
    RAISE EXCEPTION 'account % is not owned as a % is', NEW.code, NEW.kind
      USING ERRCODE = 'check_violation', CONSTRAINT = 'wallet_account_owner_fits_kind';
  END IF;
  IF NEW.may_overdraw AND (NEW.user_id IS NOT NULL OR NEW.table_id IS NOT NULL) THEN
    RAISE EXCEPTION 'account % may not be overdrawn', NEW.code
      USING ERRCODE = 'check_violation', CONSTRAINT = 'wallet_account_only_the_house_overdraws';
  END IF;
  NEW.opened_at := clock_timestamp();
  RETURN NEW;
END $$;


DROP TRIGGER wallet_account_guard ON wallet_account;

CREATE OR REPLACE FUNCTION wallet_account_guard() RETURNS trigger
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
  RETURN NEW;
END $$;

CREATE TRIGGER wallet_account_guard BEFORE UPDATE OF
    id, code, kind, currency, normal_side, may_overdraw, user_id, table_id, opened_at
  ON wallet_account FOR EACH ROW EXECUTE FUNCTION wallet_account_guard();


CREATE FUNCTION wallet_account_moved_by_entries() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM FROM ONLY wallet_entry e
    WHERE e.account_id = OLD.id AND e.ordinal = NEW.entry_count
      AND NEW.entry_count = OLD.entry_count + 1
      AND NEW.debits = OLD.debits + CASE e.side WHEN 'D' THEN e.amount ELSE 0 END
      AND NEW.credits = OLD.credits + CASE e.side WHEN 'C' THEN e.amount ELSE 0 END;
  IF NOT FOUND AND (NEW.debits, NEW.credits, NEW.entry_count)
     IS DISTINCT FROM (OLD.debits, OLD.credits, OLD.entry_count) THEN
    RAISE EXCEPTION 'the balance of account % moves only through entries', OLD.code
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'wallet_account_moved_by_entries';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER wallet_account_moved_by_entries
  AFTER UPDATE OF debits, credits, entry_count ON wallet_account
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wallet_account_moved_by_entries();


CREATE OR REPLACE FUNCTION wallet_entry_numbering() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  account record;
BEGIN
  IF NEW.side NOT IN ('D', 'C') THEN
    RAISE EXCEPTION 'an entry has side %', NEW.side
      USING ERRCODE = 'check_violation', CONSTRAINT = 'wallet_entry_side_known';
  END IF;
  IF NEW.amount <= 0 THEN
    RAISE EXCEPTION 'an entry has amount %', NEW.amount
      USING ERRCODE = 'check_violation', CONSTRAINT = 'wallet_entry_amount_positive';
  END IF;
  -- The row lock is the ledger's concurrency control; entries come in account order.
  UPDATE ONLY wallet_account a
    SET debits = a.debits + CASE NEW.side WHEN 'D' THEN NEW.amount ELSE 0 END,
        credits = a.credits + CASE NEW.side WHEN 'C' THEN NEW.amount ELSE 0 END,
        entry_count = a.entry_count + 1
    WHERE a.id = NEW.account_id AND a.closed_at IS NULL
    RETURNING a.entry_count, CASE a.normal_side
      WHEN 'C' THEN a.credits - a.debits ELSE a.debits - a.credits END AS balance
    INTO account;
  IF NOT FOUND THEN
    SELECT code INTO account FROM ONLY wallet_account WHERE id = NEW.account_id;
    IF FOUND THEN
      RAISE EXCEPTION 'account % is closed', account.code
        USING ERRCODE = 'check_violation', CONSTRAINT = 'wallet_entry_account_open';
    END IF;
    RAISE EXCEPTION 'there is no account %', NEW.account_id
      USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'wallet_entry_account_known';
  END IF;
  NEW.ordinal := account.entry_count;
  NEW.balance_after := account.balance;
  RETURN NEW;
END $$;


CREATE OR REPLACE FUNCTION wallet_entry_posting() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  posted record;
  its record;
BEGIN
  SELECT min(e.transaction_id) AS id, max(e.transaction_id) AS last_id, count(*) AS entries,
         sum(CASE e.side WHEN 'D' THEN e.amount ELSE -e.amount END) AS net,
         min(e.currency) <> max(e.currency) AS is_mixed
    INTO posted
    FROM (SELECT a.*, (SELECT currency FROM ONLY wallet_account WHERE id = a.account_id)
          FROM added a) AS e;
  IF posted.id IS NULL THEN
    RETURN NULL;
  END IF;
  IF posted.id <> posted.last_id THEN
    RAISE EXCEPTION 'entries of several transactions in one statement'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'wallet_entry_one_transaction';
  END IF;
  IF posted.entries < 2 THEN
    RAISE EXCEPTION 'transaction % has fewer than two entries', posted.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'wallet_transaction_two_entries';
  END IF;
  SELECT reverses_id, created_at,
         (SELECT count(*) FROM ONLY wallet_entry WHERE transaction_id = posted.id) AS entries
    INTO its FROM ONLY wallet_transaction WHERE id = posted.id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no transaction %', posted.id
      USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'wallet_entry_transaction_known';
  END IF;
  IF its.entries <> posted.entries THEN
    RAISE EXCEPTION 'transaction % is closed', posted.id
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'wallet_transaction_closed';
  END IF;
  IF posted.net <> 0 OR posted.is_mixed AND EXISTS (
    SELECT FROM added e JOIN ONLY wallet_account a ON a.id = e.account_id GROUP BY a.currency
    HAVING sum(CASE e.side WHEN 'D' THEN e.amount ELSE -e.amount END) <> 0) THEN
    RAISE EXCEPTION 'transaction % is not balanced', posted.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'wallet_transaction_balanced';
  END IF;
  IF its.created_at NOT BETWEEN transaction_timestamp() AND clock_timestamp() THEN
    RAISE EXCEPTION 'transaction % did not happen at %', posted.id, its.created_at
      USING ERRCODE = 'check_violation', CONSTRAINT = 'wallet_transaction_happens_now';
  END IF;
  IF its.reverses_id IS NOT NULL AND (
    posted.entries <> (SELECT count(*) FROM ONLY wallet_entry
                       WHERE transaction_id = its.reverses_id)
    OR EXISTS (
      SELECT account_id, CASE side WHEN 'D' THEN 'C' ELSE 'D' END, amount
        FROM ONLY wallet_entry WHERE transaction_id = its.reverses_id
      EXCEPT SELECT account_id, side, amount FROM added)) THEN
    RAISE EXCEPTION 'transaction % does not mirror transaction %', posted.id, its.reverses_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'wallet_transaction_mirrors';
  END IF;
  RETURN NULL;
END $$;


CREATE OR REPLACE FUNCTION wallet_post(
  kind_ text, key_ text, content_hash_ text, reverses_id_ bigint, meta_ jsonb,
  codes text[], sides text[], amounts numeric[])
RETURNS TABLE (transaction_id bigint, posted_at timestamptz)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN QUERY
  WITH line AS MATERIALIZED (
    SELECT (SELECT id FROM public.wallet_account WHERE code = l.code) AS account_id,
           l.side, l.amount
    FROM unnest(codes, sides, amounts) AS l (code, side, amount)
  ), posted AS (
    INSERT INTO public.wallet_transaction (kind, key, content_hash, reverses_id, meta)
    SELECT kind_, key_, content_hash_, reverses_id_, meta_
    WHERE NOT EXISTS (SELECT FROM line WHERE account_id IS NULL)
    ON CONFLICT (key) DO NOTHING
    RETURNING id, created_at
  ), entered AS (
    INSERT INTO public.wallet_entry (transaction_id, account_id, side, amount)
    SELECT posted.id, line.account_id, line.side, line.amount FROM posted, line
    ORDER BY line.account_id
  )
  SELECT posted.id, posted.created_at FROM posted;
END $$;
"""

# Functions as they were, by the migration that made them.
_BEFORE = {
    "0002_ledger_guards": (
        *("wallet_account_opening", "wallet_account_guard"),
        *("wallet_entry_numbering", "wallet_entry_posting"),
    ),
    "0017_ledger_post": ("wallet_post",),
}


def _as_before(migration: str, function: str) -> str:
    made: str = import_module(f"wallet.migrations.{migration}").FORWARD
    found = re.search(rf"CREATE (FUNCTION {function}\(.*?END \$\$;)", made, re.DOTALL)
    assert found is not None
    return f"CREATE OR REPLACE {found[1]}"


REVERSE = "\n".join(
    [
        *("DROP TRIGGER wallet_account_moved_by_entries ON wallet_account;",),
        *("DROP FUNCTION wallet_account_moved_by_entries();",),
        *("DROP TRIGGER wallet_account_guard ON wallet_account;",),
        *(_as_before(made, name) for made, names in _BEFORE.items() for name in names),
        "CREATE TRIGGER wallet_account_guard BEFORE UPDATE",
        "  ON wallet_account FOR EACH ROW EXECUTE FUNCTION wallet_account_guard();",
    ]
)


class Migration(migrations.Migration):
    dependencies = (("wallet", "0021_absent_deposits"),)

    operations = (
        migrations.RunSQL(FORWARD, REVERSE),
        migrations.AlterField(
            model_name="entry",
            name="account",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="wallet.account",
                verbose_name="account",
            ),
        ),
        migrations.AlterField(
            model_name="entry",
            name="transaction",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="wallet.transaction",
                verbose_name="transaction",
            ),
        ),
        migrations.RemoveConstraint(model_name="account", name="wallet_account_totals_not_negative"),
        migrations.RemoveConstraint(model_name="account", name="wallet_account_side_known"),
        migrations.RemoveConstraint(model_name="entry", name="wallet_entry_side_known"),
        migrations.RemoveConstraint(model_name="entry", name="wallet_entry_amount_positive"),
        migrations.RemoveConstraint(model_name="account", name="wallet_account_currency_known"),
        migrations.RemoveConstraint(model_name="account", name="wallet_account_owner_fits_kind"),
        migrations.RemoveConstraint(model_name="account", name="wallet_account_only_the_house_overdraws"),
        migrations.RemoveConstraint(
            model_name="transaction", name="wallet_transaction_reversed_once"
        ),
        migrations.AddConstraint(
            model_name="transaction",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reverses__isnull", False)),
                fields=("reverses",),
                name="wallet_transaction_reversed_once",
            ),
        ),
    )
