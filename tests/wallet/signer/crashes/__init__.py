"""Kill -9 at every step of paying: before and after each commit and each call of a node.

Wherever the signer dies, the next one brings every payment to its end exactly once, and the ledger
says what the chain says.

| file | what it does |
|---|---|
| `killing.py` | the process whose forks are signers that kill themselves at a chosen point |
| `worlds.py` | the database and the chain as they were, again and again |
| `matrix.py` | a scenario, with a kill at every point of each of its passes |
| `ending.py` | what the next signer does, and what must be true at the end |
| `withdrawing.py`, `superseding.py`, `housekeeping.py` | the scenarios |
| `report.py` | what was run, for `make crashes` |
"""
