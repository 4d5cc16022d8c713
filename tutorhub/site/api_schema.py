"""The description of the API at `/api/schema`."""

from functools import lru_cache
from typing import Any

from django.utils.translation import get_language
from drf_spectacular.generators import SchemaGenerator


class KeptSchemaGenerator(SchemaGenerator):
    """Describes the API once for a process and language.

    It takes a second of the processor, anybody may ask, and the answer is the same for everybody
    until other code runs. Callers share it, so nobody may change it.
    """

    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        if not public or self.api_version:
            return super().get_schema(request, public)
        return _described(get_language())


@lru_cache(maxsize=4)
def _described(_language: str | None) -> Any:
    return SchemaGenerator().get_schema(request=None, public=True)
