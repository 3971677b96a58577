"""Templates: from them tables open and close by themselves."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tables.models.options import TableOptions

NUMBER = "{number}"
MAX_TABLES = 200


class TableTemplate(TableOptions):
    """Tables of one kind, as many as are needed.

    Between them they keep `min_free_seats` to `max_free_seats` free: with fewer another table
    opens, with more an empty one closes; never below `min_tables`, never above `max_tables`.
    """

    name = models.CharField(_("name"), max_length=40, unique=True, help_text=_("For staff."))
    name_pattern = models.CharField(
        _("names of the tables"),
        max_length=36,
        unique=True,
        help_text=_("{number} stands for the table's number: “Hallasan {number}”."),
    )
    stake = models.ForeignKey(
        "tables.Stake", models.PROTECT, related_name="templates", verbose_name=_("stake")
    )
    is_enabled = models.BooleanField(
        _("in use"),
        default=True,
        db_index=True,
        help_text=_(
            "Without it its tables take no new players, and each closes when the last one left."
        ),
    )
    min_free_seats = models.PositiveSmallIntegerField(
        _("free seats, at least"),
        default=3,
        help_text=_("With fewer, another table opens. At least 1."),
    )
    max_free_seats = models.PositiveSmallIntegerField(
        _("free seats, at most"),
        default=12,
        help_text=_("With more, an empty table closes, the newest first."),
    )
    min_tables = models.PositiveSmallIntegerField(
        _("tables, at least"), default=1, help_text=_("So many stay open, empty or not.")
    )
    max_tables = models.PositiveSmallIntegerField(_("tables, at most"), default=10)

    class Meta(TableOptions.Meta):
        ordering = ("stake__big_blind_krw", "seats", "name")
        verbose_name = _("table template")
        verbose_name_plural = _("table templates")
        constraints = (
            *TableOptions.Meta.constraints,
            models.CheckConstraint(
                condition=Q(min_free_seats__gte=1)
                & Q(max_free_seats__gte=F("min_free_seats") + F("seats")),
                name="tabletemplate_free_seats_in_order",
                violation_error_message=_(
                    "Between the least and the most free seats there is room for a table."
                ),
            ),
            models.CheckConstraint(
                condition=Q(max_tables__gte=1)
                & Q(max_tables__gte=F("min_tables"))
                & Q(max_tables__lte=MAX_TABLES),
                name="tabletemplate_tables_in_order",
                violation_error_message=_(
                    "At most 200 tables, at least one, and no fewer than the least."
                ),
            ),
            models.CheckConstraint(
                condition=Q(name_pattern__contains=NUMBER),
                name="tabletemplate_names_numbered",
                violation_error_message=_("Put {number} once into the names."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def table_name(self, number: int) -> str:
        return self.name_pattern.replace(NUMBER, str(number))

    def clean(self) -> None:
        """Options in range, and limits that a template can keep without tables that flap."""
        errors: dict[str, Any] = {}
        try:
            super().clean()
        except ValidationError as error:
            errors = error.update_error_dict({})
        pattern = self.name_pattern or NUMBER
        if pattern.count(NUMBER) != 1 or re.search(r"[{}]", pattern.replace(NUMBER, "")):
            errors["name_pattern"] = _("Put {number} once into the names.")
        errors |= self._limit_errors()
        if errors:
            raise ValidationError(errors)

    def _limit_errors(self) -> dict[str, Any]:
        limits = (self.seats, self.min_free_seats, self.max_free_seats)
        tables = (self.min_tables, self.max_tables)
        if None in limits or None in tables:
            return {}
        errors: dict[str, Any] = {}
        if self.min_free_seats < 1:
            errors["min_free_seats"] = _("Keep at least one seat free.")
        if self.max_free_seats < self.min_free_seats + self.seats:
            errors["max_free_seats"] = _(
                "Allow at least a whole table more than the least, or tables would open and close"
                " all the time."
            )
        if not 1 <= self.max_tables <= MAX_TABLES:
            errors["max_tables"] = _("A template has 1 to 200 tables.")
        elif self.min_tables > self.max_tables:
            errors["max_tables"] = _("The most tables are at least as many as the least.")
        return errors
