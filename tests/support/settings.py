"""The site's settings on servers of the test run's own (`tests.support.servers` starts them)."""

from tests.support.servers import point_environment_at_test_servers

point_environment_at_test_servers()

from poker_site.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["tests.support.hashing.CheapArgon2"]
