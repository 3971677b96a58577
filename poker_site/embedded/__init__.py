"""PostgreSQL and Valkey from wheels, for a machine where nothing is set up."""
