"""A person with passkeys, signed in on devices of the tests' choice."""

from datetime import timedelta
from uuid import UUID

from accounts.clients import Client
from accounts.models import AppSession, KnownDevice, Passkey, User
from accounts.services import passkeys, stepup, tokens
from accounts.tests.authenticator import Authenticator
from accounts.tests.cast import step_up, strong_step_up
from tutorhub.core import clock

HERE = Client("203.0.113.9", "Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile Safari/537.36")


def sign_in(user: User, *, days: int = 7, is_due: bool = False) -> UUID:
    """A sign-in of the app on a device that is known for so long."""
    device = KnownDevice.objects.create(
        user=user,
        kind="app",
        secret_hash=str(AppSession.objects.count()),
        first_seen_at=clock.now() - timedelta(days=days),
        proof_due=is_due,
    )
    tokens.issue(user=user, client=HERE, device=device)
    return AppSession.objects.get(known_device=device).pk


def proved(user: User) -> UUID:
    """A sign-in in which the code and a second factor were used a moment ago."""
    here = sign_in(user)
    step_up(user, here)
    strong_step_up(user, here)
    return here


def made(user: User, here: UUID, device: Authenticator, name: str = "") -> Passkey:
    options = passkeys.begin(user, here, client=HERE)
    return passkeys.add(user, here, answer=device.make(options), name=name, client=HERE)


def step_up_by(user: User, here: UUID, device: Authenticator) -> None:
    options = stepup.request_passkey(user, here, client=HERE)
    stepup.verify_passkey(user, here, answer=device.answer(options), client=HERE)
