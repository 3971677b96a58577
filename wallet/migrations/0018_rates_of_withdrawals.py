"""What a role that may write rows still cannot forge about offers and withdrawals.

- A quote is at a fresh rate that at least two sources agreed on, with the policy's spread, and its
  coins are exactly what the won buys at that rate.
- A withdrawal begins as its quote, its hold, its address book entry and its hash say, with the
  waits and the approvals that the policy asks for its amount; it goes on when the waits are over
  and enough other members of staff approved exactly this content.
- Its rate may be fixed again, by a quote that replaces the one it has and that is over.

The clocks of the site and of the database may be `LENIENCY` apart.
"""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

LENIENCY = "interval '5 seconds'"
HEAD = """RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$"""
SAFE = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$"


def refuse(constraint: str, text: str, *values: str) -> str:
    """The statement that refuses a row."""
    said = "".join(f", {value}" for value in values)
    return (
        f"RAISE EXCEPTION '{text}'{said}"
        f" USING ERRCODE = 'check_violation', CONSTRAINT = '{constraint}';"
    )


FACTS = f"""
CREATE FUNCTION wallet_units_of_one(asset text) RETURNS numeric
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE asset WHEN 'BTC' THEN 100000000 WHEN 'ETH' THEN 1000000000000000000
    WHEN 'USDT' THEN 1000000 WHEN 'USDC' THEN 1000000 END::numeric
$$;

CREATE FUNCTION wallet_content_hash(w wallet_withdrawal) RETURNS text
LANGUAGE sql STABLE {SAFE}
  SELECT encode(sha256(convert_to(
    '{{"address":' || to_json(w.address::text)
    || ',"amount_krw":"' || w.amount_krw || '","asset":"' || w.asset
    || '","fee_cap_units":"' || w.fee_cap_units || '","fee_krw":"' || w.fee_krw
    || '","network":"' || w.network || '","revision":' || w.revision
    || ',"user":' || w.user_id || ',"withdrawal":"' || w.public_id || '"}}', 'UTF8')), 'hex')
$$;

CREATE FUNCTION wallet_approvals_needed(w wallet_withdrawal) RETURNS integer
LANGUAGE sql STABLE {SAFE}
  SELECT greatest(w.approvals_needed, coalesce((
    SELECT CASE WHEN w.amount_krw > two_approvals_krw THEN 2
      WHEN w.amount_krw > auto_approve_krw THEN 1 ELSE 0 END
    FROM ONLY wallet_policy WHERE id = 1), 2))
$$;
"""

QUOTE = f"""
CREATE FUNCTION wallet_quote_begins() {HEAD}
DECLARE
  moment timestamptz := clock_timestamp();
  rules wallet_policy;
  rate wallet_rate;
  said record;
BEGIN
  SELECT * INTO rules FROM ONLY wallet_policy WHERE id = 1;
  SELECT * INTO rate FROM ONLY wallet_rate WHERE id = NEW.rate_id;
  IF rules.id IS NULL OR rate.id IS NULL OR rate.asset <> NEW.asset
     OR rate.at < moment - make_interval(secs => rules.source_max_age_s) - {LENIENCY}
     OR rate.at > moment + {LENIENCY} THEN
    {refuse("wallet_quote_rate", "rate % is not one of now", "NEW.rate_id")}
  END IF;
  SELECT count(DISTINCT source) AS sources, min(price_krw) AS low, max(price_krw) AS high INTO said
    FROM ONLY wallet_ratesample
    WHERE rate_id = rate.id AND asset = rate.asset AND refusal = '' AND price_krw > 0;
  IF said.sources < 2 OR rate.mid_krw < said.low OR rate.mid_krw > said.high THEN
    {refuse("wallet_quote_rate", "no two sources agreed on rate %", "NEW.rate_id")}
  END IF;
  IF (rate.ask_krw + 0.00000001) * 10000 < rate.mid_krw * (10000 + rules.spread_bps)
     OR EXISTS (SELECT FROM ONLY wallet_ratehalt h
                WHERE h.asset = NEW.asset AND h.lifted_at IS NULL) THEN
    {refuse("wallet_quote_rate", "rate % is none to sell at", "NEW.rate_id")}
  END IF;
  IF NEW.amount_units IS DISTINCT FROM
     div((NEW.amount_krw - NEW.fee_krw) * wallet_units_of_one(NEW.asset), rate.ask_krw) THEN
    {refuse("wallet_quote_follows", "% won do not buy % units", "NEW.amount_krw", "NEW.amount_units")}
  END IF;
  IF NEW.replaces_id IS NULL AND NOT EXISTS (
       SELECT FROM ONLY wallet_assetpolicy a
       WHERE a.asset = NEW.asset AND a.withdrawal_fee_krw = NEW.fee_krw)
     OR NEW.replaces_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM ONLY wallet_withdrawalquote q JOIN ONLY wallet_withdrawal w ON w.quote_id = q.id
       WHERE q.id = NEW.replaces_id AND q.expires_at <= moment + {LENIENCY}
         AND w.state IN ('cooling', 'approval', 'approved')
         AND (q.user_id, q.asset, q.amount_krw, q.fee_krw)
           = (NEW.user_id, NEW.asset, NEW.amount_krw, NEW.fee_krw)) THEN
    {refuse("wallet_quote_follows", "% won is not the fee of such a withdrawal", "NEW.fee_krw")}
  END IF;
  IF NEW.expires_at > moment + make_interval(secs => rules.quote_seconds) + {LENIENCY} THEN
    {refuse("wallet_quote_time", "a quote until % is good for too long", "NEW.expires_at")}
  END IF;
  NEW.created_at := moment;
  RETURN NEW;
END $$;

CREATE TRIGGER wallet_quote_begins BEFORE INSERT ON wallet_withdrawalquote
  FOR EACH ROW EXECUTE FUNCTION wallet_quote_begins();
"""

