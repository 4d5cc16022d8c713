"""The registry of sign-ins: browsers and apps alike are begun, kept, listed and ended here."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts import queries
from accounts.clients import Client
from accounts.models import AppSession, BrowserSession, KnownDevice, User
from accounts.services import devices
from tutorhub.core import audit, clock
from tutorhub.core.errors import NotAllowed
from tutorhub.core.ids import uuid7


def about_browser(device: KnownDevice, client: Client) -> dict[str, Any]:
    """What the session of a browser that signs in now says about itself."""
    now = clock.now().isoformat()
    return {
        "id": str(uuid7()),
        "known_device": str(device.pk),
        "proof_due": device.proof_due,
        "device": client.user_agent[:200],
        "network": client.network,
        "created_at": now,
        "seen_at": now,
    }


def touched(user: User, about: dict[str, Any]) -> dict[str, Any] | None:
    """The new text of a browser's session if its sign of life says something new, else None."""
    now = clock.now()
    if now - datetime.fromisoformat(about["seen_at"]) < settings.SEEN_EVERY:
        return None
    if not about.get("proof_due"):
        if device_id := about.get("known_device"):
            KnownDevice.objects.filter(pk=device_id).update(seen_at=now)
        devices.note_life(user)
    return {**about, "seen_at": now.isoformat()}


@transaction.atomic
def sign_out(user: User, sign_in_id: UUID) -> bool:
    """End one sign-in of this person, wherever it is. False if there is none of that id."""
    ended = _end_browsers(user, public_id=sign_in_id) + _end_apps(user, pk=sign_in_id)
    if ended:
        audit.record("session.ended_by_owner", user, by=user)
    return bool(ended)


@transaction.atomic
def sign_out_others(user: User, here: UUID | None) -> int:
    """End every sign-in of this person but `here`; how many those were."""
    if here is None or queries.sign_in(user, here) is None:
        raise NotAllowed
    browsers = BrowserSession.objects.filter(user=user).exclude(public_id=here)
    apps = AppSession.objects.filter(user=user, ended_at__isnull=True).exclude(pk=here)
    ended, _rows = browsers.delete()
    ended += apps.update(ended_at=clock.now(), ended_by=AppSession.End.OWNER)
    audit.record("session.others_ended", user, by=user, count=ended)
    return ended


def _end_browsers(user: User, **which: Any) -> int:
    ended, _rows = BrowserSession.objects.filter(user=user, **which).delete()
    return ended


def _end_apps(user: User, **which: Any) -> int:
    alive = AppSession.objects.filter(user=user, ended_at__isnull=True, **which)
    return alive.update(ended_at=clock.now(), ended_by=AppSession.End.OWNER)
