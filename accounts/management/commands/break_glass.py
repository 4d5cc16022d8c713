"""Every right for a superuser who has no colleague: `manage.py break_glass asha@example.com`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.services import break_glass
from tutorhub.core.errors import DomainError


class Command(BaseCommand):
    help = (
        "Give a superuser every right for a while without a second one, where there is none. It is "
        "in the audit trail, and every superuser and ALARM_EMAIL get a mail."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].lower(), is_staff=True).first()
        if user is None:
            raise CommandError("No member of staff has this e-mail address.")
        try:
            glass = break_glass.open_by_operator(user, reason=options["reason"])
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{user.email} has every right until {glass.ends_at:%H:%M} UTC.")
