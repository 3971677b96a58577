"""The column type of money."""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    WholeNumberField = models.Field[int, int]
else:
    WholeNumberField = models.Field


class AmountField(WholeNumberField):
    """A whole number of a currency's own unit (won, satoshi, wei, a millionth of a token).

    `numeric(38,0)` in PostgreSQL and `int` in Python, because 2⁶³ wei is only 9.2 ETH. Takes
    nothing but integers: a float, a bool or a string is refused.
    """

    description = _("Whole number of up to 38 digits")
    empty_strings_allowed = False

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "numeric(38, 0)"

    def from_db_value(
        self, value: Decimal | None, expression: Any, connection: BaseDatabaseWrapper
    ) -> int | None:
        return None if value is None else int(value)

    def to_python(self, value: Any) -> int | None:
        if value is None or type(value) is int:
            return value
        raise ValidationError(_("Enter a whole number."), code="invalid")

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return value if hasattr(value, "resolve_expression") else self.to_python(value)

    def get_db_converters(self, connection: BaseDatabaseWrapper) -> list[Callable[..., Any]]:
        return [self.from_db_value]
