"""Sign-in with a phone number and a one-time code."""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext_lazy as _

from accounts import messages, phones
from accounts.clients import Client
from accounts.models import LoginAttempt, OtpChallenge, Role, User
from accounts.services import attempts, locks, send_limits
from accounts.services.standing import AccountSuspended
from tutorhub.core import audit, clock
from tutorhub.core.errors import DomainError, TooMany


class CodeRefused(DomainError):
    """Wrong, used, too old or guessed too often: which of them is nobody's business."""

    code = "code_invalid"
    message = _("This code is not right or no longer valid. Check it, or ask for a new one.")


class RoleRequired(DomainError):
    """The code is right and still good, but a new number has to say what it wants to be."""

    code = "role_required"
    message = _("This number is new here. Say whether you are a family or a tutor.")


class GuessedTooOften(TooMany):
    code = "too_many_guesses"
    message = _("Too many wrong codes for this number today. Please try again tomorrow.")


@dataclass(frozen=True)
class CodeSent:
    """What the person may know about the code that was asked for; times in seconds."""

    challenge_id: UUID
    resend_after: int
    expires_in: int


@dataclass(frozen=True)
class SignedIn:
    user: User
    is_new: bool


def request_code(
    *, phone: str, client: Client, language: str = "en", is_bound: bool = False
) -> CodeSent:
    """Send a code to `phone`, whoever's it is: no account is looked up, so none can be found out.

    Over the day's budget the answer is the same and nothing is sent. `is_bound`: only a browser
    that knows the challenge's id may use the code. Raises phones.NotAnIndianMobile, SentTooOften.
    """
    phone = phones.parse(phone)
    try:
        return _request_code(phone, client, language, is_bound)
    except send_limits.SentTooOften as error:
        attempts.note(LoginAttempt.Kind.CODE_REQUEST, client=client, phone=phone, reason=error.code)
        raise


@transaction.atomic
def _request_code(phone: str, client: Client, language: str, is_bound: bool) -> CodeSent:
    resend_after = send_limits.take(phone, client.network)
    is_paid = send_limits.spend()
    code = f"{secrets.randbelow(10**6):06d}"
    challenge = OtpChallenge(
        phone=phone,
        network=client.network,
        is_bound=is_bound,
        is_sent=is_paid,
        expires_at=clock.now() + settings.OTP_LIFE,
    )
    challenge.code_hash = _hash(challenge, code)
    challenge.save(force_insert=True)
    if is_paid:
        messages.signin_code(phone=phone, code=code, language=language)
    attempts.note(
        LoginAttempt.Kind.CODE_REQUEST,
        client=client,
        phone=phone,
        reason="" if is_paid else "over_budget",
    )
    return CodeSent(challenge.pk, resend_after, int(settings.OTP_LIFE.total_seconds()))


def verify_code(
    *,
    phone: str,
    code: str,
    client: Client,
    role: str = "",
    language: str = "en",
    challenge_ids: Collection[UUID] | None = None,
) -> SignedIn:
    """Sign in, making the account if the number is new; an existing number keeps its role.

    With `challenge_ids` only those challenges count (a browser's own), without it those that the
    API asked for. Raises CodeRefused, RoleRequired, GuessedTooOften, AccountSuspended.
    """
    phone = phones.parse(phone)
    outcome = _verify_code(phone, code, role, language, client, challenge_ids)
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome


@transaction.atomic
def _verify_code(
    phone: str,
    code: str,
    role: str,
    language: str,
    client: Client,
    challenge_ids: Collection[UUID] | None,
) -> SignedIn | DomainError:
    """Returns the error instead of raising it, so that the count of guesses and the log stay."""
    locks.hold("phone", phone)
    outcome = _outcome(phone, code, role, language, challenge_ids)
    attempts.note(
        LoginAttempt.Kind.CODE,
        client=client,
        phone=phone,
        user=outcome.user if isinstance(outcome, SignedIn) else None,
        reason=outcome.code if isinstance(outcome, DomainError) else "",
    )
    return outcome


def _outcome(
    phone: str, code: str, role: str, language: str, challenge_ids: Collection[UUID] | None
) -> SignedIn | DomainError:
    left = settings.OTP_GUESSES_PER_DAY - _wrong_guesses(phone)
    if left <= 0:
        return GuessedTooOften(retry_after=86400)
    challenge = _guess(phone, code, challenge_ids, left)
    if challenge is None:
        return CodeRefused()
    user = User.objects.filter(phone=phone).first()
    if user is None and role not in {Role.STUDENT, Role.TUTOR}:
        return RoleRequired()
    challenge.used_at = clock.now()
    challenge.save(update_fields=["used_at"])
    if user is None:
        user = User.objects.create_person(phone=phone, role=role, language=language)
        audit.record("user.joined", user, by=user)
        return SignedIn(user, is_new=True)
    return SignedIn(user, is_new=False) if user.is_active else AccountSuspended()


def _wrong_guesses(phone: str) -> int:
    """Guesses at this number in 24 hours that did not sign anybody in, over all challenges."""
    since = clock.now() - timedelta(hours=24) - settings.OTP_LIFE
    counts = OtpChallenge.objects.filter(
        phone=phone, created_at__gt=since, subject_id__isnull=True
    ).aggregate(
        guesses=Sum("attempts", default=0), used=Count("pk", filter=Q(used_at__isnull=False))
    )
    return int(counts["guesses"]) - int(counts["used"])


def _guess(
    phone: str, code: str, challenge_ids: Collection[UUID] | None, left: int
) -> OtpChallenge | None:
    """The live challenge that the code answers, newest first; a comparison is paid for before."""
    live = OtpChallenge.objects.locked().of(phone).live().filter(attempts__lt=settings.OTP_GUESSES)
    if challenge_ids is None:
        live = live.filter(is_bound=False)
    else:
        live = live.filter(is_bound=True, pk__in=challenge_ids)
    for challenge in sorted(live, key=lambda row: row.created_at, reverse=True)[:left]:
        OtpChallenge.objects.filter(pk=challenge.pk).update(attempts=F("attempts") + 1)
        if _is_right(challenge, code):
            return challenge
    return None


def _is_right(challenge: OtpChallenge, code: str) -> bool:
    return hmac.compare_digest(_hash(challenge, code), challenge.code_hash)


def _hash(challenge: OtpChallenge, code: str) -> str:
    text = f"{challenge.pk}|{challenge.phone}|{code}"
    return hmac.new(settings.OTP_PEPPER.encode(), text.encode(), hashlib.sha256).hexdigest()
