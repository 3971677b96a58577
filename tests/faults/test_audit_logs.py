"""The three logs of money agree, whatever is killed while money moves."""

import json
import os
import subprocess
import sys
import time
from random import Random  # noqa: TID251  (what is killed when comes from a printed seed)

import psycopg
import pytest
import redis

from tests.support.servers import wait_until
from tests.support.site import MANAGE, RunningSite

EVENTS = 1_000
MOVERS = 2
# Which processes are killed while the events happen, in an order of each run's own.
SEED = "AUDIT_KILLS_SEED"
VICTIMS = ("worker", "relay", "valkey", "relay", "worker", "valkey", "relay")

# Money that moves in processes of its own, as the site's would: half of it ledger transactions.
MOVE = """
import sys, django
django.setup()
from django.db import transaction
from accounts.models import User
from wallet.events import record
from wallet.services import buy_in, cash_out
mover, count = int(sys.argv[1]), int(sys.argv[2])
player = User.objects.filter(is_bot=False).order_by("id")[mover]
for number in range(count // 2):
    # To a table that nobody plays at, and back.
    move = cash_out if number % 2 else buy_in
    key = f"audit-drill:{mover}:{number}"
    move(user_id=player.pk, table_id=99_999, amount_krw=10, key=key)
    with transaction.atomic():
        record("drill", f"{mover}:{number}", {"amount_krw": "10"})
"""
RELAY = """
import django
django.setup()
from wallet.audit.relay import relay
while True:
    try:
        relay()
    except Exception as error:
        print(error)
"""


def run(site: RunningSite, code: str, *arguments: str) -> "subprocess.Popen[bytes]":
    environment = {**site.environment, "DJANGO_SETTINGS_MODULE": "poker_site.settings"}
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        env={**environment, "LOG_LEVEL": "CRITICAL"},
        cwd=MANAGE.parent,
        stdout=subprocess.DEVNULL,
    )


def records(site: RunningSite) -> int:
    with psycopg.connect(site.database_url) as database:
        row = database.execute("SELECT count(*) FROM wallet_auditrecord").fetchone()
    return row[0] if row else 0


def kill_when_up(site: RunningSite, name: str) -> None:
    """The same one may come twice in a row."""
    wait_until(lambda: site.pids()[name], seconds=30, what=f"{name} runs")
    site.kill(name)


@pytest.mark.timeout(300)
def test_the_logs_agree_after_kills_of_relay_redis_and_worker(quiet_site: RunningSite) -> None:
    site = quiet_site
    seed = int(os.environ.get(SEED) or time.time_ns())
    print(f"{SEED}={seed} kills the same again")
    random = Random(seed)
    before = records(site)
    movers = [run(site, MOVE, str(number), str(EVENTS // MOVERS)) for number in range(MOVERS)]
    relays = [run(site, RELAY)]
    kills = 0
    try:
        wait_until(lambda: records(site) > before, seconds=60, what="money moves")
        for victim in random.sample(VICTIMS, len(VICTIMS)):
            if victim == "relay":
                relays[-1].kill()
                relays.append(run(site, RELAY))
            else:
                kill_when_up(site, victim)
            kills += 1
            time.sleep(random.uniform(0.5, 1.5))
        for mover in movers:
            assert mover.wait(timeout=120) == 0
    finally:
        for process in [*movers, *relays]:
            process.kill()
            process.wait()
    assert kills == len(VICTIMS)
    site.wait_until_ready()
    checked = subprocess.run(
        [sys.executable, str(MANAGE), "check_audit", "--json"],
        env=site.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    figures = json.loads(checked.stdout)["figures"]
    assert figures["records"] >= before + EVENTS
    assert figures["file_records"] == figures["stream_records"] == figures["records"]
    assert figures["unsealed_transactions"] == figures["unsealed_events"] == 0
    with redis.Redis.from_url(site.redis_url) as client:
        assert client.xlen("poker:audit:money") == figures["records"]