COUNTED = ("w.public_id", "given", "needed")
# What holds for a withdrawal whenever it is written.
JUDGING = f"""
CREATE FUNCTION wallet_withdrawal_is_its_quote(w wallet_withdrawal, is_fresh boolean)
RETURNS void LANGUAGE plpgsql {SAFE}
BEGIN
  IF NOT EXISTS (
    SELECT FROM ONLY wallet_withdrawalquote q
    WHERE q.id = w.quote_id AND (q.expires_at > clock_timestamp() - {LENIENCY} OR NOT is_fresh)
      AND (q.user_id, q.asset, q.amount_krw, q.fee_krw, q.amount_units)
        = (w.user_id, w.asset, w.amount_krw, w.fee_krw, w.amount_units)) THEN
    {refuse("wallet_withdrawal_quote", "withdrawal % is not what was offered", "w.public_id")}
  END IF;
END $$;

CREATE FUNCTION wallet_withdrawal_may_go_on(w wallet_withdrawal, needed integer)
RETURNS void LANGUAGE plpgsql {SAFE}
DECLARE
  moment timestamptz := clock_timestamp() + {LENIENCY};
  given integer;
  refused boolean;
BEGIN
  IF w.cooling_until > moment OR NOT EXISTS (
    SELECT FROM ONLY wallet_payoutaddress a
    WHERE a.id = w.payout_address_id AND a.usable_from <= moment) THEN
    {refuse("wallet_withdrawal_waits", "withdrawal % still waits", "w.public_id")}
  END IF;
  IF w.content_hash <> wallet_content_hash(w) THEN
    {refuse("wallet_withdrawal_content", "withdrawal % is not what its hash says", "w.public_id")}
  END IF;
  SELECT count(DISTINCT staff_id) FILTER (
      WHERE approved AND content_hash = w.content_hash AND staff_id <> w.user_id),
    coalesce(bool_or(NOT approved), false) INTO given, refused
    FROM ONLY wallet_approval WHERE withdrawal_id = w.id;
  IF given < needed OR refused THEN
    {refuse("wallet_withdrawal_approved", "withdrawal % has % of % approvals", *COUNTED)}
  END IF;
END $$;
"""

