"""Stakes, tables, who sits where, hands that were played, and who owns which shard."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tables.models.chat import ChatMute
from tables.models.options import TableOptions
from tables.models.templates import TableTemplate

__all__ = (
    "ChatMute",
    "Hand",
    "HandPlayer",
    "Shard",
    "Sitting",
    "Stake",
    "Table",
    "TableOptions",
    "TableSettlement",
    "TableTemplate",
)


class Stake(models.Model):
    """A level of blinds and what may be brought to it. Amounts in won."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    small_blind_krw = models.PositiveBigIntegerField(_("small blind"))
    big_blind_krw = models.PositiveBigIntegerField(_("big blind"))
    ante_krw = models.PositiveBigIntegerField(_("ante"), default=0)
    min_buy_in_krw = models.PositiveBigIntegerField(_("smallest buy-in"))
    max_buy_in_krw = models.PositiveBigIntegerField(_("largest buy-in"))

    AMOUNTS = ("small_blind_krw", "big_blind_krw", "ante_krw", "min_buy_in_krw", "max_buy_in_krw")

    class Meta:
        ordering = ("big_blind_krw",)
        verbose_name = _("stake")
        verbose_name_plural = _("stakes")
        constraints = (
            models.CheckConstraint(
                condition=Q(small_blind_krw__gte=1)
                & Q(big_blind_krw__gte=models.F("small_blind_krw")),
                name="stake_blinds_in_order",
                violation_error_message=_(
                    "The big blind is at least the small blind, and both at least 1 won."
                ),
            ),
            models.CheckConstraint(
                condition=Q(min_buy_in_krw__gte=models.F("big_blind_krw"))
                & Q(max_buy_in_krw__gte=models.F("min_buy_in_krw")),
                name="stake_buy_in_in_order",
                violation_error_message=_(
                    "The smallest buy-in is at least a big blind and at most the largest."
                ),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Amounts in order, and none changed under players who sit at these stakes."""
        errors: dict[str, Any] = {}
        amounts = {name: getattr(self, name) or 0 for name in self.AMOUNTS}
        if amounts["small_blind_krw"] < 1:
            errors["small_blind_krw"] = _("The small blind is at least 1 won.")
        if amounts["big_blind_krw"] < amounts["small_blind_krw"]:
            errors["big_blind_krw"] = _("The big blind is at least the small blind.")
        if amounts["min_buy_in_krw"] < amounts["big_blind_krw"]:
            errors["min_buy_in_krw"] = _("The smallest buy-in is at least a big blind.")
        if amounts["max_buy_in_krw"] < amounts["min_buy_in_krw"]:
            errors["max_buy_in_krw"] = _("The largest buy-in is at least the smallest.")
        if errors:
            raise ValidationError(errors)
        before = Stake.objects.filter(pk=self.pk).values(*self.AMOUNTS).first()
        seated = Sitting.objects.filter(table__stake_id=self.pk, ended_at=None)
        if before and before != amounts and seated.exists():
            raise ValidationError(
                _("Players sit at tables of this stake. Add a new stake, or wait until they left.")
            )


class Table(TableOptions):
    """A cash table. Its game lives in `run_tables`; this row says what it is and if it is open.

    `is_resting`: its template does not need it at the moment. It is not in the lobby, takes no new
    players, closes once nobody sits there, and opens again when the template needs it.
    """

    name = models.CharField(_("name"), max_length=40, unique=True)
    stake = models.ForeignKey(Stake, models.PROTECT, related_name="tables", verbose_name=_("stake"))
    template = models.ForeignKey(
        TableTemplate,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tables",
        verbose_name=_("template"),
        help_text=_("Its options follow the template. Empty: the table stands for itself."),
    )
    is_open = models.BooleanField(
        _("open"),
        default=True,
        db_index=True,
        help_text=_(
            "A table that is closed here pays everyone out after the hand; its template does not"
            " open it again."
        ),
    )
    is_resting = models.BooleanField(
        _("resting"), default=False, editable=False, help_text=_("Closed by its template.")
    )
    is_demo = models.BooleanField(_("demo (bots play here)"), default=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    opened_at = models.DateTimeField(_("opened"), default=timezone.now, editable=False)

    class Meta(TableOptions.Meta):
        ordering = ("stake__big_blind_krw", "seats", "name")
        verbose_name = _("table")
        verbose_name_plural = _("tables")
        constraints = (
            *TableOptions.Meta.constraints,
            models.CheckConstraint(
                condition=Q(is_resting=False) | Q(template__isnull=False),
                name="table_rests_by_template",
                violation_error_message=_("Only a table of a template can rest."),
            ),
            models.CheckConstraint(
                condition=Q(is_demo=False) | Q(template__isnull=True),
                name="table_of_bots_stands_alone",
                violation_error_message=_("A demo table has no template."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """A playable table; stake and seats stay as they are while somebody sits there."""
        errors: dict[str, Any] = {}
        try:
            super().clean()
        except ValidationError as error:
            errors = error.update_error_dict({})
        if self.template_id is None:
            self.is_resting = False
        elif self.is_demo:
            errors["template"] = _("Bots play at a demo table: its seats are no template's.")
        before = Table.objects.filter(pk=self.pk).first()
        if before and self.sittings.filter(ended_at=None).exists():
            for name in self.FIXED:
                if getattr(before, name) != getattr(self, name):
                    errors[name.removesuffix("_id")] = _(
                        "Players sit at this table. Close it and wait until they left."
                    )
        if errors:
            raise ValidationError(errors)


class Shard(models.Model):
    """Ownership of a part of the tables.

    `epoch` is minted here and nowhere else: it only rises, and Redis refuses commits with an older
    one. `generation` names the Redis data the shard lives in; another one there means data loss.
    """

    number = models.PositiveSmallIntegerField(_("number"), primary_key=True)
    epoch = models.BigIntegerField(_("epoch"), default=0)
    owner = models.CharField(_("owner"), max_length=120, blank=True)
    generation = models.CharField(_("generation"), max_length=32, blank=True)
    taken_at = models.DateTimeField(_("taken"), null=True)

    class Meta:
        verbose_name = _("shard")
        verbose_name_plural = _("shards")

    def __str__(self) -> str:
        return f"shard {self.number}"


class Sitting(models.Model):
    """A player's stay at a table, from the paid buy-in to the paid cash-out.

    With the escrow balances it is what a table is rebuilt from when its Redis data is lost.
    """

    table = models.ForeignKey(
        Table, models.PROTECT, related_name="sittings", verbose_name=_("table")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="sittings", verbose_name=_("player")
    )
    seat = models.PositiveSmallIntegerField(_("seat"))
    buy_in_id = models.CharField(_("key of the buy-in"), max_length=120, unique=True)
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("sitting")
        verbose_name_plural = _("sittings")
        indexes = (models.Index(fields=("table", "ended_at")),)

    def __str__(self) -> str:
        return f"{self.user} at {self.table}"


class Departure(models.Model):
    """A player took chips off a table: what a return to the same stake has to bring.

    `stake` is the table's when it happened. `buy_in_id` is the latest buy-in that these chips were
    brought in with; a return with all a player has, but less than this, moves it on and leaves
    `brought_back_at` empty.
    """

    table = models.ForeignKey(
        Table, models.PROTECT, related_name="departures", verbose_name=_("table")
    )
    stake = models.ForeignKey(
        Stake, models.PROTECT, related_name="departures", verbose_name=_("stake")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="departures",
        verbose_name=_("player"),
    )
    amount_krw = models.PositiveBigIntegerField(_("left with"))
    at = models.DateTimeField(_("left at"))
    buy_in_id = models.CharField(_("key of the buy-in"), max_length=120)
    cash_out_id = models.CharField(_("key of the cash-out"), max_length=124, unique=True)
    brought_back_at = models.DateTimeField(_("brought back"), null=True)

    class Meta:
        verbose_name = _("departure")
        verbose_name_plural = _("departures")
        indexes = (models.Index(fields=("user", "stake", "at"), name="departure_lookup"),)
        constraints = (
            models.CheckConstraint(condition=Q(amount_krw__gt=0), name="departure_amount_positive"),
        )

    def __str__(self) -> str:
        return f"{self.user} left {self.table}"


class Hand(models.Model):
    """A finished hand, written by settlement in the ledger's own transaction."""

    id = models.CharField(primary_key=True, max_length=36)
    table = models.ForeignKey(Table, models.PROTECT, related_name="hands", verbose_name=_("table"))
    number = models.PositiveBigIntegerField(_("number"))
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), db_index=True)
    small_blind_krw = models.PositiveBigIntegerField(_("small blind"))
    big_blind_krw = models.PositiveBigIntegerField(_("big blind"))
    ante_krw = models.PositiveBigIntegerField(_("ante"), default=0)
    board = models.CharField(_("board"), max_length=10, blank=True)
    pot_krw = models.PositiveBigIntegerField(_("pot"))
    rake_krw = models.PositiveBigIntegerField(_("rake"), default=0)
    is_void = models.BooleanField(_("void"), default=False)
    events = models.JSONField(_("public events"))

    class Meta:
        verbose_name = _("hand")
        verbose_name_plural = _("hands")
        ordering = ("-finished_at",)
        indexes = (models.Index(fields=("table", "number"), name="hand_by_number"),)

    def __str__(self) -> str:
        return f"{self.table} #{self.number}"


