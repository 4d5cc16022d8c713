"""After a backup was restored: erase again whoever it has brought back."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.services import erasures


class Command(BaseCommand):
    help = (
        "Go through the list of erasures, which lies in the file storage and not in the database, "
        "and erase again whom a restored backup has brought back. Run it before the site opens."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        again = erasures.reapply()
        self.stdout.write(f"{again} accounts were erased again.")