BEGINS = f"""
CREATE OR REPLACE FUNCTION wallet_withdrawal_begins() {HEAD}
DECLARE
  rules wallet_policy;
BEGIN
  SELECT * INTO rules FROM ONLY wallet_policy WHERE id = 1;
  NEW.requested_at := clock_timestamp();
  IF NEW.state NOT IN ('cooling', 'approval', 'approved') OR NEW.revision <> 1
     OR NEW.closing_id IS NOT NULL
     OR NEW.state = 'cooling' AND NEW.cooling_until IS NULL
     OR NEW.state = 'approved' AND NEW.approvals_needed > 0 THEN
    {refuse("wallet_withdrawal_way", "a withdrawal cannot begin as %", "NEW.state")}
  END IF;
  IF rules.id IS NULL OR NEW.approvals_needed < wallet_approvals_needed(NEW)
     OR NEW.amount_krw > rules.auto_approve_krw AND rules.wait_hours > 0
       AND (NEW.cooling_until IS NULL OR NEW.cooling_until < NEW.requested_at
            + make_interval(hours => rules.wait_hours) - {LENIENCY}) THEN
    {refuse("wallet_withdrawal_tier", "% won need more waiting or staff", "NEW.amount_krw")}
  END IF;
  IF NOT EXISTS (
    SELECT FROM ONLY wallet_payoutaddress a
    WHERE a.id = NEW.payout_address_id AND a.removed_at IS NULL
      AND (a.user_id, a.network, a.address) = (NEW.user_id, NEW.network, NEW.address)
      AND (a.network = 'bitcoin') = (NEW.asset = 'BTC')) THEN
    {refuse("wallet_withdrawal_address", "% is not in the address book", "NEW.address")}
  END IF;
  PERFORM wallet_withdrawal_is_its_quote(NEW, true);
  IF NOT EXISTS (
    SELECT FROM ONLY wallet_transaction t
      JOIN ONLY wallet_entry e ON e.transaction_id = t.id
      JOIN ONLY wallet_account a ON a.id = e.account_id
    WHERE t.id = NEW.hold_id AND t.key = 'withdrawal:' || NEW.public_id
      AND a.kind = 'held' AND a.user_id = NEW.user_id AND a.currency = 'KRW'
      AND e.side = 'C' AND e.amount = NEW.amount_krw) THEN
    {refuse("wallet_withdrawal_hold", "the won of withdrawal % is not held", "NEW.public_id")}
  END IF;
  IF NEW.content_hash <> wallet_content_hash(NEW) THEN
    {refuse("wallet_withdrawal_content", "withdrawal % is not what its hash says", "NEW.public_id")}
  END IF;
  IF NEW.state = 'approved' THEN
    PERFORM wallet_withdrawal_may_go_on(NEW, 0);
  END IF;
  RETURN NEW;
END $$;
"""

GUARDS = import_module("wallet.migrations.0004_money_guards")
WAYS = ", ".join(f"('{before}', '{after}')" for before, after in GUARDS.WAYS)
WAY = f"""
CREATE OR REPLACE FUNCTION wallet_withdrawal_way() {HEAD}
DECLARE
  is_unsigned boolean := OLD.state IN ('cooling', 'approval', 'approved');
BEGIN
  IF NEW.cooling_until IS DISTINCT FROM OLD.cooling_until
     AND coalesce(NEW.cooling_until < OLD.cooling_until, NEW.cooling_until IS NULL)
     OR NOT NEW.flags @> OLD.flags THEN
    {refuse("wallet_withdrawal_waits", "the wait of withdrawal % only grows", "NEW.public_id")}
  END IF;
  IF (NEW.quote_id, NEW.amount_units) IS DISTINCT FROM (OLD.quote_id, OLD.amount_units) THEN
    IF NOT is_unsigned OR NEW.state <> OLD.state OR NOT EXISTS (
         SELECT FROM ONLY wallet_withdrawalquote q
         WHERE q.id = NEW.quote_id AND q.replaces_id = OLD.quote_id)
       OR EXISTS (SELECT FROM ONLY wallet_paymentoutput o
                  WHERE o.withdrawal_id = NEW.id AND NOT o.is_void) THEN
      {refuse("wallet_withdrawal_quote", "the rate of withdrawal % is fixed", "NEW.public_id")}
    END IF;
    PERFORM wallet_withdrawal_is_its_quote(NEW, true);
  END IF;
  IF NEW.state = OLD.state THEN
    RETURN NEW;
  END IF;
  IF (OLD.state, NEW.state) NOT IN ({WAYS}) THEN
    {refuse("wallet_withdrawal_way", "a withdrawal that is % cannot become %", "OLD.state", "NEW.state")}
  END IF;
  IF OLD.state = 'cooling' AND NEW.state = 'approval'
     AND OLD.cooling_until > clock_timestamp() + {LENIENCY} THEN
    {refuse("wallet_withdrawal_waits", "withdrawal % still waits", "NEW.public_id")}
  END IF;
  -- What the chain has seen goes its way under the rules that it was signed by.
  IF is_unsigned AND NEW.state IN ('approved', 'signed') THEN
    PERFORM wallet_withdrawal_is_its_quote(NEW, NEW.state = 'approved');
    PERFORM wallet_withdrawal_may_go_on(NEW, wallet_approvals_needed(NEW));
  ELSIF NEW.state IN ('approved', 'signed') THEN
    PERFORM wallet_withdrawal_may_go_on(NEW, NEW.approvals_needed);
  END IF;
  RETURN NEW;
END $$;
"""

