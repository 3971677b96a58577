"""`wallet_post`: a ledger transaction in one call, planned once a session.

The statement is long to plan (joins, two inserts) and quick to run. Sent as text it is planned anew
each time; in a function its plan is kept. It runs with its caller's rights: what the database
refuses (`0002_ledger_guards.py`) is refused here too.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION wallet_post(
  kind_ text, key_ text, content_hash_ text, reverses_id_ bigint, meta_ jsonb,
  codes text[], sides text[], amounts numeric[])
RETURNS TABLE (transaction_id bigint, posted_at timestamptz)
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN QUERY
  WITH line AS MATERIALIZED (
    SELECT account.id AS account_id, l.side, l.amount
    FROM unnest(codes, sides, amounts) AS l (code, side, amount)
    JOIN wallet_account account ON account.code = l.code
  ), posted AS (
    INSERT INTO wallet_transaction (kind, key, content_hash, reverses_id, meta)
    SELECT kind_, key_, content_hash_, reverses_id_, meta_
    WHERE (SELECT count(*) FROM line) = cardinality(codes)
    ON CONFLICT (key) DO NOTHING
    RETURNING id, created_at
  ), entered AS (
    INSERT INTO wallet_entry (transaction_id, account_id, side, amount)
    SELECT posted.id, line.account_id, line.side, line.amount FROM posted, line
    ORDER BY line.account_id
  )
  SELECT posted.id, posted.created_at FROM posted;
END $$;
"""
REVERSE = "DROP FUNCTION wallet_post(text, text, text, bigint, jsonb, text[], text[], numeric[]);"


class Migration(migrations.Migration):
    dependencies = (("wallet", "0019_alerts"),)

    operations = (migrations.RunSQL(FORWARD, REVERSE),)
