"""Addresses that programs ask for: load balancers, crawlers, phones that install the site."""

import logging

import redis
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)


@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """The process answers. It asks nobody else, so that a slow database does not get it killed."""
    return JsonResponse({"status": "live"})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Whether this process can do its work: PostgreSQL and Redis answer."""
    checks = {"postgresql": _postgresql_answers(), "redis": _redis_answers()}
    good = all(checks.values())
    body = {"status": "ready" if good else "not ready", "checks": checks}
    return JsonResponse(body, status=200 if good else 503)


def _postgresql_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        logger.warning("not ready: postgresql %s", type(error).__name__)
        return False
    return True


def _redis_answers() -> bool:
    try:
        cache.get("health")
    except redis.RedisError as error:
        logger.warning("not ready: redis %s", type(error).__name__)
        return False
    return True


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    closed = ["/admin/", "/api/", "/classes/", "/dev/", "/enquiries/", "/family/", "/leads/"]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), "Allow: /", ""]
    lines.append(f"Sitemap: {settings.SITE_URL}{reverse('site:sitemap')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """What a phone needs to put the site on its home screen."""
    body = {
        "name": "TutorHub",
        "short_name": "TutorHub",
        "start_url": "/dashboard/",
        "display": "minimal-ui",
        "background_color": "#fbfaf6",
        "theme_color": "#0b6b5d",
        "icons": [{"src": static("img/icon.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return JsonResponse(body, content_type="application/manifest+json")
