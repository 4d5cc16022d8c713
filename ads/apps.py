"""The room for campaigns, placements and their nightly reconciliation."""

from django.apps import AppConfig


class AdsConfig(AppConfig):
    name = "ads"
    verbose_name = "Advertising"
