"""The authenticator app of a family or a tutor: set up, replaced, removed. Its owner hears of it.

There is at most one. To set one up or take it away takes what a passkey takes: a step-up, which
`stepup.check_enough` wants by the second factor there is, and a device that is not new.
"""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import messages, policies, queries
from accounts.models import User
from accounts.services import authenticator_codes, stepup
from accounts.services.authenticator_codes import WrongCode
from tutorhub.core import audit, clock


@transaction.atomic
def begin(user: User, sign_in_id: UUID | None) -> TOTPDevice:
    """A new key, which counts once this sign-in has entered its first code.

    Other sign-ins neither see it nor put theirs in its place; an earlier one of this sign-in is
    forgotten. Raises StepUpNeeded, DeviceTooNew, ProofDue.
    """
    _lock(user)
    _check_may_add(user, sign_in_id)
    TOTPDevice.objects.filter(user=user, confirmed=False, name=str(sign_in_id)).delete()
    return authenticator_codes.new(user, holder=str(sign_in_id))


def waiting(user: User, sign_in_id: UUID | None) -> TOTPDevice | None:
    """The key that waits for its first code in this sign-in."""
    since = clock.now() - settings.AUTHENTICATOR_WAITS
    devices = TOTPDevice.objects.filter(user=user, confirmed=False, created_at__gt=since)
    devices = devices.filter(name=str(sign_in_id))
    return devices.order_by("-pk").first()


def confirm(user: User, sign_in_id: UUID | None, *, token: str) -> TOTPDevice:
    """Its first code makes it the only authenticator, and is a step-up of this sign-in.

    Raises StepUpNeeded, DeviceTooNew, ProofDue, WrongCode.
    """
    device = _confirmed(user, sign_in_id, token)
    if device is None:
        raise WrongCode
    return device


@transaction.atomic
def _confirmed(user: User, sign_in_id: UUID | None, token: str) -> TOTPDevice | None:
    """None instead of an error, so that the count of wrong tries stays."""
    sign_in = queries.sign_in(user, sign_in_id)
    here = authenticator_codes.locked(sign_in.known_device if sign_in else None)
    _lock(user)
    _check_may_add(user, sign_in_id)
    since = clock.now() - settings.AUTHENTICATOR_WAITS
    holder = str(sign_in_id)
    device = authenticator_codes.confirm(user, token, holder=holder, since=since)
    if device is not None:
        authenticator_codes.forget_proofs(user)
        authenticator_codes.note(user, holder)
        authenticator_codes.remember(here)
        audit.record("authenticator.added", user, by=user)
        messages.authenticator_added(user)
    return device


@transaction.atomic
def remove(user: User, sign_in_id: UUID | None) -> None:
    """Its codes are worth nothing from now on, nor what they have proved a moment ago.

    Twice is once. Raises StepUpNeeded.
    """
    _lock(user)
    stepup.check_enough(user, sign_in_id)
    found = TOTPDevice.objects.filter(user=user, confirmed=True).first()
    TOTPDevice.objects.filter(user=user).delete()
    if found is not None:
        authenticator_codes.forget_proofs(user)
        audit.record("authenticator.removed", user, by=user)
        messages.authenticator_removed(user)


def _check_may_add(user: User, sign_in_id: UUID | None) -> None:
    policies.check_device_is_settled(user, sign_in_id, "contact")
    stepup.check_enough(user, sign_in_id)


def _lock(user: User) -> None:
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
