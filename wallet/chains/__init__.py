"""Clients of the chains' nodes. They know no Django: give them an address, get validated answers.

```
scanner, signer ──▶ BitcoinChain / EthereumChain ──▶ JsonRpc ──▶ a node
                └─▶ compare ──▶ the same client of a second provider
```
"""
