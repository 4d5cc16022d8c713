"""Where a person is signed in, and which rights a superuser has now."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import Group, Permission
from django.db.models import Exists, Q

from accounts.clients import device_name
from accounts.models import AppSession, BreakGlass, BrowserSession, KnownDevice, User
from tutorhub.core import clock


@dataclass(frozen=True)
class SignedInPlace:
    """One sign-in that is alive, of a browser or of an app."""

    id: UUID
    kind: str
    device: str
    network: str
    created_at: datetime
    seen_at: datetime
    is_this: bool


def browsers_of(user: User) -> list[BrowserSession]:
    alive = BrowserSession.objects.filter(user=user, expire_date__gt=clock.now())
    return list(alive.order_by("-seen_at"))


def apps_of(user: User) -> list[AppSession]:
    alive = AppSession.objects.filter(
        user=user, ended_at__isnull=True, expires_at__gt=clock.now(), epoch=user.session_epoch
    )
    return list(alive.order_by("-seen_at"))


def signed_in(user: User, here: UUID | None) -> list[SignedInPlace]:
    """Everywhere this person is signed in, `here` first, then the last seen first."""
    rows: list[tuple[UUID, str, BrowserSession | AppSession]] = [
        *((row.public_id, KnownDevice.Kind.BROWSER.value, row) for row in browsers_of(user)),
        *((row.pk, KnownDevice.Kind.APP.value, row) for row in apps_of(user)),
    ]
    places = [
        SignedInPlace(
            id=sign_in_id,
            kind=kind,
            device=device_name(row.device),
            network=row.network,
            created_at=row.created_at,
            seen_at=row.seen_at,
            is_this=sign_in_id == here,
        )
        for sign_in_id, kind, row in rows
    ]
    return sorted(places, key=lambda place: (place.is_this, place.seen_at), reverse=True)


def sign_in(user: User, sign_in_id: UUID | None) -> BrowserSession | AppSession | None:
    """The sign-in with its device, if it is this person's."""
    if sign_in_id is None:
        return None
    browser = BrowserSession.objects.select_related("known_device").filter(
        user=user, public_id=sign_in_id
    )
    app = AppSession.objects.select_related("known_device").filter(user=user, pk=sign_in_id)
    return browser.first() or app.first()


def rights_now(superuser: User) -> set[str]:
    """What the groups of a superuser give; everything while the glass is broken. One query."""
    of_groups = Q(pk__in=Group.objects.filter(user=superuser).values("permissions"))
    is_open = Exists(BreakGlass.objects.open().filter(asked_by=superuser))
    rows = Permission.objects.filter(of_groups | is_open).order_by()
    names = rows.values_list("content_type__app_label", "codename")
    return {f"{app_label}.{codename}" for app_label, codename in names}
