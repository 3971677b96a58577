"""What every pass asks reads what it is about, however much happened before."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.wallet.house import execute
from wallet.deposits.alerts import tell_staff_hourly
from wallet.models import Alert

pytestmark = pytest.mark.django_db

EVENTS = 20_000


def plan_of(query: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {query}")
        return "\n".join(line for (line,) in cursor.fetchall())


def test_whether_it_was_told_is_read_from_an_index() -> None:
    execute(
        "INSERT INTO wallet_moneyevent (kind, subject, payload)"
        " SELECT CASE n %% 10 WHEN 0 THEN 'alert.stuck' ELSE 'withdrawal_settled' END,"
        " 'payment:' || n, '{}' FROM generate_series(1, %s) n",
        [EVENTS],
    )
    execute("ANALYZE wallet_moneyevent")
    with CaptureQueriesContext(connection) as queries:
        tell_staff_hourly("stuck", "payment:10", {})
    asked = next(each["sql"] for each in queries if each["sql"].startswith("SELECT"))
    plan = plan_of(asked)
    assert "wallet_event_alerts_of" in plan
    assert "Seq Scan" not in plan
    assert Alert.objects.count() == EVENTS // 10
