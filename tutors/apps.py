from django.apps import AppConfig


class TutorsConfig(AppConfig):
    name = "tutors"
    verbose_name = "Tutors"

    def ready(self) -> None:
        from tutors import receivers  # noqa: F401 - models must be loaded first
