"""Make a member of staff: `manage.py setup_staff asha@example.com --group moderator`."""

import getpass
import io
import os
from typing import Any

import qrcode
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User
from accounts.services import recovery, staff


class Command(BaseCommand):
    help = "Make a member of staff with a second factor, and bring the groups' rights up to date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", nargs="?", help="leave it out to refresh the groups only")
        parser.add_argument("--name", default="")
        parser.add_argument("--group", action="append", default=[], choices=staff.GROUPS)
        parser.add_argument(
            "--superuser",
            action="store_true",
            help="few rights alone, all of them while a second superuser agrees; add their groups",
        )
        parser.add_argument(
            "--new-device",
            action="store_true",
            help="remake the authenticator and the recovery codes of somebody who lost both",
        )

        parser.add_argument(
            "--set-groups",
            action="store_true",
            help="put somebody who is there into these groups and no other",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        staff.ensure_groups()
        if not options["email"]:
            self.stdout.write("The groups have their rights.")
            return
        known = User.objects.filter(email=options["email"].lower(), is_staff=True).first()
        if options["new_device"]:
            if known is None:
                raise CommandError("No member of staff has this e-mail address.")
            self._show(known, recovery.replace_authenticator(known))
            return
        if options["set_groups"]:
            if known is None:
                raise CommandError("No member of staff has this e-mail address.")
            staff.set_groups(known, options["group"])
            now = ", ".join(sorted(options["group"])) or "none"
            self.stdout.write(f"{known.email} is in: {now}.")
            return
        if User.objects.filter(email=options["email"].lower()).exists():
            raise CommandError(
                "Somebody with this e-mail address exists; --set-groups changes a colleague's."
            )
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
        self._show(user, device)

    def _show(self, user: User, device: TOTPDevice) -> None:
        self.stdout.write(f"{user.email} may sign in at /admin/. Scan this with an authenticator:")
        self.stdout.write(device.config_url)
        code = qrcode.QRCode(border=1)
        code.add_data(device.config_url)
        drawing = io.StringIO()
        code.print_ascii(out=drawing)
        self.stdout.write(drawing.getvalue())
        self.stdout.write("Recovery codes, each good once, in place of the authenticator:")
        for word in recovery.renew(user, by=None):
            self.stdout.write(f"  {word}")
