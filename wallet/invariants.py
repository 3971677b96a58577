"""What is always true of the ledger, as queries that find the contrary.

The database refuses what would break these (`migrations/0002_ledger_guards.py`); here nothing is
taken on trust, running totals and triggers included. `tables.invariants` adds the tables' chips,
`manage.py check_money` runs both.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from wallet.provenance import EVERYTHING, without_origin

_APPEND_ONLY = (
    *("alertseen", "approval", "auditrecord", "depositevent", "staffchange"),
    "entry",
    "moneyevent",
    "playerlimit",
    "rate",
    "ratesample",
    "reconciliationrun",
    "straytransfer",
    "transaction",
    "withdrawalevent",
    "withdrawalquote",
)
_ONLY_PROGRESS = (
    "deposit",
    "depositaddress",
    "exclusion",
    "owntransfer",
    "payment",
    "paymentattempt",
    "paymentoutput",
    "payoutaddress",
    "proposal",
    "ratehalt",
    "withdrawal",
)
# Every trigger of the wallet's migrations.
GUARDS = (
    "wallet_account_guard",
    "wallet_account_moved_by_entries",
    "wallet_account_opening",
    "wallet_account_stays",
    "wallet_approval_by_another",
    "wallet_attempt_begins",
    "wallet_entry_numbering",
    "wallet_entry_posting",
    "wallet_exclusion_never_shorter",
    *("wallet_note_staff", "wallet_note_right", "wallet_note_role", "wallet_note_right_of_role"),
    *("wallet_known_creditor", "wallet_known_lifter"),
    "wallet_output_begins",
    "wallet_output_void",
    "wallet_payment_begins",
    "wallet_payment_way",
    "wallet_payout_address_owner_once",
    *("wallet_proposal_begins", "wallet_proposal_way"),
    "wallet_quote_begins",
    *("wallet_rate_needed", "wallet_ratesample_needed", "wallet_ratehalt_lifted_once"),
    "wallet_transaction_complete",
    "wallet_withdrawal_begins",
    "wallet_withdrawal_way",
    *(f"wallet_{table}_append_only" for table in _APPEND_ONLY),
    *(f"wallet_{table}_stays" for table in _ONLY_PROGRESS),
    *(f"wallet_{table}_only_progress" for table in _ONLY_PROGRESS),
)

# Whose won the house owes, or has earned.
OWED = ("player", "escrow", "held", "rake", "fees")

_SIGNED = "CASE e.side WHEN 'D' THEN e.amount ELSE -e.amount END"
_BALANCE = "CASE a.normal_side WHEN 'C' THEN a.credits - a.debits ELSE a.debits - a.credits END"


@dataclass(frozen=True, slots=True)
class Check:
    """One rule that was looked at: figures that show it was, and what breaks it, one line each."""

    name: str
    figures: dict[str, int] = field(default_factory=dict)
    discrepancies: list[str] = field(default_factory=list)


@contextmanager
def snapshot() -> Iterator[None]:
    """Queries inside see one moment of the database; in a transaction already, what that sees."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        _rows("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def check_ledger() -> list[Check]:
    """Every rule of the ledger, all as of the same moment."""
    checks: tuple[Callable[[], Check], ...] = (
        entries_sum_to_zero,
        accounts_sum_to_zero,
        accounts_equal_their_entries,
        transactions_balance,
        nothing_overdrawn,
        reversals_mirror,
        players_money_is_covered,
        everything_has_an_origin,
        guards_in_place,
    )
    with snapshot():
        return [check() for check in checks]


def entries_sum_to_zero() -> Check:
    """In each currency all debits equal all credits, over entries."""
    rows = _rows(
        f"""SELECT a.currency, sum(e.amount) FILTER (WHERE e.side = 'D'), sum({_SIGNED})
        FROM wallet_entry e JOIN wallet_account a ON a.id = e.account_id
        GROUP BY a.currency ORDER BY a.currency"""  # noqa: S608  (constants only)
    )
    return Check(
        "entries sum to zero",
        {f"moved_{currency.lower()}": int(moved or 0) for currency, moved, _ in rows},
        [f"entries in {currency} are {off} off" for currency, _, off in rows if off],
    )


