"""The embedded servers are real, private to this machine, and survive a crash."""

import os
import stat

import psycopg
import pytest
import redis

from poker_site.embedded.addresses import (
    default_database_url,
    default_owner_url,
    default_redis_url,
    services_file,
)
from poker_site.embedded.postgresql import PostgreSQL
from poker_site.embedded.valkey import Valkey
from tests.support.servers import test_dir as directory_of_the_run


def test_postgresql_is_real_and_the_site_is_no_superuser(postgresql: PostgreSQL) -> None:
    with psycopg.connect(default_database_url(directory_of_the_run())) as database:
        (port,) = database.execute("SHOW port").fetchone() or ("",)
        (role,) = database.execute("SELECT current_user").fetchone() or ("",)
        (version,) = database.execute("SHOW server_version").fetchone() or ("",)
        (superuser,) = database.execute("SHOW is_superuser").fetchone() or ("",)
    assert (role, port) == ("poker_site", str(postgresql.port))
    assert version.startswith("18")
    assert superuser == "off"


def test_postgresql_asks_for_the_password(postgresql: PostgreSQL) -> None:
    wrong = postgresql.url().replace(postgresql.password, "guess")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_valkey_writes_every_command_to_its_file(valkey: Valkey) -> None:
    with redis.Redis.from_url(valkey.url) as connection:
        assert connection.config_get("appendonly") == {"appendonly": "yes"}
        assert connection.config_get("save") == {"save": ""}


def test_valkey_asks_for_the_password(valkey: Valkey) -> None:
    with (
        redis.Redis(host="127.0.0.1", port=valkey.port) as connection,
        pytest.raises(redis.AuthenticationError),
    ):
        connection.ping()


def test_settings_find_the_servers_and_nobody_else_reads_their_passwords(
    postgresql: PostgreSQL, valkey: Valkey
) -> None:
    directory = directory_of_the_run()
    own_url = postgresql.url().replace("poker:", "poker_site:", 1)
    assert default_database_url(directory) == own_url.replace(
        postgresql.password, postgresql.site_password
    )
    assert default_owner_url(directory) == postgresql.url()
    assert default_redis_url(directory) == valkey.url
    for path in (services_file(directory), valkey.configuration):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.stat().st_uid == os.geteuid()


@pytest.mark.django_db(transaction=True)
def test_django_works_on_the_test_database() -> None:
    from tables.models import Shard

    Shard.objects.create(number=1)
    assert Shard.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_transactional_tests_leave_nothing_behind() -> None:
    from tables.models import Shard

    assert Shard.objects.count() == 0