APPROVAL = f"""
CREATE OR REPLACE FUNCTION wallet_approval_by_another() {HEAD}
BEGIN
  IF NOT EXISTS (
    SELECT FROM ONLY wallet_withdrawal w JOIN ONLY accounts_user u ON u.id = NEW.staff_id
    WHERE w.id = NEW.withdrawal_id AND w.user_id <> NEW.staff_id AND u.is_staff AND u.is_active)
  THEN
    {refuse("wallet_approval_by_another", "user % may not decide on withdrawal %", "NEW.staff_id", "NEW.withdrawal_id")}
  END IF;
  IF NOT EXISTS (
    SELECT FROM ONLY wallet_withdrawal w
    WHERE w.id = NEW.withdrawal_id AND w.content_hash = NEW.content_hash
      AND (w.state IN ('cooling', 'approval') OR w.state = 'approved' AND NOT NEW.approved))
  THEN
    {refuse("wallet_approval_of_content", "that is not withdrawal % as it is", "NEW.withdrawal_id")}
  END IF;
  NEW.at := clock_timestamp();
  RETURN NEW;
END $$;
"""

ONLY_PROGRESS = """
DROP TRIGGER wallet_withdrawal_only_progress ON wallet_withdrawal;
CREATE TRIGGER wallet_withdrawal_only_progress BEFORE UPDATE ON wallet_withdrawal
  FOR EACH ROW EXECUTE FUNCTION wallet_only_progress('{%s}');
"""
BEFORE = GUARDS.PROGRESS["withdrawal"]


def as_before(name: str) -> str:
    """A function as 0004_money_guards has it."""
    start = GUARDS.FUNCTIONS.index(f"CREATE FUNCTION {name}()")
    end = GUARDS.FUNCTIONS.index("END $$;", start) + len("END $$;\n")
    text: str = GUARDS.FUNCTIONS[start:end]
    return text.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)


FORWARD = (
    ONLY_PROGRESS % ",".join((*BEFORE, "quote_id", "amount_units"))
    + FACTS
    + QUOTE
    + JUDGING
    + BEGINS
    + WAY
    + APPROVAL
)
REVERSE = (
    "".join(
        as_before(name)
        for name in (
            "wallet_approval_by_another",
            "wallet_withdrawal_way",
            "wallet_withdrawal_begins",
        )
    )
    + """
DROP FUNCTION wallet_withdrawal_may_go_on(wallet_withdrawal, integer);
DROP FUNCTION wallet_withdrawal_is_its_quote(wallet_withdrawal, boolean);
DROP TRIGGER wallet_quote_begins ON wallet_withdrawalquote;
DROP FUNCTION wallet_quote_begins();
DROP FUNCTION wallet_approvals_needed(wallet_withdrawal);
DROP FUNCTION wallet_content_hash(wallet_withdrawal);
DROP FUNCTION wallet_units_of_one(text);
"""
    + ONLY_PROGRESS % ",".join(BEFORE)
)


class Migration(migrations.Migration):
    dependencies = (("wallet", "0017_ledger_post"),)

    operations = (
        migrations.AddField(
            model_name="withdrawalquote",
            name="replaces",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="wallet.withdrawalquote",
                verbose_name="instead of",
            ),
        ),
        migrations.RunSQL(FORWARD, REVERSE),
    )
