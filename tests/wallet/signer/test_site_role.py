"""The site's own database role: enough for all of its work with money, and for nothing else."""

import psycopg
import pytest
from django.db import DatabaseError, transaction

from accounts.models import User
from poker_site.embedded.postgresql import ROLE, SITE_ROLE
from tests.wallet.house import execute, make_player
from tests.wallet.signer.bitcoin_house import BitcoinHouse
from tests.wallet.withdrawals.house import member_of_staff, rules, set_rate
from wallet import idempotency, payout_addresses, proposals, rates, withdrawals
from wallet.addressing import deposit_address
from wallet.audit.check import check_audit
from wallet.audit.relay import relay
from wallet.invariants import check_ledger
from wallet.models import Deposit, ProposalKind, Withdrawal
from wallet.policies import policy
from wallet.reconciliation import reconcile
from wallet.selectors import balance_krw
from wallet.services import buy_in, cash_out, settle_hand

BTC = 10**8
# Never removed, by nobody: the ledger, the logs, and what tells of money going in and out.
KEPT = (
    *("wallet_account", "wallet_transaction", "wallet_entry"),
    *("wallet_auditrecord", "wallet_moneyevent", "wallet_auditcursor", "django_admin_log"),
    *("wallet_deposit", "wallet_depositevent", "wallet_depositaddress", "wallet_utxo"),
    *("wallet_withdrawal", "wallet_withdrawalevent", "wallet_withdrawalquote", "wallet_approval"),
    *("wallet_staffchange", "wallet_proposal"),
    *("wallet_payment", "wallet_paymentattempt", "wallet_paymentoutput", "wallet_payoutaddress"),
    *("wallet_rate", "wallet_ratesample"),
    *("wallet_reconciliationrun", "wallet_policy", "wallet_playerlimit"),
    *("tables_hand", "tables_handplayer", "accounts_user"),
)


@pytest.mark.usefixtures("as_site", "redis_url")
def test_the_sites_role_does_all_of_the_sites_work(bitcoin_house: BitcoinHouse) -> None:
    set_rate("BTC")
    rules(wait_hours=0, address_wait_hours=0, credentials_wait_hours=0, auto_approve_krw=0)
    user = User.objects.get(pk=make_player(50_000))
    bitcoin_house.fund(BTC)

    bitcoin_house.node.send(deposit_address(user_id=user.pk, network="bitcoin").address, 500_000)
    bitcoin_house.mine(6)
    assert Deposit.objects.get().state == "credited"

    other = make_player(50_000)
    for player in (user.pk, other):
        buy_in(user_id=player, table_id=1, amount_krw=50_000, key=f"in:{player}")
    settle_hand(table_id=1, hand_id="1", net_krw={user.pk: 9_500, other: -10_000}, rake_krw=500)
    cash_out(user_id=user.pk, table_id=1, amount_krw=59_500, key="out")
    assert balance_krw(user_id=user.pk) == 495_000 + 59_500

    asked = _ask_for(user, bitcoin_house.address(), 100_000)
    staff = member_of_staff(is_new=True)
    withdrawals.approve(
        staff=staff, public_id=asked.public_id, content_hash=asked.content_hash, note="seen"
    )
    bitcoin_house.pay()
    bitcoin_house.until_settled()
    asked.refresh_from_db()
    assert asked.state == "settled"

    _loosen_a_rule()
    assert idempotency.forget() == 0
    assert rates.prune() == 0
    relay()
    relay()  # what the first one had to tell
    assert check_audit().discrepancies == []
    assert reconcile().is_ok
    assert not any(check.discrepancies for check in check_ledger())


def _ask_for(user: User, address: str, amount_krw: int) -> Withdrawal:
    entry = payout_addresses.add_address(
        user=user, network="bitcoin", address=address, label="mine", owner="self"
    )
    offer = withdrawals.quote(user=user, asset="BTC", amount_krw=amount_krw)
    return withdrawals.request(
        user=user, quote_id=offer.public_id, payout_address_id=entry.pk, key="w"
    )


def _loosen_a_rule() -> None:
    one, two = member_of_staff(is_new=True), member_of_staff(is_new=True)
    User.objects.filter(pk__in=(one.pk, two.pk)).update(is_superuser=True)
    row = proposals.propose(
        kind=ProposalKind.HOUSE_RULES,
        subject=1,
        staff=one,
        details={"changes": {"auto_approve_krw": {"old": "0", "new": "1000"}}},
    )
    proposals.confirm(proposal_id=row.pk, staff=two, content_hash=row.content_hash)
    assert policy().auto_approve_krw == 1_000


@pytest.mark.usefixtures("as_site")
def test_the_sites_role_cannot_go_around_the_guards() -> None:
    make_player(1_000)
    for sql in (
        "ALTER TABLE wallet_entry DISABLE TRIGGER ALL",
        "ALTER TABLE wallet_withdrawal DISABLE TRIGGER wallet_withdrawal_way",
        "DROP TRIGGER wallet_entry_posting ON wallet_entry",
        "CREATE OR REPLACE FUNCTION wallet_refuse() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NULL; END'",
        "SET session_replication_role = replica",
        f"SET ROLE {ROLE}",
        f"ALTER ROLE {SITE_ROLE} SUPERUSER",
        f"ALTER TABLE wallet_entry OWNER TO {SITE_ROLE}",
        "CREATE TABLE public.wallet_mine ()",
        "UPDATE wallet_account SET credits = credits + 1",
        "UPDATE wallet_account SET may_overdraw = true",
        "UPDATE wallet_entry SET amount = 1",
        "UPDATE wallet_auditrecord SET hash = ''",
        "UPDATE wallet_approval SET approved = true",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('wallet', 'x', now())",
        *(f"DELETE FROM {table}" for table in KEPT),
        *(f"TRUNCATE {table} CASCADE" for table in (*KEPT, "wallet_chainblock", "django_session")),
    ):
        with pytest.raises(DatabaseError) as caught, transaction.atomic():
            execute(sql)
        assert isinstance(caught.value.__cause__, psycopg.errors.InsufficientPrivilege), sql


@pytest.mark.usefixtures("as_site")
def test_the_sites_role_deletes_old_rates_by_the_databases_own_rules_alone() -> None:
    for days in (40, 8, 6, 0):
        execute(
            """WITH rate AS (
              INSERT INTO wallet_rate (asset, mid_krw, bid_krw, ask_krw, at)
              VALUES ('BTC', 2, 1, 3, now() - make_interval(days => %s)) RETURNING id, at)
            INSERT INTO wallet_ratesample
              (asset, source, price_krw, fetched_at, refusal, detail, rate_id)
            SELECT 'BTC', source, 2, at, '', '', id FROM rate, unnest(ARRAY['a', 'b']) AS source""",
            [days],
        )
    assert rates.prune() == 3
    assert execute("SELECT gone FROM wallet_prune_rates(7, '-infinity', 1000)") == [(3,)]
    assert rates.prune() == 0
    assert execute("SELECT count(*) FROM wallet_rate") == [(2,)]


@pytest.mark.usefixtures("as_site")
def test_the_sites_role_works_on_every_table_and_owns_none() -> None:
    tables = execute(
        """SELECT relname, pg_get_userbyid(relowner), has_table_privilege(oid, 'SELECT'),
             has_table_privilege(oid, 'TRUNCATE, TRIGGER, REFERENCES, MAINTAIN')
           FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"""
    )
    assert len(tables) > 50
    assert {row[1:] for row in tables} == {(ROLE, True, False)}
