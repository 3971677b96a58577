"""Whether something was told already is asked at every pass: by an index, not all events."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wallet", "0028_known_staff")]

    operations = [
        migrations.AddIndex(
            model_name="moneyevent",
            index=models.Index(
                condition=models.Q(("kind__startswith", "alert.")),
                fields=["subject", "at"],
                name="wallet_event_alerts_of",
            ),
        ),
    ]
