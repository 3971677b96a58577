"""The game: engine, runtime, protocol, pages and records of the tables."""
