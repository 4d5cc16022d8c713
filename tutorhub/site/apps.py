from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin import apps as admin_apps
from django.core.exceptions import ImproperlyConfigured

from notifications import catalogue


class SiteConfig(AppConfig):
    name = "tutorhub.site"
    label = "site"
    verbose_name = "Site"
    default = True

    def ready(self) -> None:
        """The last app to be loaded: now every template is known, and production needs its ids."""
        if settings.PRODUCTION:
            check_templates()


def check_templates() -> None:
    """Raises ImproperlyConfigured if a template has no id on a channel that needs one."""
    if settings.MESSAGE_TEMPLATE_IDS is None:
        return
    on = [channel for channel, path in settings.MESSAGE_CHANNELS.items() if path != "off"]
    if missing := catalogue.missing(on):
        raise ImproperlyConfigured(
            "MESSAGE_TEMPLATES_FILE has no id for: "
            + ", ".join(missing)
            + ". Register them (docs/messages.md) and add the ids."
        )


class StaffAdminConfig(admin_apps.AdminConfig):
    """Django's admin on our own site class, which asks for the second factor."""

    default = False
    default_site = "tutorhub.site.admin.StaffSite"
