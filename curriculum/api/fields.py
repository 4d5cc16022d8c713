"""Serializer fields that accept a code, slug or name and answer with the code or slug."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from curriculum import queries


class _FoundField(serializers.Field):
    """A row of the curriculum, looked up by `find`."""

    find: Callable[[str], Model]
    default_error_messages = {"not_found": "{reason}", "not_text": _("Give a code or a name.")}

    def to_internal_value(self, data: Any) -> Model:
        if not isinstance(data, str):
            self.fail("not_text")
        try:
            return type(self).find(data)
        except ValueError as error:
            self.fail("not_found", reason=str(error))
            raise

    def to_representation(self, value: Any) -> str:
        return str(value.pk)


@extend_schema_field(str)
class BoardField(_FoundField):
    find = staticmethod(queries.find_board)


@extend_schema_field(str)
class SubjectField(_FoundField):
    find = staticmethod(queries.find_subject)


@extend_schema_field(str)
class LanguageField(_FoundField):
    find = staticmethod(queries.find_language)


class GradeField(serializers.IntegerField):
    """A class of school, 1 to 12."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=12, **kwargs)
