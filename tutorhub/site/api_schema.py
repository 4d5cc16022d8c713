"""The description of the API at `/api/schema`."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import Http404
from django.utils.translation import get_language
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.request import Request
from rest_framework.views import APIView


class KeptSchemaGenerator(SchemaGenerator):
    """Describes the API once for a process and language.

    It takes a second of the processor, anybody may ask, and the answer is the same for everybody
    until other code runs. Callers share it, so nobody may change it.
    """

    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        if not public or self.api_version:
            return super().get_schema(request, public)
        return _described(get_language())


class _Described(APIView):
    """There only where `API_DOCS` is on: in production it is nobody's business by default."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if not settings.API_DOCS:
            raise Http404
        super().initial(request, *args, **kwargs)


class SchemaView(_Described, SpectacularAPIView):
    generator_class = KeptSchemaGenerator


class DocsView(_Described, SpectacularSwaggerView):
    pass


@lru_cache(maxsize=4)
def _described(_language: str | None) -> Any:
    return SchemaGenerator().get_schema(request=None, public=True)
