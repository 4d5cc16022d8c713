"""Corrections and complaints: asked by the person, answered by staff before a day."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import DataRequest, User
from tutorhub.core import audit, clock
from tutorhub.core.errors import Conflict, DomainError, NotAllowed, TooMany

Status = DataRequest.Status
KINDS = DataRequest.WRITTEN
MOST_OPEN = 5


class NothingSaid(DomainError):
    code = "nothing_said"
    message = _("Write what it is about.")


class TooManyOpen(TooMany):
    code = "too_many_requests"
    message = _("We have several requests of yours and are working on them. Please wait.")


class AlreadyAnswered(Conflict):
    code = "already_answered"
    message = _("This request is answered already.")


@transaction.atomic
def ask(user: User, *, kind: str, words: str) -> DataRequest:
    """Ask for a correction, or complain. Raises NothingSaid, TooManyOpen.

    The same once more, while it is open, is a form that was sent twice: that request is returned.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if kind not in KINDS or not words.strip():
        raise NothingSaid
    waiting = list(DataRequest.objects.written_by(user).open())
    for known in waiting:
        if (known.kind, known.words) == (kind, words.strip()):
            return known
    if len(waiting) >= MOST_OPEN:
        raise TooManyOpen
    request = DataRequest.objects.create(
        user=user,
        kind=kind,
        words=words.strip(),
        due_at=clock.now() + settings.DATA_REQUEST_DUE,
    )
    audit.record("data_request.asked", request, by=user, kind=kind)
    return request


@transaction.atomic
def close(request: DataRequest, *, by: User, answer: str, is_refused: bool = False) -> DataRequest:
    """Answer it. Nobody answers what they have asked. Raises NothingSaid, AlreadyAnswered."""
    request = DataRequest.objects.locked().get(pk=request.pk)
    if not by.has_perm("accounts.answer_datarequest") or request.user_id == by.pk:
        raise NotAllowed
    if request.kind not in KINDS or request.status != Status.ASKED:
        raise AlreadyAnswered
    if not answer.strip():
        raise NothingSaid
    status = Status.REFUSED if is_refused else Status.DONE
    request.move_to(status, answer=answer.strip(), closed_by=by, closed_at=clock.now())
    audit.record("data_request.closed", request, by=by, is_refused=is_refused)
    return request
