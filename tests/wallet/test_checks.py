"""The deployment check of the database role."""

import psycopg
import pytest

from poker_site.embedded.postgresql import ROLE, PostgreSQL
from wallet.checks import the_sites_role_is_no_superuser

pytestmark = pytest.mark.django_db


def test_an_ordinary_role_is_fine() -> None:
    assert the_sites_role_is_no_superuser(databases=["default"]) == []
    assert the_sites_role_is_no_superuser(databases=None) == []


def test_a_superuser_is_warned_of(postgresql: PostgreSQL) -> None:
    with psycopg.connect(postgresql.url(superuser=True), autocommit=True) as server:
        server.execute(f"ALTER ROLE {ROLE} SUPERUSER")
        try:
            (warning,) = the_sites_role_is_no_superuser(databases=["default"])
        finally:
            server.execute(f"ALTER ROLE {ROLE} NOSUPERUSER")
    assert warning.id == "wallet.W001"
