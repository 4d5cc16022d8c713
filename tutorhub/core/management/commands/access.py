"""Prints docs/access.md: who may do what, from the table that the code reads."""

from typing import Any

from django.core.management.base import BaseCommand

from tutorhub.core.access import markdown


class Command(BaseCommand):
    help = "Print the rules of access as they stand in docs/access.md."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(markdown.page(), ending="")
