"""Serializer fields that other apps use as well."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts import phones


@extend_schema_field({"type": "string", "example": "+919876543210"})
class PhoneField(serializers.CharField):
    """An Indian mobile number as people type it; E.164 inside and out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        try:
            return phones.parse(super().to_internal_value(data))
        except phones.NotAnIndianMobile as error:
            raise serializers.ValidationError(str(error), code=error.code) from error
