"""Players made of code: a client of the wire protocol, what it plays, and what it measures.

`sync` (what a client knows) → `client` (the socket) → `player` (one bot at one table) → `swarm`
(many of them, measured) or `demo` (two at each demo table). They know the site only by its
addresses and messages (`docs/protocol.md`); only `house` touches the database, to prepare accounts
and tables on a developer's machine.
"""