def accounts_sum_to_zero() -> Check:
    """In each currency all debits equal all credits, over the accounts' running totals."""
    rows = _rows(
        """SELECT currency, count(*), sum(debits - credits)
        FROM wallet_account GROUP BY currency ORDER BY currency"""
    )
    return Check(
        "accounts sum to zero",
        {f"accounts_{currency.lower()}": count for currency, count, _ in rows},
        [f"accounts in {currency} are {off} off" for currency, _, off in rows if off],
    )


def accounts_equal_their_entries() -> Check:
    """An account's totals are its entries' sums; its entries are numbered without a gap, and each
    carries the balance that it left."""
    totals = _rows(
        """SELECT a.code, a.debits, a.credits, a.entry_count, e.debits, e.credits, e.count
        FROM wallet_account a LEFT JOIN LATERAL (
          SELECT coalesce(sum(amount) FILTER (WHERE side = 'D'), 0) AS debits,
                 coalesce(sum(amount) FILTER (WHERE side = 'C'), 0) AS credits,
                 count(*), coalesce(max(ordinal), 0) AS last
          FROM wallet_entry WHERE account_id = a.id) e ON true
        WHERE (a.debits, a.credits, a.entry_count, a.entry_count)
          IS DISTINCT FROM (e.debits, e.credits, e.count, e.last) ORDER BY a.id"""
    )
    chains = _rows(
        """SELECT code, ordinal, balance_after, expected FROM (
          SELECT a.code, e.account_id, e.ordinal, e.balance_after,
                 sum(CASE WHEN e.side = a.normal_side THEN e.amount ELSE -e.amount END)
                   OVER (PARTITION BY e.account_id ORDER BY e.ordinal) AS expected
          FROM wallet_entry e JOIN wallet_account a ON a.id = e.account_id) chain
        WHERE balance_after <> expected ORDER BY account_id, ordinal"""
    )
    return Check(
        "accounts equal their entries",
        {"accounts": _one("SELECT count(*) FROM wallet_account")},
        [
            f"account {code} says debits {debits}, credits {credits_}, {count} entries;"
            f" its entries say {entry_debits}, {entry_credits}, {entry_count}"
            for code, debits, credits_, count, entry_debits, entry_credits, entry_count in totals
        ]
        + [
            f"entry {ordinal} of account {code} says balance {balance}, should be {expected}"
            for code, ordinal, balance, expected in chains
        ],
    )


def transactions_balance() -> Check:
    """Each transaction has two entries or more and balances in each of its currencies."""
    unbalanced = _rows(
        f"""SELECT t.key, a.currency, sum({_SIGNED}) AS off
        FROM wallet_entry e JOIN wallet_account a ON a.id = e.account_id
        JOIN wallet_transaction t ON t.id = e.transaction_id
        GROUP BY t.id, a.currency HAVING sum({_SIGNED}) <> 0 ORDER BY t.id"""  # noqa: S608
    )
    too_few = _rows(
        """SELECT t.key, count(e.id) FROM wallet_transaction t
        LEFT JOIN wallet_entry e ON e.transaction_id = t.id
        GROUP BY t.id HAVING count(e.id) < 2 ORDER BY t.id"""
    )
    orphans = _rows(
        """SELECT e.id FROM wallet_entry e
        WHERE NOT EXISTS (SELECT FROM wallet_transaction t WHERE t.id = e.transaction_id)
          OR NOT EXISTS (SELECT FROM wallet_account a WHERE a.id = e.account_id)
          OR e.amount <= 0 OR e.side NOT IN ('D', 'C') ORDER BY e.id"""
    )
    return Check(
        "each transaction balances",
        {
            "transactions": _one("SELECT count(*) FROM wallet_transaction"),
            "entries": _one("SELECT count(*) FROM wallet_entry"),
        },
        [f"transaction {key} is {off} {currency} off" for key, currency, off in unbalanced]
        + [f"transaction {key} has {count} entries" for key, count in too_few]
        + [
            f"entry {entry_id} moves nothing, or is of no transaction or no account"
            for (entry_id,) in orphans
        ],
    )


