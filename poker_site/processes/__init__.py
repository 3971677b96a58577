"""The site's processes on one machine: what they are, and the supervisor that keeps them alive."""
