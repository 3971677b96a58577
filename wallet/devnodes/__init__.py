"""Real nodes of both chains on this machine, for tests and development; never for real money.

They come from npm packages that `npm/package-lock.json` pins with their hashes: `bcoin` (a full
Bitcoin node, on regtest) and anvil (an Ethereum node). `installation` gets them, `BitcoinNode` and
`EthereumNode` run them and make happen what a test or a developer needs: blocks, payments,
reorganisations.
"""