def nothing_overdrawn() -> Check:
    """No account is below zero unless it may be, and closed accounts are empty."""
    rows = _rows(
        f"""SELECT a.code, {_BALANCE} FROM wallet_account a
        WHERE ({_BALANCE} < 0 AND NOT a.may_overdraw)
           OR (a.closed_at IS NOT NULL AND a.debits <> a.credits) ORDER BY a.id"""  # noqa: S608
    )
    return Check(
        "nothing overdrawn",
        {"may_overdraw": _one("SELECT count(*) FROM wallet_account WHERE may_overdraw")},
        [f"account {code} has {balance}, which it may not" for code, balance in rows],
    )


def reversals_mirror() -> Check:
    """A reversal has the entries of what it reverses, with the sides swapped."""
    rows = _rows(
        """SELECT r.key, o.key FROM wallet_transaction r
        JOIN wallet_transaction o ON o.id = r.reverses_id
        WHERE (SELECT array_agg((account_id, side, amount) ORDER BY account_id)
               FROM wallet_entry WHERE transaction_id = r.id)
          IS DISTINCT FROM
              (SELECT array_agg((account_id, CASE side WHEN 'D' THEN 'C' ELSE 'D' END::varchar,
                                 amount) ORDER BY account_id)
               FROM wallet_entry WHERE transaction_id = o.id) ORDER BY r.id"""
    )
    count = _one("SELECT count(*) FROM wallet_transaction WHERE reverses_id IS NOT NULL")
    return Check(
        "reversals mirror their originals",
        {"reversals": count},
        [f"transaction {reversal} does not mirror {original}" for reversal, original in rows],
    )


def players_money_is_covered() -> Check:
    """Players' won, escrow and rake together are what the house issued and took in."""
    balances = {
        kind: int(balance)
        for kind, balance in _rows(
            f"""SELECT a.kind, sum({_BALANCE}) FROM wallet_account a
            WHERE a.currency = 'KRW' GROUP BY a.kind ORDER BY a.kind"""  # noqa: S608
        )
    }
    owed = sum(balances.get(kind, 0) for kind in OWED)
    issued = _one(
        f"""SELECT coalesce(sum({_SIGNED}), 0) FROM wallet_entry e
        JOIN wallet_account a ON a.id = e.account_id
        WHERE a.currency = 'KRW' AND NOT a.kind = ANY(%s)""",  # noqa: S608
        [list(OWED)],
    )
    return Check(
        "players' money, escrow, holds, rake and fees are what was issued or paid in",
        {f"{kind}_krw": balance for kind, balance in balances.items()} | {"issued_krw": issued},
        [f"players, escrow, holds, rake and fees hold {owed} won, issued are {issued}"]
        * (owed != issued),
    )


def everything_has_an_origin() -> Check:
    """Deposits, withdrawals and payments account for what is on the house's accounts, and nothing
    moves but as its kind does."""
    lines = without_origin(newer_than=EVERYTHING)
    return Check("the house's accounts are what deposits and withdrawals say", {}, lines)


def guards_in_place() -> Check:
    """The triggers that refuse are there and switched on."""
    enabled = dict(
        _rows(
            """SELECT tgname, tgenabled IN ('O', 'A') FROM pg_trigger
            WHERE NOT tgisinternal AND tgname LIKE 'wallet%'"""
        )
    )
    return Check(
        "the database's guards are in place",
        {"guards": sum(enabled.get(name, False) for name in GUARDS)},
        [f"trigger {name} is missing" for name in GUARDS if name not in enabled]
        + [f"trigger {name} is switched off" for name in GUARDS if enabled.get(name) is False],
    )


def _rows(sql: str, values: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def _one(sql: str, values: Sequence[Any] | None = None) -> int:
    return int(_rows(sql, values)[0][0])
