"""The ledger under many writers at once: `make ledger`, and a short run in the tests."""
