"""Print the data map as the table that docs/privacy.md has."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from tutorhub.core import datamap
from tutorhub.core.datamap import KEPT


def lines() -> Iterator[str]:
    """A line for each table that holds something about people."""
    yield "| Table | About people | Never shown | Kept | An erasure leaves it |"
    yield "|---|---|---|---|---|"
    with translation.override("en"):
        for table in sorted(datamap.tables(), key=lambda table: table.label):
            if table.is_personal:
                groups = (", ".join(names.split()) for names in (table.personal, table.hidden))
                cells = [table.label, *groups, str(KEPT[table.kept]), table.erased]
                yield f"| {' | '.join(cells)} |"


class Command(BaseCommand):
    help = "Print what is held about people, for how long, and what an erasure does to it."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("\n".join(lines()))
