"""The players' pages, in a real browser."""
