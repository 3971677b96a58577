"""The player's pages of money: balance, deposit, withdraw, address book, statement, limits."""
