"""One-time codes: made, paid for, sent, guessed at. What one opens is the caller's matter."""

import hashlib
import hmac
import secrets
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext_lazy as _

from accounts.clients import Client
from accounts.models import OtpChallenge
from accounts.services import attempts, locks, send_limits
from tutorhub.core import clock
from tutorhub.core.errors import DomainError, TooMany

Deliver = Callable[[str], None]


class CodeRefused(DomainError):
    """Wrong, used, too old or guessed too often: which of them is nobody's business."""

    code = "code_invalid"
    message = _("This code is not right or no longer valid. Check it, or ask for a new one.")


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
class Ask:
    """A code that is wanted: to whom, for what, from where, and who alone may answer it.

    `asked_by` names the known device or sign-in of the number's owner, or nothing for a stranger.
    """

    phone: str
    purpose: str
    client: Client
    holder: str = ""
    asked_by: str = ""
    is_bound: bool = False
    is_free: bool = False
    """By e-mail: nothing is taken from the day's budget."""


def send(ask: Ask, deliver: Deliver) -> CodeSent:
    """Make a code and hand it to `deliver`; call it in a transaction. Raises SentTooOften.

    Over the day's budget everything is the same and nothing is delivered.
    """
    resend_after = send_limits.take(ask.phone, ask.client, ask.asked_by)
    is_paid = ask.is_free or send_limits.spend()
    code = f"{secrets.randbelow(10**6):06d}"
    challenge = OtpChallenge(
        purpose=ask.purpose,
        phone=ask.phone,
        network=ask.client.network,
        neighbourhood=ask.client.neighbourhood,
        operator=ask.client.operator,
        block=send_limits.block_of(ask.phone),
        is_bound=ask.is_bound,
        holder=ask.holder,
        asked_by=ask.asked_by,
        is_sent=is_paid,
        created_at=clock.now(),
        expires_at=clock.now() + settings.OTP_LIFE,
    )
    challenge.code_hash = _hash(challenge, code)
    challenge.save(force_insert=True)
    if is_paid:
        deliver(code)
    kind = "code_request" if ask.purpose == OtpChallenge.Purpose.SIGN_IN else ask.purpose
    attempts.note(kind, client=ask.client, phone=ask.phone, reason="" if is_paid else "over_budget")
    return CodeSent(challenge.pk, resend_after, int(settings.OTP_LIFE.total_seconds()))


def answer(
    phone: str,
    code: str,
    *,
    purpose: str,
    holder: str = "",
    challenge_ids: Collection[UUID] | None = None,
) -> OtpChallenge | CodeRefused | GuessedTooOften:
    """The live challenge that the code answers, newest first, or why there is none.

    A comparison is paid for before it is made. Strangers' codes and those of each known device
    have guesses of their own. Call it under the lock of the phone. The caller marks it as used.
    """
    live = OtpChallenge.objects.locked().of(phone).live().filter(attempts__lt=settings.OTP_GUESSES)
    if challenge_ids is None:
        live = live.filter(is_bound=False, holder=holder, purpose=purpose)
    else:
        live = live.filter(is_bound=True, purpose=purpose, pk__in=challenge_ids)
    candidates = sorted(live, key=lambda row: row.created_at, reverse=True)
    left = _guesses_left(phone, purpose)
    refusal: CodeRefused | GuessedTooOften | None = None
    for challenge in candidates:
        if left[challenge.asked_by] <= 0:
            refusal = refusal or GuessedTooOften(retry_after=86400)
            continue
        left[challenge.asked_by] -= 1
        OtpChallenge.objects.filter(pk=challenge.pk).update(attempts=F("attempts") + 1)
        if _is_right(challenge, code):
            return challenge
        refusal = CodeRefused()
    return refusal or CodeRefused()


def enter(phone: str, code: str, *, purpose: str, holder: str) -> OtpChallenge | DomainError:
    """Answer and use a code that was sent to this number, under the number's lock.

    Call it in a transaction that ends well, so that the count of guesses stays.
    """
    locks.hold("phone", phone)
    found = answer(phone, code, purpose=purpose, holder=holder)
    if isinstance(found, OtpChallenge):
        use(found)
    return found


def use(challenge: OtpChallenge) -> None:
    challenge.used_at = clock.now()
    challenge.save(update_fields=["used_at"])


def _guesses_left(phone: str, purpose: str) -> defaultdict[str, int]:
    """By who asked: guesses still free of those that 24 hours have, over all their challenges.

    Guesses at a guardian's code open no account, and count apart from all others.
    """
    since = clock.now() - timedelta(hours=24) - settings.OTP_LIFE
    of_guardian = Q(purpose=OtpChallenge.Purpose.GUARDIAN)
    alike = of_guardian if purpose == OtpChallenge.Purpose.GUARDIAN else ~of_guardian
    rows = (
        OtpChallenge.objects.filter(alike, phone=phone, created_at__gt=since)
        .values("asked_by")
        .annotate(
            guesses=Sum("attempts", default=0), used=Count("pk", filter=Q(used_at__isnull=False))
        )
    )
    left: defaultdict[str, int] = defaultdict(lambda: int(settings.OTP_GUESSES_PER_DAY))
    for row in rows:
        left[row["asked_by"]] -= row["guesses"] - row["used"]
    return left


def _is_right(challenge: OtpChallenge, code: str) -> bool:
    return hmac.compare_digest(_hash(challenge, code), challenge.code_hash)


def _hash(challenge: OtpChallenge, code: str) -> str:
    text = f"{challenge.pk}|{challenge.phone}|{code}"
    return hmac.new(settings.OTP_PEPPER.encode(), text.encode(), hashlib.sha256).hexdigest()
