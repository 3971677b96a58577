"""The house's share."""
