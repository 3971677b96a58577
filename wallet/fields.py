"""The column type of money."""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    Field = models.Field[Any, Any]
    WholeNumberField = models.Field[int, int]
    OptionalWholeNumberField = models.Field[int | None, int | None]
else:
    Field = object
    WholeNumberField = OptionalWholeNumberField = models.Field


class _Amounts(Field):
    """How whole numbers of any size go into the database and come back."""

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

    def formfield(self, *args: Any, **kwargs: Any) -> Any:
        return super().formfield(*args, **{"form_class": forms.IntegerField, **kwargs})

    def get_db_converters(self, connection: BaseDatabaseWrapper) -> list[Callable[..., Any]]:
        return [self.from_db_value]


class AmountField(_Amounts, WholeNumberField):
    """A whole number of a currency's own unit (won, satoshi, wei, a millionth of a token).

    `numeric(38,0)` in PostgreSQL and `int` in Python, because 2⁶³ wei is only 9.2 ETH. Takes
    nothing but integers: a float, a bool or a string is refused.
    """


class OptionalAmountField(_Amounts, OptionalWholeNumberField):
    """The same, or None: the amount is not known."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "null": True})
