from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class SiteConfig(AppConfig):
    name = "tutorhub.site"
    label = "site"
    verbose_name = "Site"
    default = True


class StaffAdminConfig(admin_apps.AdminConfig):
    """Django's admin on our own site class, which asks for the second factor."""

    default = False
    default_site = "tutorhub.site.admin.StaffSite"
