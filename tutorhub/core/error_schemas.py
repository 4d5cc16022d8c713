"""How the API's schema shows errors whose codes are the domain's own."""

from typing import Any

from drf_standardized_errors.openapi_serializers import ClientErrorEnum, ServerErrorEnum
from rest_framework import serializers


class DomainErrorItem(serializers.Serializer[Any]):
    code = serializers.CharField()
    detail = serializers.CharField()
    attr = serializers.CharField(allow_null=True)


class RefusalResponse(serializers.Serializer[Any]):
    """402, 403, 409, 422 and 429: a rule of the product said no; `code` says which."""

    type = serializers.ChoiceField(choices=ClientErrorEnum.choices)
    errors = DomainErrorItem(many=True)  # type: ignore[assignment]


class UnavailableResponse(serializers.Serializer[Any]):
    """503: an outside service did not answer; try again later."""

    type = serializers.ChoiceField(choices=ServerErrorEnum.choices)
    errors = DomainErrorItem(many=True)  # type: ignore[assignment]
