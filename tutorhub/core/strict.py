"""Inputs of the API that take nothing they do not know."""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError


class Strict(serializers.Serializer[Any]):
    """Refuses a key that it does not know.

    Where it is about money or consent, a misspelt word must not pass for another one. Elsewhere
    unknown keys are passed over, and never written.
    """

    def to_internal_value(self, data: Any) -> Any:
        unknown = sorted(set(data) - set(self.fields)) if isinstance(data, dict) else []
        if unknown:
            error = ErrorDetail("There is no such field.", code="unknown")
            raise ValidationError({str(name): [error] for name in unknown})
        return super().to_internal_value(data)
