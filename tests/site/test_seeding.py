"""A new house has stakes, templates, and tables with free seats."""

from typing import Any

import pytest

from poker_site.seeding import BIG_BLINDS_KRW, DEMO_TABLES, TABLE_SIZES, seed
from tables.models import Stake, Table, TableTemplate
from wallet.models import Policy
from wallet.policies import policy

KINDS = len(BIG_BLINDS_KRW) * len(TABLE_SIZES)


@pytest.mark.django_db
def test_every_stake_has_an_open_table_of_every_size(redis_url: str, settings: Any) -> None:
    settings.DEBUG = False
    seed()
    kinds = Table.objects.filter(is_open=True, is_resting=False, is_demo=False)
    assert kinds.values("stake", "seats").distinct().count() == KINDS == kinds.count()
    assert not Table.objects.filter(template=None).exists()
    for template in TableTemplate.objects.all():
        template.full_clean()


@pytest.mark.django_db
def test_in_development_bots_have_tables_of_their_own(redis_url: str, settings: Any) -> None:
    settings.DEBUG = True
    seed()
    demo = Table.objects.filter(is_demo=True)
    assert {(table.name, table.seats) for table in demo} == set(DEMO_TABLES)
    cheapest = Stake.objects.order_by("big_blind_krw").first()
    assert {table.stake for table in demo} == {cheapest}
    assert Table.objects.filter(template__isnull=False).count() == KINDS


@pytest.mark.django_db
def test_a_second_time_changes_nothing(redis_url: str) -> None:
    seed()
    TableTemplate.objects.update(max_tables=7)
    before = list(Table.objects.values()), list(TableTemplate.objects.values())
    seed()
    assert (list(Table.objects.values()), list(TableTemplate.objects.values())) == before


@pytest.mark.django_db
def test_only_in_development_nobody_waits_for_a_withdrawal(redis_url: str, settings: Any) -> None:
    def waits() -> set[int]:
        rules = policy()
        return {rules.wait_hours, rules.address_wait_hours, rules.credentials_wait_hours}

    settings.DEBUG = False
    seed()
    assert waits() == {24}
    settings.DEBUG = True
    seed()
    assert waits() == {24}
    Policy.objects.all().delete()
    seed()
    assert waits() == {0}
