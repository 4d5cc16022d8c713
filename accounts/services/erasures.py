"""Erasing somebody: the account is shut at once, and every app forgets its part soon after.

Apps forget when they hear USER_ERASED, each in its own transaction and as often as they are told.
What only a name or an address leads to is found by the *traces*, which the request keeps sealed
until a second look has found nothing more. Money rows stay, and point at nobody; the names that tax
law wants kept go into the vault (`tutorhub.core.vault`).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts import news
from accounts.models import AppSession, DataRequest, User
from accounts.services import alarms, forgetting, former_addresses, leaving, users
from accounts.services.former_addresses import Former
from notifications.services import forgetting as messages_forgetting
from tutorhub.core import audit, clock, outbox, storage

FINISH = "accounts.finish_erasure"
LIST = "accounts.list_erasure"
LISTED = "erasures"
Kind, Status = DataRequest.Kind, DataRequest.Status


@dataclass(frozen=True)
class Traces:
    """By what a person who is gone is still found.

    `addresses` are the account's own; `guardians` the numbers of others that it gave us, who may
    have accounts of their own; `names` whatever the account and its children were called; `told`
    the accounts of those who may have been told such a name. What is newer than `before` is
    somebody else's: a number may be used again at once. So is what is newer than `until` at an
    address that the account had before.
    """

    addresses: list[str]
    guardians: list[str]
    names: list[str]
    before: datetime
    told: list[str] = field(default_factory=list)
    former: list[Former] = field(default_factory=list)

    @property
    def own(self) -> list[Former]:
        """The account's own addresses, each with the moment until which it was."""
        return [*(Former(address, self.before) for address in self.addresses), *self.former]


@transaction.atomic
def leave(user: User, *, by: User) -> User:
    """Erase the account because its owner asks for it. Raises leaving.CannotLeaveYet.

    The caller has made sure that it is the owner (a step-up).
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    found = leaving.hindrances(user) if user.is_active else []
    if found:
        raise leaving.CannotLeaveYet(found)
    return erase(user, by=by)


@transaction.atomic
def erase(user: User, *, by: User | None) -> User:
    """Shut the account, forget who it was, and have every app do the same. Twice is once.

    Asks nothing: `leave` does.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if _is_erased(user):
        return user
    request = DataRequest.objects.create(
        user=user,
        kind=Kind.ERASURE,
        traces=_packed(
            [user.phone, user.email], [], [user.name], [], former=former_addresses.take(user)
        ),
        due_at=clock.now() + settings.ERASURE_DUE,
    )
    forgetting.forget_staff_notes_about(user)
    user.name, user.phone, user.email = "", None, None
    user.seen_at = user.new_device_at = user.last_login = None
    user.save(update_fields=["name", "phone", "email", "seen_at", "new_device_at", "last_login"])
    users.close(user, AppSession.End.ERASED)
    audit.record("user.erased", user, by=by)
    outbox.announce(news.USER_ERASED, user_id=user.pk)
    outbox.later(LIST, {"user_id": user.pk})
    _look_again_later(request.pk)
    return user


def put_on_list(user_id: UUID) -> None:
    """Note outside the database that this account is erased: a backup does not know it."""
    storage.put(f"{LISTED}/{user_id}", b"erased", content_type="text/plain")


def reapply() -> int:
    """After a restore: erase again whom the backup has brought back. Returns how many."""
    again = 0
    for key in list(storage.old_keys(LISTED, before=clock.now() + timedelta(days=1))):
        user = User.objects.filter(pk=UUID(key.removeprefix(f"{LISTED}/"))).first()
        if user is not None and not _is_erased(user):
            erase(user, by=None)
            again += 1
    return again


def traces_of(user_id: UUID) -> Traces:
    """What is still to be looked for; nothing once the erasure is over."""
    request = DataRequest.objects.open().filter(user=user_id, kind=Kind.ERASURE).first()
    return _traces(request)


@transaction.atomic
def add_traces(
    user_id: UUID,
    *,
    names: Iterable[str] = (),
    guardians: Iterable[str] = (),
    told: Iterable[UUID] = (),
) -> None:
    """Have these looked for as well: the names of a family's children, say, and the tutors who
    were told them.
    """
    request = DataRequest.objects.locked().open().filter(user=user_id, kind=Kind.ERASURE).first()
    if request is None:
        return
    known = _traces(request)
    request.traces = _packed(
        known.addresses,
        [*known.guardians, *guardians],
        [*known.names, *names],
        [*known.told, *map(str, told)],
        former=known.former,
    )
    request.save(update_fields=["traces"])


@transaction.atomic
def finish(request_id: UUID) -> None:
    """Look once more for what came or was held up meanwhile, and throw the traces away.

    Comes back later while an app has not done its part.
    """
    request = DataRequest.objects.locked().get(pk=request_id)
    if request.status != Status.ASKED:
        return
    if outbox.is_waiting(news.USER_ERASED, user_id=request.user_id):
        _look_again_later(request.pk)
        return
    traces = traces_of(request.user_id)
    forget_account(request.user_id, traces)
    messages_forgetting.forget_mentions(
        [*traces.names, *traces.addresses, *traces.guardians], told=traces.told
    )
    for former in traces.former:
        messages_forgetting.forget_mentions([former.address], told=traces.told, before=former.until)
    request.move_to(Status.DONE, traces="", closed_at=clock.now())
    audit.record("user.erasure_done", request)


def forget_account(user_id: UUID, traces: Traces) -> None:
    """What this app and the one below hold."""
    forgetting.forget(
        user_id,
        addresses=traces.addresses,
        guardians=traces.guardians,
        names=traces.names,
        before=traces.before,
    )
    messages_forgetting.forget(
        user_id,
        addresses=traces.addresses,
        strangers=traces.guardians,
        before=traces.before,
    )
    for former in traces.former:
        forgetting.forget_former(user_id, former)
        messages_forgetting.forget(
            user_id, addresses=[], strangers=[former.address], before=former.until
        )


def watch() -> int:
    """Tell staff when requests are overdue. Returns how many are."""
    overdue = DataRequest.objects.overdue().count()
    if overdue:
        alarms.ring("overdue_data_requests")
    return overdue


def _is_erased(user: User) -> bool:
    asked = DataRequest.objects.filter(user=user, kind=Kind.ERASURE).exists()
    return asked and not (user.is_active or user.phone or user.email)


def _look_again_later(request_id: UUID) -> None:
    due_at = clock.now() + settings.ERASURE_SECOND_LOOK
    outbox.later(FINISH, {"request": request_id}, due_at=due_at)


def _traces(request: DataRequest | None) -> Traces:
    if request is None:
        return Traces([], [], [], clock.now())
    kept = json.loads(request.traces)
    former = [Former(text, datetime.fromisoformat(until)) for text, until in kept.pop("former", [])]
    return Traces(**kept, before=request.asked_at, former=former)


def _packed(*lists: Iterable[str | None], former: Iterable[Former]) -> str:
    names = ("addresses", "guardians", "names", "told")
    texts = (sorted(set(filter(None, each))) for each in lists)
    kept: dict[str, Any] = dict(zip(names, texts, strict=True))
    kept["former"] = [(each.address, each.until.isoformat()) for each in former]
    return json.dumps(kept)
