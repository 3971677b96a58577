"""How the options of tables are laid out, for a table and for a template alike."""

from typing import Any

from django.utils.translation import gettext_lazy as _

OPTION_FIELDSETS: tuple[tuple[Any, dict[str, Any]], ...] = (
    (
        _("Buy-in, in won"),
        {
            "fields": (("min_buy_in_krw", "max_buy_in_krw"),),
            "description": _("Only where this differs from the stake."),
        },
    ),
    (
        _("Clock"),
        {
            "fields": (
                ("action_seconds", "time_bank_seconds"),
                ("disconnect_seconds", "hand_pause_ms"),
            )
        },
    ),
    (
        _("Extras of the game"),
        {
            "fields": (
                ("straddle", "run_it_twice", "rabbit_hunt"),
                ("bomb_pot_every", "bomb_pot_ante_krw"),
            )
        },
    ),
    (_("Company"), {"fields": (("observers", "chat"),)}),
)
