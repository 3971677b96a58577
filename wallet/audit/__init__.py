"""Three logs of every movement of money that prove each other.

    records.py   what a record says, and the chain of hashes
    seal.py      the first log: `AuditRecord` in PostgreSQL, beside what it tells
    sinks.py     the second, a file of JSON lines, and the third, a Redis stream
    relay.py     brings the first to the other two
    check.py     proves that the three agree with each other and with the ledger

A ledger transaction is its own outbox row and a `MoneyEvent` one for everything else, both written
in the database transaction of what they tell; so nothing can happen without a record of it, and
whatever of this is killed goes on where the logs say it was.
"""
