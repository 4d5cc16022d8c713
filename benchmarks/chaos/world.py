"""Families with offers to pay and tutors with somewhere to be paid, made before the first kill."""

from dataclasses import dataclass

from django.core.management import call_command
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User
from accounts.services import staff_codes
from accounts.session_store import SessionStore
from accounts.tests.factories import StaffFactory
from marketplace.models import TutoringSession
from marketplace.tests.factories import OfferFactory
from payments.policies import FINANCE
from payments.tests.factories import fund_float, make_method
from tutorhub.core import outbox

PRICE = 1000_00


@dataclass
class People:
    """Who takes part."""

    sessions: list[TutoringSession]
    tutors: list[User]
    families: list[User]
    finance: User
    desk: str
    """The session of finance in the back office."""


def build(*, sessions: int) -> People:
    from django.contrib.auth.models import Group

    call_command("migrate", verbosity=0)
    call_command("grant_app_role", login=True, verbosity=0)
    finance = StaffFactory()
    finance.groups.add(Group.objects.get(name=FINANCE))
    offers = [OfferFactory(rate_paise=PRICE, price_paise=PRICE) for _ in range(sessions)]
    for offer in offers:
        make_method(offer.tutor.user)
    fund_float(100_00_00_000_00)
    outbox.drain()
    return People(
        sessions=offers,
        tutors=[offer.tutor.user for offer in offers],
        families=[offer.learner.family.user for offer in offers],
        finance=finance,
        desk=_signed_in(finance),
    )


def _signed_in(staff: User) -> str:
    """A session after the second factor."""
    client = Client()
    client.force_login(staff, backend="accounts.backends.StaffBackend")
    session = client.session
    session["otp_device_id"] = TOTPDevice.objects.get(user=staff).persistent_id
    session.save()
    assert session.session_key is not None
    return str(session.session_key)


def enter_code(desk: str) -> None:
    """Finance enters the code that the back office asks for before money goes back."""
    session = SessionStore(session_key=desk)
    staff_codes.note(session)
    session.save()
