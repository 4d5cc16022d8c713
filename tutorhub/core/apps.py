from importlib import import_module

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "tutorhub.core"
    label = "core"
    verbose_name = "Core"

    def ready(self) -> None:
        import_module("tutorhub.core.keeping")
