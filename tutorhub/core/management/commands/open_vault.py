"""Read what the law made us keep about somebody who was erased. Takes the key of the vault."""

import getpass
import json
from typing import Any

from cryptography.exceptions import InvalidTag
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tutorhub.core import audit, vault
from tutorhub.core.models import SealedRecord


class Command(BaseCommand):
    help = "Print one sealed record. Asks for the private key, which is kept on no server."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", help="invoice, tax or sign_ins")
        parser.add_argument("about", help="the id of the invoice or the account")
        parser.add_argument("--reason", required=True, help="kept with the audit")

    def handle(self, *args: Any, kind: str, about: str, reason: str, **options: Any) -> None:
        records = list(SealedRecord.objects.filter(kind=kind, about=about).order_by("pk"))
        if not records:
            raise CommandError("There is no such record.")
        key = getpass.getpass("Private key of the vault: ")
        for record in records:
            try:
                data = vault.unseal(record.sealed, key)
            except (InvalidTag, ValueError) as error:
                raise CommandError("This is not the key that it was sealed for.") from error
            audit.record("vault.opened", record, reason=reason)
            self.stdout.write(json.dumps(data, ensure_ascii=False, indent=2))
