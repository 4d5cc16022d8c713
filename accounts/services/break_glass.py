"""Every right for a superuser, while a second one agrees.

Alone a superuser has `staff.ALWAYS` and what their groups give. For more they ask, with a reason;
another superuser agrees; after settings.BREAK_GLASS_LIFE it is over by itself, without any work
that could fail. Each step is in the audit trail, and every superuser and ALARM_EMAIL get a mail.
"""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import messages
from accounts.models import BreakGlass, User
from accounts.policies import (
    check_can_agree,
    check_can_end,
    check_is_superuser,
    has_every_right,
)
from accounts.services.users import ReasonMissing
from tutorhub.core import audit, clock
from tutorhub.core.errors import Conflict

REASON = 300


class AskedAlready(Conflict):
    code = "asked_already"
    message = _("You have asked already, or have every right now.")


@transaction.atomic
def ask(user: User, *, reason: str) -> BreakGlass:
    """Ask the other superusers. Raises NotAllowed, ReasonMissing or AskedAlready."""
    user = _locked(user)
    check_is_superuser(user)
    glass = _new(user, reason)
    glass.save()
    audit.record("break_glass.asked", glass, by=user, reason=glass.reason)
    _tell(f"{_name(user)} asks for every right: {glass.reason}. A second superuser has to agree.")
    return glass


@transaction.atomic
def agree(glass: BreakGlass, *, by: User) -> BreakGlass:
    """Give the asker every right for a while. Raises NotAllowed or GlassClosed."""
    glass = _locked_glass(glass)
    by = _locked(by)
    check_can_agree(glass, by)
    glass.agreed_by, glass.agreed_at = by, clock.now()
    glass.ends_at = glass.agreed_at + settings.BREAK_GLASS_LIFE
    glass.save(update_fields=["agreed_by", "agreed_at", "ends_at"])
    audit.record("break_glass.agreed", glass, by=by, ends_at=glass.ends_at.isoformat())
    _tell(
        f"{_name(by)} agreed that {_name(glass.asked_by)} has every right until {_until(glass)}:"
        f" {glass.reason}."
    )
    return glass


@transaction.atomic
def end(glass: BreakGlass, *, by: User) -> BreakGlass:
    """End it before its time, or say no before it began. Raises NotAllowed or GlassClosed."""
    glass = _locked_glass(glass)
    check_can_end(glass, _locked(by))
    did = "ended" if glass.is_open else "refused"
    glass.ended_by, glass.ended_at = by, clock.now()
    glass.save(update_fields=["ended_by", "ended_at"])
    audit.record(f"break_glass.{did}", glass, by=by)
    _tell(f"{_name(by)} has {did} the break-glass of {_name(glass.asked_by)}.")
    return glass


@transaction.atomic
def open_by_operator(user: User, *, reason: str) -> BreakGlass:
    """Open it from the server's command line, where a team of one has nobody to agree.

    Raises NotAllowed, ReasonMissing or AskedAlready.
    """
    user = _locked(user)
    check_is_superuser(user)
    glass = _new(user, reason)
    glass.is_by_operator, glass.agreed_at = True, glass.asked_at
    glass.ends_at = glass.asked_at + settings.BREAK_GLASS_LIFE
    glass.save()
    audit.record(
        "break_glass.opened_by_operator",
        glass,
        reason=glass.reason,
        ends_at=glass.ends_at.isoformat(),
    )
    _tell(
        f"On the server's command line {_name(user)} was given every right until {_until(glass)}:"
        f" {glass.reason}."
    )
    return glass


def in_use(user: User) -> BreakGlass | None:
    """By which of theirs this request has every right, if it has.

    It is the one that was agreed to last, be it over in this moment: the rights of a request are
    looked up once, and what is opened with them is written down against this row.
    """
    if not has_every_right(user):
        return None
    return BreakGlass.objects.filter(asked_by=user, agreed_at__isnull=False).latest("agreed_at")


@transaction.atomic
def note_use(glass: BreakGlass, *, by: User, method: str, path: str) -> None:
    """Write down what was opened or sent. `path` names the row, and no words that were typed."""
    audit.record("break_glass.used", glass, by=by, method=method, path=path)


def _new(user: User, reason: str) -> BreakGlass:
    if not reason.strip():
        raise ReasonMissing
    own = BreakGlass.objects.filter(asked_by=user)
    if (own.open() | own.waiting()).exists():
        raise AskedAlready
    return BreakGlass(asked_by=user, reason=reason.strip()[:REASON], asked_at=clock.now())


def _locked(user: User) -> User:
    """Whoever acts, as they are now: they may have been suspended since the request began."""
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _locked_glass(glass: BreakGlass) -> BreakGlass:
    rows = BreakGlass.objects.select_for_update(of=["self"]).select_related("asked_by")
    return rows.get(pk=glass.pk)


def _name(user: User) -> str:
    return user.name or str(user.email)


def _until(glass: BreakGlass) -> str:
    assert glass.ends_at is not None
    return f"{glass.ends_at.astimezone(clock.IST):%H:%M} (India)"


def _tell(what: str) -> None:
    superusers = User.objects.filter(is_superuser=True, is_active=True, is_staff=True)
    for user in superusers.order_by("pk"):
        messages.break_glass(user.email or "", user, what)
    if settings.ALARM_EMAIL:
        messages.break_glass(settings.ALARM_EMAIL, None, what)
