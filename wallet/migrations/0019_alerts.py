"""What staff were told, in one place, and who looked at it first."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE TRIGGER wallet_alertseen_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
  ON wallet_alertseen FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse();
"""
REVERSE = "DROP TRIGGER wallet_alertseen_append_only ON wallet_alertseen;"


class Migration(migrations.Migration):

    dependencies = [
        ("wallet", "0014_positions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Alert",
            fields=[],
            options={
                "verbose_name": "alert",
                "verbose_name_plural": "alerts",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("wallet.moneyevent",),
        ),
        migrations.AddIndex(
            model_name="moneyevent",
            index=models.Index(
                condition=models.Q(("kind__startswith", "alert.")),
                fields=["id"],
                name="wallet_event_alerts",
            ),
        ),
        migrations.CreateModel(
            name="AlertSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="at")),
                ("alert", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="seen", to="wallet.moneyevent", verbose_name="alert")),
                ("staff", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="seen by")),
            ],
            options={
                "verbose_name": "seen alert",
                "verbose_name_plural": "seen alerts",
            },
        ),
        migrations.RunSQL(FORWARD, REVERSE),
    ]