class HandPlayer(models.Model):
    """A player's part in a hand. `hole_cards` is for the player; others see it only if `shown`.

    What players search their hands by stands here too, beside what it is derived from:
    `finished_at` is the hand's, the rest is `tables.history.facts`.
    """

    hand = models.ForeignKey(Hand, models.CASCADE, related_name="players", verbose_name=_("hand"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="hands", verbose_name=_("player")
    )
    seat = models.PositiveSmallIntegerField(_("seat"))
    stack_krw = models.PositiveBigIntegerField(_("stack before"))
    net_krw = models.BigIntegerField(_("won or lost"))
    hole_cards = models.CharField(_("hole cards"), max_length=4)
    shown = models.BooleanField(_("shown"), default=False)
    finished_at = models.DateTimeField(_("finished"))
    position = models.CharField(_("position"), max_length=5, blank=True)
    starting_hand = models.CharField(_("starting hand"), max_length=3, blank=True)
    saw_showdown = models.BooleanField(_("saw the showdown"), default=False)

    class Meta:
        verbose_name = _("player of a hand")
        verbose_name_plural = _("players of a hand")
        constraints = (models.UniqueConstraint(fields=("hand", "seat"), name="one_player_a_seat"),)
        indexes = (
            models.Index(fields=("user", "-finished_at", "-hand"), name="hands_of_player"),
            models.Index(
                fields=("user", "starting_hand", "-finished_at", "-hand"), name="hands_by_cards"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} in {self.hand}"


class TableSettlement(models.Model):
    """How far a table's outbox is settled: everything up to `last_entry` is in the ledger."""

    table = models.OneToOneField(
        Table,
        models.PROTECT,
        primary_key=True,
        related_name="settlement",
        verbose_name=_("table"),
    )
    last_entry = models.CharField(_("last settled entry"), max_length=41, default="0-0")
    settled_at = models.DateTimeField(_("settled"), auto_now=True)

    class Meta:
        verbose_name = _("settlement position")
        verbose_name_plural = _("settlement positions")

    def __str__(self) -> str:
        return f"{self.table}: {self.last_entry}"
