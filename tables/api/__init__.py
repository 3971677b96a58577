"""REST under `/api/v1/`: what changes slowly, and the ticket that opens a WebSocket."""
