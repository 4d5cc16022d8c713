"""Compare the whole audit trail with its seals: `manage.py verify_audit`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tutorhub.core import audit_seals
from tutorhub.core.models import AuditSeal


class Command(BaseCommand):
    help = "Compare the audit trail with its seals. Ends with 1 if a row was changed since."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = list(audit_seals.broken())
        for one in broken:
            self.stderr.write(
                f"Seal {one.number} does not fit: rows from {one.since} to {one.until}."
            )
        if broken:
            raise CommandError(f"{len(broken)} seals do not fit.")
        self.stdout.write(f"{AuditSeal.objects.count()} seals fit.")
