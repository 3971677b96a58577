"""What of old rates and samples may go, which the database itself decides.

Not what is younger than seven days, and never what something refers to: a deposit (also one that
was credited at another rate since, by its events), a quote, a halt that it opened, or being the
newest of its asset. A rate's samples stay with it, and so do those that were refused in the same
decision. Who deletes, and why, is not asked: the site's role cannot, but by `wallet_prune_rates`.
"""

from importlib import import_module

from django.db import migrations, models

OFFERS = import_module("wallet.migrations.0018_rates_of_withdrawals")
HEAD, SAFE = OFFERS.HEAD, OFFERS.SAFE

LEAST_DAYS = 7
NEEDED = f"""
CREATE FUNCTION wallet_rate_is_needed(r wallet_rate) RETURNS boolean
LANGUAGE plpgsql STABLE {SAFE}
BEGIN
  RETURN r.at > clock_timestamp() - make_interval(days => {LEAST_DAYS})
    OR EXISTS (SELECT FROM ONLY wallet_deposit WHERE rate_id = r.id)
    OR EXISTS (SELECT FROM ONLY wallet_withdrawalquote WHERE rate_id = r.id)
    OR EXISTS (SELECT FROM ONLY wallet_depositevent
               WHERE details ? 'rate' AND details -> 'rate' = to_jsonb(r.id))
    OR EXISTS (SELECT FROM ONLY wallet_ratehalt WHERE asset = r.asset AND since = r.at)
    OR NOT EXISTS (SELECT FROM ONLY wallet_rate newer
                   WHERE newer.asset = r.asset AND (newer.at, newer.id) > (r.at, r.id));
END $$;

CREATE FUNCTION wallet_sample_is_needed(s wallet_ratesample) RETURNS boolean
LANGUAGE plpgsql STABLE {SAFE}
BEGIN
  RETURN s.fetched_at > clock_timestamp() - make_interval(days => {LEAST_DAYS})
    OR EXISTS (SELECT FROM ONLY wallet_ratehalt WHERE asset = s.asset AND since = s.fetched_at)
    OR EXISTS (SELECT FROM ONLY wallet_rate r WHERE wallet_rate_is_needed(r) AND r.id = ANY (ARRAY(
                 SELECT rate_id FROM ONLY wallet_ratesample
                 WHERE fetched_at = s.fetched_at AND asset = s.asset)));
END $$;
"""


def stays(table: str, name: str) -> str:
    """Rows of a table never change, and the needed ones are not deleted."""
    return f"""
CREATE FUNCTION wallet_{table}_needed() {HEAD}
BEGIN
  IF wallet_{name}_is_needed(OLD) THEN
    RAISE EXCEPTION '{name} % is needed', OLD.id
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'wallet_{table}_needed';
  END IF;
  RETURN OLD;
END $$;

CREATE TRIGGER wallet_{table}_needed BEFORE DELETE ON wallet_{table}
  FOR EACH ROW EXECUTE FUNCTION wallet_{table}_needed();
DROP TRIGGER wallet_{table}_append_only ON wallet_{table};
CREATE TRIGGER wallet_{table}_append_only BEFORE UPDATE OR TRUNCATE
  ON wallet_{table} FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse();
"""


def stays_all(table: str) -> str:
    """As 0004_money_guards has it."""
    return f"""
DROP TRIGGER wallet_{table}_append_only ON wallet_{table};
CREATE TRIGGER wallet_{table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
  ON wallet_{table} FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse();
DROP TRIGGER wallet_{table}_needed ON wallet_{table};
DROP FUNCTION wallet_{table}_needed();
"""


# Of the decisions after a moment and older than `days`, `most` samples or a few more, so that a
# decision goes as a whole: how many rows are gone, and the moment to go on after. NULL: the end.
PRUNE = f"""
CREATE FUNCTION wallet_prune_rates(
  days integer, past timestamptz, most integer, OUT gone bigint, OUT reached timestamptz)
LANGUAGE plpgsql {SAFE}
DECLARE
  start timestamptz := coalesce(past, '-infinity');
  until timestamptz := clock_timestamp() - make_interval(days => days);
  without bigint[];
  rates bigint;
BEGIN
  IF days IS NULL OR days < {LEAST_DAYS} THEN
    RAISE EXCEPTION 'rates stay for {LEAST_DAYS} days at least, not for %', days
      USING ERRCODE = 'check_violation', CONSTRAINT = 'wallet_rates_stay';
  END IF;
  SELECT max(fetched_at) INTO reached FROM (
    SELECT fetched_at FROM ONLY wallet_ratesample
    WHERE fetched_at > start AND fetched_at < until
    ORDER BY fetched_at LIMIT most) AS batch;
  WITH samples AS (
    DELETE FROM ONLY wallet_ratesample s
    WHERE fetched_at > start AND fetched_at <= reached AND NOT wallet_sample_is_needed(s)
    RETURNING rate_id)
  SELECT count(*), array_agg(DISTINCT rate_id) FILTER (WHERE rate_id IS NOT NULL)
    INTO gone, without FROM samples;
  DELETE FROM ONLY wallet_rate r WHERE r.id = ANY(without) AND NOT wallet_rate_is_needed(r)
    AND NOT EXISTS (SELECT FROM ONLY wallet_ratesample WHERE rate_id = r.id);
  GET DIAGNOSTICS rates = ROW_COUNT;
  gone := gone + rates;
END $$;
"""

TABLES = {"rate": "rate", "ratesample": "sample"}
FORWARD = NEEDED + "".join(stays(*each) for each in TABLES.items()) + PRUNE
REVERSE = (
    "DROP FUNCTION wallet_prune_rates(integer, timestamptz, integer);"
    + "".join(stays_all(table) for table in TABLES)
    + """
DROP FUNCTION wallet_sample_is_needed(wallet_ratesample);
DROP FUNCTION wallet_rate_is_needed(wallet_rate);
"""
)


class Migration(migrations.Migration):
    dependencies = (("wallet", "0025_letters"),)

    operations = (
        migrations.AddIndex(
            model_name="ratesample",
            index=models.Index(fields=["fetched_at", "asset"], name="wallet_sample_decision"),
        ),
        migrations.AddIndex(
            model_name="depositevent",
            index=models.Index(
                models.F("details__rate"),
                condition=models.Q(("details__has_key", "rate")),
                name="wallet_deposit_event_rate",
            ),
        ),
        migrations.AddIndex(
            model_name="ratehalt",
            index=models.Index(fields=["asset", "since"], name="wallet_halt_since"),
        ),
        migrations.RunSQL(FORWARD, REVERSE),
    )
