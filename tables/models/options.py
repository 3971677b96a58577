"""The options of a table: how long, how many, and which extras of the rules."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

MIN_SEATS, MAX_SEATS = 2, 9
MIN_ACTION_SECONDS, MAX_ACTION_SECONDS = 5, 120
MAX_TIME_BANK_SECONDS = 300
MAX_DISCONNECT_SECONDS = 600
MAX_HAND_PAUSE_MS = 60_000
MAX_BOMB_POT_EVERY = 1_000


class TableOptions(models.Model):
    """What a table and a template of tables both say. Amounts in won.

    `min_buy_in_krw` and `max_buy_in_krw` narrow or widen the stake's range (None: the stake's).
    """

    seats = models.PositiveSmallIntegerField(_("seats"), default=6, help_text=_("2 to 9."))
    min_buy_in_krw = models.PositiveBigIntegerField(
        _("smallest buy-in"), null=True, blank=True, help_text=_("Empty: as the stake says.")
    )
    max_buy_in_krw = models.PositiveBigIntegerField(
        _("largest buy-in"), null=True, blank=True, help_text=_("Empty: as the stake says.")
    )
    action_seconds = models.PositiveSmallIntegerField(
        _("seconds to act"), default=20, help_text=_("5 to 120 for each turn.")
    )
    time_bank_seconds = models.PositiveSmallIntegerField(
        _("time bank (seconds)"),
        default=30,
        help_text=_("The most extra time a player saves up; 0 to 300."),
    )
    disconnect_seconds = models.PositiveSmallIntegerField(
        _("time for lost connections (seconds)"),
        default=90,
        help_text=_("The most that a player who lost the connection is waited for; 0 to 600."),
    )
    hand_pause_ms = models.PositiveIntegerField(
        _("pause between hands (ms)"), default=3000, help_text=_("At most 60000.")
    )
    straddle = models.BooleanField(
        _("straddle"),
        default=False,
        help_text=_("The player under the gun may post twice the big blind before the cards."),
    )
    run_it_twice = models.BooleanField(
        _("run it twice"),
        default=False,
        help_text=_("When all are all-in, the board is dealt twice if every player agrees."),
    )
    rabbit_hunt = models.BooleanField(
        _("rabbit hunt"),
        default=False,
        help_text=_("After the hand its players may agree to see the cards that did not come."),
    )
    bomb_pot_every = models.PositiveSmallIntegerField(
        _("bomb pot every … hands"),
        default=0,
        help_text=_("In a bomb pot everyone antes and the betting begins on the flop. 0: never."),
    )
    bomb_pot_ante_krw = models.PositiveBigIntegerField(_("ante of a bomb pot"), default=0)
    observers = models.BooleanField(
        _("observers"),
        default=True,
        help_text=_(
            "People without a seat may watch. Without it only who could sit down may look."
        ),
    )
    chat = models.BooleanField(_("chat"), default=True)

    # Who sits at a table came for these; they change only when nobody does.
    FIXED = ("stake_id", "seats")
    OPTIONS = (
        *("seats", "min_buy_in_krw", "max_buy_in_krw", "action_seconds", "time_bank_seconds"),
        *("disconnect_seconds", "hand_pause_ms", "straddle", "run_it_twice", "rabbit_hunt"),
        *("bomb_pot_every", "bomb_pot_ante_krw", "observers", "chat"),
    )

    class Meta:
        abstract = True
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.CheckConstraint(
                condition=Q(seats__gte=MIN_SEATS) & Q(seats__lte=MAX_SEATS),
                name="%(class)s_seats_2_to_9",
                violation_error_message=_("A table has 2 to 9 seats."),
            ),
            models.CheckConstraint(
                # The form asks for more; tests and drills play faster than people.
                condition=Q(action_seconds__gte=1)
                & Q(action_seconds__lte=MAX_ACTION_SECONDS)
                & Q(time_bank_seconds__lte=MAX_TIME_BANK_SECONDS)
                & Q(disconnect_seconds__lte=MAX_DISCONNECT_SECONDS)
                & Q(hand_pause_ms__lte=MAX_HAND_PAUSE_MS),
                name="%(class)s_times_in_range",
                violation_error_message=_("A time of the table is out of its range."),
            ),
            models.CheckConstraint(
                condition=(Q(bomb_pot_every=0) & Q(bomb_pot_ante_krw=0))
                | (
                    Q(bomb_pot_every__gte=1)
                    & Q(bomb_pot_every__lte=MAX_BOMB_POT_EVERY)
                    & Q(bomb_pot_ante_krw__gte=1)
                ),
                name="%(class)s_bomb_pot_whole",
                violation_error_message=_("A bomb pot needs both a period and an ante."),
            ),
            models.CheckConstraint(
                condition=Q(min_buy_in_krw=None)
                | Q(max_buy_in_krw=None)
                | Q(max_buy_in_krw__gte=F("min_buy_in_krw")),
                name="%(class)s_buy_in_in_order",
                violation_error_message=_("The largest buy-in is at least the smallest."),
            ),
        )

    @property
    def buy_in_range_krw(self) -> tuple[int, int]:
        """Smallest and largest buy-in here; a side that is not set is the stake's."""
        stake = self.stake  # type: ignore[attr-defined]
        return (
            stake.min_buy_in_krw if self.min_buy_in_krw is None else self.min_buy_in_krw,
            stake.max_buy_in_krw if self.max_buy_in_krw is None else self.max_buy_in_krw,
        )

    def clean(self) -> None:
        """Every option in its range, with a sentence at its field."""
        errors = self._times_out_of_range() | self._bomb_pot_errors() | self._buy_in_errors()
        if not MIN_SEATS <= _number(self.seats, MIN_SEATS) <= MAX_SEATS:
            errors["seats"] = _("A table has 2 to 9 seats.")
        if errors:
            raise ValidationError(errors)

    def _times_out_of_range(self) -> dict[str, Any]:
        errors: dict[str, Any] = {}
        action = _number(self.action_seconds, MIN_ACTION_SECONDS)
        if not MIN_ACTION_SECONDS <= action <= MAX_ACTION_SECONDS:
            errors["action_seconds"] = _("Give players 5 to 120 seconds to act.")
        if _number(self.time_bank_seconds, 0) > MAX_TIME_BANK_SECONDS:
            errors["time_bank_seconds"] = _("The time bank holds at most 300 seconds.")
        if _number(self.disconnect_seconds, 0) > MAX_DISCONNECT_SECONDS:
            errors["disconnect_seconds"] = _("Wait at most 600 seconds for a lost connection.")
        if _number(self.hand_pause_ms, 0) > MAX_HAND_PAUSE_MS:
            errors["hand_pause_ms"] = _("The pause between hands is at most a minute (60000 ms).")
        return errors

    def _bomb_pot_errors(self) -> dict[str, Any]:
        every, ante_krw = _number(self.bomb_pot_every, 0), _number(self.bomb_pot_ante_krw, 0)
        if every > MAX_BOMB_POT_EVERY:
            return {"bomb_pot_every": _("A bomb pot comes at least every 1000 hands, or never.")}
        if every and not ante_krw:
            return {"bomb_pot_ante_krw": _("Say what everyone antes in a bomb pot.")}
        if ante_krw and not every:
            return {"bomb_pot_every": _("Say how often a bomb pot comes, or take its ante out.")}
        stake = self._stake()
        if ante_krw and stake and ante_krw > self.buy_in_range_krw[0]:
            return {
                "bomb_pot_ante_krw": _("The ante of a bomb pot is at most the smallest buy-in.")
            }
        return {}

    def _buy_in_errors(self) -> dict[str, Any]:
        stake = self._stake()
        if stake is None:
            return {}
        smallest, largest = self.buy_in_range_krw
        if smallest < stake.big_blind_krw:
            return {"min_buy_in_krw": _("The smallest buy-in is at least a big blind.")}
        if largest < smallest:
            return {"max_buy_in_krw": _("The largest buy-in is at least the smallest.")}
        return {}

    def _stake(self) -> Any:
        """The stake, or None when the form named none."""
        return self.stake if self.stake_id is not None else None  # type: ignore[attr-defined]


def _number(value: int | None, default: int) -> int:
    """A field's value; None stands in a form that was refused already."""
    return default if value is None else value
