"""Book a bank transfer into the RazorpayX account that payouts are sent from."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from payments.services import treasury
from tutorhub.core.errors import DomainError
from tutorhub.core.money import rupees


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rupees", type=int, required=True)
        parser.add_argument("--reference", required=True, help="the bank's reference (UTR)")
        parser.add_argument("--by", required=True, help="e-mail of a member of finance")
        parser.add_argument("--approved-by", required=True, help="e-mail of another one")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            treasury.fund_payouts(
                amount_paise=options["rupees"] * 100,
                reference=options["reference"],
                by=User.objects.get(email=options["by"]),
                approved_by=User.objects.get(email=options["approved_by"]),
            )
        except User.DoesNotExist as error:
            raise CommandError("Nobody has that e-mail address.") from error
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Booked: {rupees(options['rupees'] * 100)}.")
