"""Transactions and their entries, past `wallet.ledger`."""

from tests.wallet.house import execute
from wallet.models import Account

Pair = tuple[Account, Account]

INSERT_TRANSACTION = """INSERT INTO wallet_transaction (kind, key, content_hash, meta)
    VALUES ('test', %s, 'hash', '{}') RETURNING id"""
INSERT_ENTRIES = """INSERT INTO wallet_entry (transaction_id, account_id, side, amount)
    SELECT %s, * FROM unnest(%s::bigint[], %s::text[], %s::numeric[])"""


def begin(key: str = "test") -> int:
    number: int = execute(INSERT_TRANSACTION, [key])[0][0]
    return number


def enter(transaction_id: int, *entries: tuple[Account, str, int]) -> None:
    accounts, sides, amounts = zip(*entries, strict=True)
    ids = [account.pk for account in accounts]
    execute(INSERT_ENTRIES, [transaction_id, ids, list(sides), list(amounts)])
