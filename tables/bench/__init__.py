"""What an action costs, against the least that the same fan-out can cost. See `measure`."""
