"""The running game: who owns which tables, how a command becomes a commit, how a death is survived.

One action: `gateway` (web) → shard stream → `shard` → `actor` → engine → `commit` (one fenced Lua
call) → `broadcast`; at a hand's end `outbox` → `settlement` (Celery) → ledger.

What happens when a process dies: `recovery`. What may be believed about time: `clock`.
"""
