"""Devices that a person has signed in with before, and what a new one sets off."""

import hashlib
import secrets

from django.conf import settings
from django.db import transaction

from accounts import messages
from accounts.clients import Client
from accounts.models import KnownDevice, User
from tutorhub.core import audit, clock


def known(phone: str, client: Client) -> KnownDevice | None:
    """The device, if the owner of this number has signed in with it before.

    Without a secret nothing is looked up; with one the question is the same for every number.
    """
    if not client.device:
        return None
    devices = KnownDevice.objects.filter(secret_hash=client.device_hash, user__phone=phone)
    return devices.filter(proof_due=False).first()


def recognise(user: User, client: Client, *, kind: str, is_new_user: bool) -> KnownDevice:
    """The device of a sign-in that has just succeeded; one that is new is made known.

    A device that names no secret cannot come back, and is new each time. For an account that is
    not new, a new device is told to the owner; after a long silence it has to prove more than that
    it holds the number. Call it under the lock of the phone.
    """
    now = clock.now()
    digest = client.device_hash or hashlib.sha256(secrets.token_bytes(32)).hexdigest()
    device = KnownDevice.objects.filter(user=user, secret_hash=digest).first()
    if device is not None:
        device.seen_at = now
        device.save(update_fields=["seen_at"])
    else:
        device = KnownDevice.objects.create(
            user=user,
            kind=kind,
            secret_hash=digest,
            is_original=is_new_user,
            proof_due=not is_new_user and is_dormant(user),
            first_seen_at=now,
            seen_at=now,
        )
        if not is_new_user:
            _announce(user, device)
    if not device.proof_due:
        note_life(user)
    return device


def is_dormant(user: User) -> bool:
    """Whether nothing was heard of this person for so long that the number may be another's."""
    seen_at = user.seen_at or user.joined_at
    return bool(seen_at < clock.now() - settings.DORMANT_AFTER)


def note_life(user: User) -> None:
    """Note that something was heard of this person.

    Whoever is changing the account at this moment is not waited for: they may wait for the session
    or the device that gave the sign, and the next one comes soon.
    """
    free = User.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=user.pk)
    with transaction.atomic(savepoint=False):
        User.objects.filter(pk__in=free.values("pk")).update(seen_at=clock.now())


def _announce(user: User, device: KnownDevice) -> None:
    """To the phone and the e-mail address; sign-ins from before see it on their pages."""
    user.new_device_at = device.first_seen_at
    user.save(update_fields=["new_device_at"])
    audit.record("user.new_device", user, by=user, device=str(device.pk))
    messages.new_device(user)
