"""Templates are checked before they can make tables that nobody wants."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from tables.models import Table, TableTemplate
from tests.admin.conftest import browser
from tests.admin.test_tables import errors, options_form, table_form


def template_form(template: TableTemplate, **changes: Any) -> dict[str, Any]:
    names = ("name", "name_pattern", "min_free_seats", "max_free_seats", "min_tables", "max_tables")
    form = {name: getattr(template, name) for name in names}
    form |= {"stake": template.stake_id, "is_enabled": "on", **options_form(template)}
    return {**form, **changes}


def change(template: TableTemplate) -> str:
    return f"/admin/tables/tabletemplate/{template.pk}/change/"


def test_a_template_is_added(boss: User, template: TableTemplate) -> None:
    form = template_form(template, name="2", name_pattern="Jeju {number}", straddle="on")
    answer = browser(boss).post("/admin/tables/tabletemplate/add/", form, follow=True)
    added = TableTemplate.objects.get(name="2")
    assert added.straddle
    assert added.table_name(3) == "Jeju 3"
    assert "Another template in use has the same stake and seats" in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"name_pattern": "Busan"}, "name_pattern", "Put {number} once into the names."),
        ({"name_pattern": "{number}{number}"}, "name_pattern", "Put {number} once into the names."),
        ({"name_pattern": "{number} {x}"}, "name_pattern", "Put {number} once into the names."),
        ({"min_free_seats": 0}, "min_free_seats", "Keep at least one seat free."),
        (
            {"min_free_seats": 3, "max_free_seats": 8},
            "max_free_seats",
            "Allow at least a whole table more than the least, or tables would open and close all"
            " the time.",
        ),
        ({"max_tables": 201}, "max_tables", "A template has 1 to 200 tables."),
        (
            {"min_tables": 5, "max_tables": 4},
            "max_tables",
            "The most tables are at least as many as the least.",
        ),
        ({"seats": 1}, "seats", "A table has 2 to 9 seats."),
        ({"bomb_pot_every": 10}, "bomb_pot_ante_krw", "Say what everyone antes in a bomb pot."),
    ],
)
def test_a_bad_template_is_explained(
    boss: User, template: TableTemplate, changes: dict[str, Any], field: str, sentence: str
) -> None:
    answer = browser(boss).post(change(template), template_form(template, **changes))
    assert errors(answer) == {field: [sentence]}


@pytest.mark.parametrize(
    "changes",
    [
        {"min_free_seats": 0},
        {"max_free_seats": 8},
        {"max_tables": 0, "min_tables": 0},
        {"min_tables": 11},
        {"name_pattern": "no number"},
        {"action_seconds": 0},
    ],
)
def test_the_database_refuses_a_bad_template(
    template: TableTemplate, changes: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        TableTemplate.objects.update(**changes)


def test_taking_a_template_out_of_use_is_explained(boss: User, template: TableTemplate) -> None:
    form = template_form(template)
    del form["is_enabled"]
    page = browser(boss).post(change(template), form, follow=True).content.decode()
    assert "close when the last one left" in page


def test_the_options_of_its_tables_are_changed_in_the_template(
    boss: User, table: Table, template: TableTemplate
) -> None:
    table.template = template
    table.save()
    client = browser(boss)
    page = client.get(f"/admin/tables/table/{table.pk}/change/").content.decode()
    assert 'name="action_seconds"' not in page
    assert 'name="template"' in page
    form = table_form(table, template=template.pk, straddle="on", name="Renamed")
    assert client.post(f"/admin/tables/table/{table.pk}/change/", form).status_code == 302
    table.refresh_from_db()
    assert (table.name, table.straddle) == ("Renamed", False)


def test_a_table_of_bots_has_no_template(boss: User, table: Table, template: TableTemplate) -> None:
    form = table_form(table, template=template.pk, is_demo="on")
    answer = browser(boss).post(f"/admin/tables/table/{table.pk}/change/", form)
    assert "Bots play at a demo table" in errors(answer)["template"][0]


def test_a_table_without_a_template_does_not_rest(
    boss: User, table: Table, template: TableTemplate
) -> None:
    Table.objects.update(template=template, is_resting=True)
    page = browser(boss).get("/admin/tables/table/").content.decode()
    assert "resting" in page
    answer = browser(boss).post(f"/admin/tables/table/{table.pk}/change/", table_form(table))
    assert answer.status_code == 302
    table.refresh_from_db()
    assert not table.is_resting


def test_a_template_with_tables_is_not_deleted(
    boss: User, table: Table, template: TableTemplate
) -> None:
    Table.objects.update(template=template)
    path = f"/admin/tables/tabletemplate/{template.pk}/delete/"
    browser(boss).post(path, {"post": "yes"})
    assert TableTemplate.objects.exists()
