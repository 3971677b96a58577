"""Strict input: only known fields, and amounts that are whole numbers in JSON."""

from typing import Any

from rest_framework import serializers

from wallet.api.errors import UnknownField
from wallet.errors import InvalidAmount


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields that it does not have: nothing is assigned that was not asked for."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            known = {name for name, field in self.fields.items() if not field.read_only}
            if data.keys() - known:
                raise UnknownField
        return super().to_internal_value(data)


class WonField(serializers.IntegerField):
    """Whole won; a string, a float, a bool or null is no amount. The service knows the range."""

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            raise InvalidAmount(repr(data))
        return data

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        if data is None and not self.allow_null:
            raise InvalidAmount("null")
        return super().validate_empty_values(data)


class StrictCharField(serializers.CharField):
    """A string of JSON; numbers do not count as one."""

    def to_internal_value(self, data: Any) -> str:
        if type(data) is not str:
            self.fail("invalid")
        return super().to_internal_value(data)
