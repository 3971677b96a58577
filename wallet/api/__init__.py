"""REST under `/api/v1/wallet/`: one's own money, and nobody else's."""
