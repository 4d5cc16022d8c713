"""Fill the database with demo data. See docs/architecture.md for what `make run` does with it."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tutorhub.site.demo import build, scale


class Command(BaseCommand):
    help = "Make demo data through the services; --tutors N adds N tutors for measurements."

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.said: dict[str, int] = {}

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do nothing if it was done")
        parser.add_argument("--tutors", type=int, help="have N approved tutors in all")
        parser.add_argument(
            "--search-only", action="store_true", help="tutors for search, and nothing else"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Demo data has no place in production.")
        if not options["search_only"] and not (options["once"] and build.is_finished()):
            self.stdout.write("Making demo data (once, about a minute)")
            build.build(self.say)
        if options["tutors"]:
            scale.fill(options["tutors"], self.progress)

    def progress(self, done: int, of: int, what: str) -> None:
        """A bar that fills on a terminal; elsewhere a line for every twentieth."""
        if self.stdout.isatty():
            bar = "█" * (30 * done // of)
            end = "\n" if done == of else ""
            self.stdout.write(f"\r  {what:8} {bar:░<30} {done} of {of}", ending=end)
            self.stdout.flush()
        elif done == of or 20 * done // of > 20 * self.said.get(what, 0) // of:
            self.said[what] = done
            self.say(f"{what}: {done} of {of}")

    def say(self, text: str) -> None:
        self.stdout.write(f"  {text}")
        self.stdout.flush()
