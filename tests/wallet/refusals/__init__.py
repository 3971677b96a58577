"""What the database refuses, asked in plain SQL by the tables' owner."""
