"""Who may do what in the database: an owner that migrates, and the site, which works.

`roles.sql` makes the roles, by psql as superuser: the embedded server's and docker-compose.yml's.
`grants.sql` gives the site's role what it needs of every table, after each migration.
"""

from pathlib import Path

ROLES_SQL = Path(__file__).with_name("roles.sql")
GRANTS_SQL = Path(__file__).with_name("grants.sql")
