"""The signer: what leaves the house's wallets, in the one process that has the keys.

    prepare → sign → (commit) → send → follow → settle
                        └── replace: the same input or nonce again, at higher fees

`passes.run` does all of it once for a network, `passes.sweep` brings deposits into the hot wallet
and its surplus to the cold one; Celery's tasks call them in turn. Every step reads what it does
from the database, so a signer that died goes on where it stopped:

- A payment takes its inputs (Bitcoin: `Utxo.spent_by`) or its nonce (Ethereum) when it is prepared.
- Its bytes are in the database, committed, before a node sees them. They are sent again until a
  node has them, never replaced by a payment with other inputs or another nonce.
- It is over only when the chain says so for good: one of its attempts is final, or another
  transaction has used its input or nonce and is final.

One signer works on a network at a time (`locks`). Private keys are in `wallets` only.
"""
