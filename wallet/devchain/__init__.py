"""Development's own chains: real nodes with worthless coins, and a page that sends some.

`manage.py dev_chains` runs both nodes, mines a block now and then, and gives the house's hot wallet
something to pay with; `make run` starts it. The page (`/wallet/test-coins/`) is there with DEBUG.
"""
