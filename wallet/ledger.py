"""The only writer of the ledger.

`post` writes a transaction and its entries in one statement (`migrations/0020_ledger_post.py`); the
database checks and applies it (`migrations/0002_ledger_guards.py`). Entries go in by account id, so
any two transactions lock their accounts in the same order and cannot deadlock. Who posts more than
once in one database transaction calls `lock` first, with every account that will be touched.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection

from wallet import chart
from wallet.chart import AccountSpec
from wallet.errors import (
    AlreadyReversed,
    IdempotencyConflict,
    InvalidAmount,
    LedgerRefused,
    UnbalancedPostings,
    from_database,
)
from wallet.models import Account, Side, Transaction

LARGEST_AMOUNT = 10**38 - 1
# What one movement of a player's may be, in won.
LARGEST_AMOUNT_KRW = 10**15
REVERSAL = "reversal"

# Nothing is written, and no row comes back, where the key is used or an account is not there.
_POST = """
SELECT transaction_id, posted_at FROM wallet_post(
  %(kind)s, %(key)s, %(content_hash)s, %(reverses_id)s::bigint, %(meta)s::jsonb,
  %(codes)s::text[], %(sides)s::text[], %(amounts)s::numeric[])
"""


@dataclass(frozen=True, slots=True)
class Posting:
    """An amount for one side of one account, in the account's own unit."""

    account: AccountSpec
    side: Side
    amount: int

    def __post_init__(self) -> None:
        if type(self.amount) is not int or not 0 < self.amount <= LARGEST_AMOUNT:
            raise InvalidAmount(f"{self.amount!r} for {self.account.code}")


@dataclass(frozen=True, slots=True)
class _Draft:
    """A transaction as it is to be written. `lines` are account code, side and amount."""

    kind: str
    key: str
    lines: list[tuple[str, Side, int]]
    meta: dict[str, Any]
    reverses_id: int | None = None

    def content_hash(self) -> str:
        content = {
            "kind": self.kind,
            "entries": sorted((code, side.value, str(amount)) for code, side, amount in self.lines),
            "meta": self.meta,
            "reverses": self.reverses_id,
        }
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def debit(account: AccountSpec, amount: int) -> Posting:
    """Takes from a credit account (a player, an escrow), adds to a debit account."""
    return Posting(account, Side.DEBIT, amount)


def credit(account: AccountSpec, amount: int) -> Posting:
    """Adds to a credit account (a player, an escrow), takes from a debit account."""
    return Posting(account, Side.CREDIT, amount)


def post(
    *, kind: str, key: str, postings: Sequence[Posting], meta: Mapping[str, Any] | None = None
) -> Transaction:
    """Move money once: the same key and content give the same transaction back.

    `meta` belongs to the content, so it holds nothing that a repetition would write differently.
    An account appears at most once in `postings`. Raises IdempotencyConflict, InsufficientFunds,
    AccountClosed, UnbalancedPostings, LedgerRefused.
    """
    _check(postings)
    lines = [(posting.account.code, posting.side, posting.amount) for posting in postings]
    draft = _Draft(kind, key, lines, dict(meta or {}))
    transaction = _write(draft)
    if transaction is None:
        chart.open_accounts(posting.account for posting in postings)
        transaction = _write(draft)
    if transaction is None:
        raise LedgerRefused(f"{key} was neither written nor found")
    return transaction


def reverse(*, transaction_id: int, reason: str) -> Transaction:
    """Undo a transaction by its mirror image; how every error in the ledger is corrected.

    Doing it twice with the same reason gives the same reversal back. Raises AlreadyReversed for
    another reason, InsufficientFunds where the money is gone already.
    """
    original = Transaction.objects.get(id=transaction_id)
    other = {Side.DEBIT: Side.CREDIT, Side.CREDIT: Side.DEBIT}
    lines = [
        (code, other[Side(side)], amount)
        for code, side, amount in original.entries.values_list("account__code", "side", "amount")
    ]
    draft = _Draft(
        REVERSAL, f"reverse:{original.pk}", lines, {"reason": reason}, reverses_id=original.pk
    )
    try:
        transaction = _write(draft)
    except IdempotencyConflict as conflict:
        raise AlreadyReversed(original.key) from conflict
    if transaction is None:
        raise LedgerRefused(f"{draft.key} was neither written nor found")
    return transaction


def lock(accounts: Iterable[AccountSpec]) -> None:
    """Lock accounts until the end of the database transaction, in the ledger's order.

    For callers that post more than once in one database transaction. Opens missing accounts.
    """
    ids = sorted(chart.open_accounts(accounts).values())
    locked = Account.objects.filter(id__in=ids).order_by("id").select_for_update(no_key=True)
    list(locked.values_list("id"))


def _check(postings: Sequence[Posting]) -> None:
    if len({posting.account.code for posting in postings}) != len(postings):
        raise ValueError("an account appears twice; net its postings")
    sums: dict[str, int] = {}
    for posting in postings:
        signed = posting.amount if posting.side == Side.DEBIT else -posting.amount
        currency = posting.account.currency
        sums[currency] = sums.get(currency, 0) + signed
    if not postings or any(sums.values()):
        raise UnbalancedPostings(", ".join(f"{unit} {total}" for unit, total in sums.items()))


def _write(draft: _Draft) -> Transaction | None:
    """Write it, or find what was written under its key; None where an account is missing."""
    codes, sides, amounts = zip(*draft.lines, strict=True)
    content_hash = draft.content_hash()
    values = {
        "kind": draft.kind,
        "key": draft.key,
        "content_hash": content_hash,
        "reverses_id": draft.reverses_id,
        "meta": json.dumps(draft.meta),
        "codes": _array(codes),
        "sides": _array(side.value for side in sides),
        "amounts": _array(map(str, amounts)),
    }
    try:
        with connection.cursor() as cursor:
            cursor.execute(_POST, values)
            row = cursor.fetchone()
    except IntegrityError as error:
        raise from_database(error) from error
    if row is None:
        return _written_before(draft.key, content_hash)
    number, created_at = row
    return Transaction.from_db(
        connection.alias,
        ("id", "kind", "key", "content_hash", "reverses_id", "meta", "created_at"),
        (number, draft.kind, draft.key, content_hash, draft.reverses_id, draft.meta, created_at),
    )


def _array(values: Iterable[str]) -> str:
    """PostgreSQL's text of an array. Codes of accounts, sides and numbers need no quotes."""
    return "{" + ",".join(values) + "}"


def _written_before(key: str, content_hash: str) -> Transaction | None:
    known = Transaction.objects.filter(key=key).first()
    if known is not None and known.content_hash != content_hash:
        raise IdempotencyConflict(key)
    return known
