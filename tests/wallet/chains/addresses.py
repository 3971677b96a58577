"""Recipients that the tests pay."""

# The key of BIP173's examples, on regtest.
ADDRESS = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
SCRIPT = "0014751e76e8199196d454941c45d1b3a323f1433bd6"
# BIP84's first address, on regtest.
OTHER_ADDRESS = "bcrt1qcr8te4kr609gcawutmrza0j4xv80jy8zeqchgx"
OTHER_SCRIPT = "0014c0cebcd6c3d3ca8c75dc5ec62ebe55330ef910e2"

# From EIP-55's examples.
PLAYER = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
STRANGER = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
