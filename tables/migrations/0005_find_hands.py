from django.db import migrations, models


def fill(apps, schema_editor):
    """Hands that were played before get what they are searched by."""
    from tables.history.facts import positions, showdown_seats, starting_hand

    HandPlayer = apps.get_model("tables", "HandPlayer")
    batch = []
    for player in HandPlayer.objects.select_related("hand").iterator(chunk_size=500):
        events = player.hand.events
        player.finished_at = player.hand.finished_at
        player.position = positions(events).get(player.seat, "")
        player.starting_hand = starting_hand(player.hole_cards)
        player.saw_showdown = player.seat in showdown_seats(events)
        batch.append(player)
        if len(batch) == 500:
            _save(HandPlayer, batch)
            batch = []
    _save(HandPlayer, batch)


def _save(model, batch):
    model.objects.bulk_update(
        batch, ["finished_at", "position", "starting_hand", "saw_showdown"]
    )


class Migration(migrations.Migration):
    dependencies = [
        ("tables", "0004_table_options"),
    ]

    operations = [
        migrations.AddField(
            model_name="hand",
            name="ante_krw",
            field=models.PositiveBigIntegerField(default=0, verbose_name="ante"),
        ),
        migrations.AddField(
            model_name="handplayer",
            name="finished_at",
            field=models.DateTimeField(null=True, verbose_name="finished"),
        ),
        migrations.AddField(
            model_name="handplayer",
            name="position",
            field=models.CharField(blank=True, default="", max_length=5, verbose_name="position"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="handplayer",
            name="starting_hand",
            field=models.CharField(
                blank=True, default="", max_length=3, verbose_name="starting hand"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="handplayer",
            name="saw_showdown",
            field=models.BooleanField(default=False, verbose_name="saw the showdown"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="handplayer",
            name="finished_at",
            field=models.DateTimeField(verbose_name="finished"),
        ),
        migrations.RemoveIndex(model_name="handplayer", name="tables_hand_user_id_ca7a42_idx"),
        migrations.AddIndex(
            model_name="hand",
            index=models.Index(fields=["table", "number"], name="hand_by_number"),
        ),
        migrations.AddIndex(
            model_name="handplayer",
            index=models.Index(fields=["user", "-finished_at", "-hand"], name="hands_of_player"),
        ),
        migrations.AddIndex(
            model_name="handplayer",
            index=models.Index(
                fields=["user", "starting_hand", "-finished_at", "-hand"], name="hands_by_cards"
            ),
        ),
    ]
