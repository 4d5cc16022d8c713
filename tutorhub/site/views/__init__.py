from tutorhub.site.views.dashboards import dashboard, family, tutor
from tutorhub.site.views.machines import live, manifest, ready, robots
from tutorhub.site.views.pages import csrf_failed, help_page, home, language_set, privacy
from tutorhub.site.views.sitemaps import (
    sitemap_cities,
    sitemap_index,
    sitemap_pages,
    sitemap_tutors,
)
from tutorhub.site.views.styleguide import styleguide

__all__ = [
    "csrf_failed",
    "dashboard",
    "family",
    "help_page",
    "home",
    "language_set",
    "live",
    "manifest",
    "privacy",
    "ready",
    "robots",
    "sitemap_cities",
    "sitemap_index",
    "sitemap_pages",
    "sitemap_tutors",
    "styleguide",
    "tutor",
]
