"""Make a member of staff: `manage.py setup_staff asha@example.com --group moderator`."""

import getpass
import io
import os
from typing import Any

import qrcode
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.services import staff


class Command(BaseCommand):
    help = "Make a member of staff with a second factor, and bring the groups' rights up to date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", nargs="?", help="leave it out to refresh the groups only")
        parser.add_argument("--name", default="")
        parser.add_argument(
            "--group", action="append", default=[], choices=[staff.MODERATOR, staff.FINANCE]
        )
        parser.add_argument("--superuser", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        staff.ensure_groups()
        if not options["email"]:
            self.stdout.write("The groups have their rights.")
            return
        if User.objects.filter(email=options["email"].lower()).exists():
            raise CommandError("Somebody with this e-mail address exists.")
        password = os.environ.get("STAFF_PASSWORD") or getpass.getpass("Password: ")
        try:
            user, device = staff.create(
                email=options["email"],
                name=options["name"],
                password=password,
                groups=options["group"],
                is_superuser=options["superuser"],
            )
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        self.stdout.write(f"{user.email} may sign in at /admin/. Scan this with an authenticator:")
        self.stdout.write(device.config_url)
        code = qrcode.QRCode(border=1)
        code.add_data(device.config_url)
        drawing = io.StringIO()
        code.print_ascii(out=drawing)
        self.stdout.write(drawing.getvalue())
