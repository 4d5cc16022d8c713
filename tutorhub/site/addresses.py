"""Under which address search engines know a public page, and in which languages.

One address serves both languages by cookie, which a crawler does not have. So `?hl=hi` asks for
Hindi (`core.middleware.LanguageOfAddressMiddleware`) and each public page names both versions;
the plain address is the one for everybody else. Everything after it but the language is left out
of the canonical address.
"""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest

from tutorhub.core.middleware import LANGUAGE

PUBLIC = frozenset(
    {
        *("site:home", "site:help", "site:privacy"),
        *("tutors:tutor-search", "tutors:tutor-detail", "marketplace:review-list"),
        *("tutors:city-show", "tutors:city-subject"),
    }
)
# Pages of a list that begin somewhere in the middle, or are the same list in another order.
PASSING = frozenset({"cursor", "sort", "after"})


def of(request: HttpRequest) -> dict[str, Any]:
    match = getattr(request, "resolver_match", None)
    if match is None or match.view_name not in PUBLIC:
        return {}
    plain = settings.SITE_URL + request.path
    asked = request.GET.get(LANGUAGE, "")
    versions = {code: f"{plain}?{urlencode({LANGUAGE: code})}" for code, _ in settings.LANGUAGES}
    versions[settings.LANGUAGE_CODE] = plain
    return {
        "canonical": versions.get(asked, plain),
        "versions": [*versions.items(), ("x-default", plain)],
        "is_passing": not PASSING.isdisjoint(request.GET),
    }


def here(request: HttpRequest) -> str:
    """This page without the language in its address, for the switch of language to return to."""
    query = request.GET.copy()
    query.pop(LANGUAGE, None)
    return f"{request.path}?{query.urlencode()}" if query else request.path
