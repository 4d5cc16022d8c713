from importlib import import_module

from django.apps import AppConfig
from django.core import checks


class CoreConfig(AppConfig):
    name = "tutorhub.core"
    label = "core"
    verbose_name = "Core"

    def ready(self) -> None:
        import_module("tutorhub.core.keeping")
        checks.register(import_module("tutorhub.core.operators").check)
