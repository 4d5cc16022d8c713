"""App sessions: access tokens of five minutes and refresh tokens that replace each other."""

import hashlib
import logging
import secrets
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import messages
from accounts.clients import Client
from accounts.models import AppSession, KnownDevice, LoginAttempt, RefreshToken, User
from accounts.services import attempts, devices
from accounts.services.access_tokens import AccessToken
from accounts.services.standing import AccountSuspended
from tutorhub.core import audit, clock, sealing
from tutorhub.core.errors import DomainError, NotAllowed

log = logging.getLogger(__name__)


class SessionEnded(DomainError):
    """The token is unknown, too old, was taken back, or belongs to a session that has ended."""

    code = "token_not_valid"
    message = _("You are signed out. Please sign in again.")


class StaffHasNoTokens(NotAllowed):
    code = "staff_not_here"
    message = _("Staff sign in to the back office only.")


@dataclass(frozen=True)
class Pair:
    access: str
    refresh: str


@transaction.atomic
def issue(*, user: User, client: Client, device: KnownDevice | None = None) -> Pair:
    """Begin an app session on `device`. Raises StaffHasNoTokens."""
    if user.is_staff:
        raise StaffHasNoTokens
    session = AppSession.objects.create(
        user=user,
        epoch=user.session_epoch,
        known_device=device,
        device=client.user_agent[:200],
        network=client.network,
        expires_at=clock.now() + settings.REFRESH_ABSOLUTE,
    )
    return Pair(_access(session), _new_token(session, parent=None))


def rotate(*, refresh: str, client: Client) -> Pair:
    """Replace a refresh token. Raises SessionEnded, AccountSuspended.

    A used token ends the whole session, because one of two holders is a thief; except that within
    the grace, while its child is unused, it yields the same child: the answer got lost on the way.
    """
    outcome = _rotate(_digest(refresh), client)
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome


@transaction.atomic
def _rotate(digest: str, client: Client) -> Pair | DomainError:
    """Returns the error instead of raising it, so that the end of a stolen session stays."""
    session = _lock_session_of(digest)
    if session is None or session.ended_by == AppSession.End.ERASED:
        return SessionEnded()
    token = RefreshToken.objects.get(token_hash=digest)
    now = clock.now()
    if not session.user.is_active:
        return AccountSuspended()
    if not _is_alive(session) or token.expires_at <= now:
        return SessionEnded()
    if token.used_at is None:
        _touch(session)
        return Pair(_access(session), _use(token, session))
    is_in_grace = now - token.used_at <= settings.REFRESH_GRACE
    if is_in_grace and token.child_sealed:
        return Pair(_access(session), sealing.unseal(token.child_sealed))
    _end(session, AppSession.End.REUSE)
    messages.session_stolen(session.user)
    audit.record("session.token_reused", session, by=session.user)
    attempts.note(LoginAttempt.Kind.REFRESH, client=client, user=session.user, reason="reused")
    log.warning("a used refresh token came back; app session %s ended", session.pk)
    return SessionEnded()


@transaction.atomic
def revoke(*, refresh: str) -> None:
    """Sign the app out. A token that is unknown or already dead is fine."""
    session = _lock_session_of(_digest(refresh))
    if session is not None and session.ended_at is None:
        _end(session, AppSession.End.LOGOUT)


def end_all(user: User, reason: str) -> None:
    """End every app session of the user; call it where the epoch moves on."""
    AppSession.objects.filter(user=user, ended_at__isnull=True).update(
        ended_at=clock.now(), ended_by=reason
    )


def session_of(*, user_id: str, session_id: str, epoch: int) -> AppSession:
    """The session an access token stands for now: one indexed read, and no rights from the token.

    Raises SessionEnded, AccountSuspended.
    """
    try:
        ids = {"pk": UUID(session_id), "user_id": UUID(user_id)}
    except ValueError as error:
        raise SessionEnded from error
    sessions = AppSession.objects.select_related("user", "known_device")
    session = sessions.filter(**ids, user__is_staff=False).first()
    if session is None or session.ended_by == AppSession.End.ERASED:
        raise SessionEnded
    if not session.user.is_active:
        raise AccountSuspended
    if not _is_alive(session) or session.epoch != epoch:
        raise SessionEnded
    return session


def _lock_session_of(digest: str) -> AppSession | None:
    return (
        AppSession.objects.select_related("user", "known_device")
        .select_for_update(of=("self",), no_key=True)
        .filter(tokens__token_hash=digest)
        .first()
    )


def _is_alive(session: AppSession) -> bool:
    return (
        session.ended_at is None
        and session.expires_at > clock.now()
        and session.epoch == session.user.session_epoch
    )


def _touch(session: AppSession) -> None:
    """Note the sign of life, where it says something new."""
    now = clock.now()
    if now - session.seen_at < settings.SEEN_EVERY:
        return
    session.seen_at = now
    session.save(update_fields=["seen_at"])
    device = session.known_device
    if device is not None and not device.proof_due:
        KnownDevice.objects.filter(pk=device.pk).update(seen_at=now)
        devices.note_life(session.user)


def _use(token: RefreshToken, session: AppSession) -> str:
    child = _new_token(session, parent=token)
    token.used_at = clock.now()
    token.child_sealed = sealing.seal(child)
    token.save(update_fields=["used_at", "child_sealed"])
    if token.parent_id:
        # Its parent's grace is over: the child that it might have handed out again has been used.
        RefreshToken.objects.filter(pk=token.parent_id).update(child_sealed="")
    return child


def _new_token(session: AppSession, *, parent: RefreshToken | None) -> str:
    secret = secrets.token_urlsafe(32)
    RefreshToken.objects.create(
        session=session,
        parent=parent,
        token_hash=_digest(secret),
        expires_at=min(clock.now() + settings.REFRESH_IDLE, session.expires_at),
    )
    return secret


def _access(session: AppSession) -> str:
    token = AccessToken()
    token["sub"] = str(session.user_id)
    token["sid"] = str(session.pk)
    token["epoch"] = session.epoch
    return str(token)


def _end(session: AppSession, reason: str) -> None:
    session.ended_at, session.ended_by = clock.now(), reason
    session.save(update_fields=["ended_at", "ended_by"])


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
