"""Compare what search reads with a fresh computation: exit code 1 and a list if they differ."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tutors.queries.checking import differences

LISTED = 50


class Command(BaseCommand):
    help = "Compare the tables that search reads with a fresh computation of them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--most", type=int, default=LISTED, help="how many of a kind to list")

    def handle(self, *args: Any, most: int, **options: Any) -> None:
        found = differences(most=most)
        for kind, what, how in found:
            self.stdout.write(f"{kind} {what}: {how}")
        if found:
            raise CommandError(f"Search differs in {len(found)} places (at most {most} of a kind).")
        self.stdout.write("Search is what it ought to be.")
