"""Proving that a guardian's number is in the hands of who agrees: a code goes there and comes back.

The codes count in the limits and the budget of all codes, and are kept apart from those that sign
somebody in: neither can be used as the other, and guessing here locks nobody out there.
"""

import hashlib
import hmac
import secrets
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from accounts import messages, phones
from accounts.clients import Client
from accounts.models import LoginAttempt, OtpChallenge, User
from accounts.services import attempts, locks, send_limits
from accounts.services.signin import CodeRefused, CodeSent
from tutorhub.core import clock


@transaction.atomic
def send(*, phone: str, subject_id: UUID, by: User, client: Client, language: str) -> CodeSent:
    """Send a code about `subject_id` to `phone`, whoever's it is: no account is looked up.

    Over the day's budget the answer is the same and nothing is sent. Raises SentTooOften or
    phones.NotAnIndianMobile.
    """
    phone = phones.parse(phone)
    resend_after = send_limits.take(phone, client.network)
    is_paid = send_limits.spend()
    code = f"{secrets.randbelow(10**6):06d}"
    challenge = OtpChallenge(
        phone=phone,
        network=client.network,
        subject_id=subject_id,
        is_bound=True,
        is_sent=is_paid,
        expires_at=clock.now() + settings.OTP_LIFE,
    )
    challenge.code_hash = _hash(challenge, code)
    challenge.save(force_insert=True)
    if is_paid:
        messages.guardian_code(phone=phone, code=code, language=language)
    attempts.note(
        LoginAttempt.Kind.CODE_REQUEST,
        client=client,
        phone=phone,
        user=by,
        reason="" if is_paid else "over_budget",
    )
    return CodeSent(challenge.pk, resend_after, int(settings.OTP_LIFE.total_seconds()))


def check(*, phone: str, subject_id: UUID, code: str) -> None:
    """Use up the code that was sent about `subject_id`. Raises CodeRefused.

    A guess is counted before it is compared and stays counted, so call it outside the transaction
    of what follows.
    """
    if not _answer(phone, subject_id, "".join(code.split())):
        raise CodeRefused


@transaction.atomic
def _answer(phone: str, subject_id: UUID, code: str) -> bool:
    locks.hold("phone", phone)
    live = OtpChallenge.objects.locked().of(phone).live().filter(subject_id=subject_id)
    for challenge in live.filter(attempts__lt=settings.OTP_GUESSES):
        OtpChallenge.objects.filter(pk=challenge.pk).update(attempts=F("attempts") + 1)
        if hmac.compare_digest(_hash(challenge, code), challenge.code_hash):
            challenge.used_at = clock.now()
            challenge.save(update_fields=["used_at"])
            return True
    return False


def _hash(challenge: OtpChallenge, code: str) -> str:
    text = f"guardian|{challenge.subject_id}|{challenge.pk}|{challenge.phone}|{code}"
    return hmac.new(settings.OTP_PEPPER.encode(), text.encode(), hashlib.sha256).hexdigest()
