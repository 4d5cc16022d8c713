"""Everything that stands between an embedded database and a first visitor, in one process."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from tutorhub.core import embedded


class Command(BaseCommand):
    help = "Migrate, grant the application's role its rights, and make the demo data once."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        if connection.settings_dict["USER"] == embedded.OWNER:
            call_command("grant_app_role", login=True, verbosity=0)
        call_command("demo", once=True)
