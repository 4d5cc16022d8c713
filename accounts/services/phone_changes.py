"""A new phone number: a code to the old one (the step-up), then a code to the new one."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import messages, phones, policies
from accounts.clients import Client
from accounts.models import LoginAttempt, OtpChallenge, User
from accounts.services import attempts, codes, former_addresses, locks, sign_ins, stepup
from tutorhub.core import audit, clock
from tutorhub.core.errors import Conflict, DomainError, TooMany

PURPOSE = OtpChallenge.Purpose.NEW_PHONE


class PhoneTaken(Conflict):
    """Said only to who has proved to hold the number."""

    code = "phone_taken"
    message = gettext_lazy("This number belongs to another account. Sign in with it instead.")


@transaction.atomic
def request(user: User, sign_in_id: UUID | None, *, phone: str, client: Client) -> codes.CodeSent:
    """Send a code to the new number, whoever's it is; the old one was proved by a step-up.

    Raises DeviceTooNew, ProofDue, StepUpNeeded, phones.NotAnIndianMobile, SentTooOften, TooMany.
    """
    policies.check_device_is_settled(user, sign_in_id, "contact")
    stepup.check_enough(user, sign_in_id)
    phone = phones.parse(phone)
    locks.hold("phone", phone)
    # Two at once from one sign-in must not both find the day's last one free.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    _check_not_too_often(sign_in_id)
    ask = codes.Ask(phone=phone, purpose=PURPOSE, client=client, holder=str(sign_in_id))
    return codes.send(
        ask, lambda code: messages.new_phone_code(phone, code, language=user.language)
    )


def waiting(sign_in_id: UUID | None) -> str:
    """The number that this sign-in has a live code for, or nothing."""
    live = OtpChallenge.objects.live().filter(purpose=PURPOSE, holder=str(sign_in_id))
    newest = live.order_by("-created_at").first()
    return newest.phone if newest else ""


def confirm(user: User, sign_in_id: UUID | None, *, code: str, client: Client) -> User:
    """Take the new number and sign everybody else out.

    The code is one that only this sign-in can answer and that it got after a step-up. Raises
    CodeRefused, GuessedTooOften, PhoneTaken.
    """
    phone = waiting(sign_in_id)
    if not phone:
        raise codes.CodeRefused
    outcome = _confirm(user, sign_in_id, phone, code, client)
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome


@transaction.atomic
def _confirm(
    user: User, sign_in_id: UUID | None, phone: str, code: str, client: Client
) -> User | DomainError:
    """Returns the error instead of raising it, so that the count of guesses and the log stay."""
    found = codes.enter(phone, code, purpose=PURPOSE, holder=str(sign_in_id))
    outcome = found if isinstance(found, DomainError) else _take(user, sign_in_id, phone)
    attempts.note(
        LoginAttempt.Kind.NEW_PHONE,
        client=client,
        phone=phone,
        user=user,
        reason=outcome.code if isinstance(outcome, DomainError) else "",
    )
    return outcome


def _take(user: User, sign_in_id: UUID | None, phone: str) -> User | DomainError:
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if User.objects.filter(phone=phone).exclude(pk=user.pk).exists():
        return PhoneTaken()
    old = user.phone or ""
    user.phone = phone
    user.save(update_fields=["phone"])
    former_addresses.note(user, old)
    sign_ins.sign_out_others(user, sign_in_id)
    audit.record("user.phone_changed", user, by=user)
    messages.phone_changed(user, old=old)
    return user


def _check_not_too_often(sign_in_id: UUID | None) -> None:
    since = clock.now() - timedelta(days=1)
    asked = OtpChallenge.objects.filter(
        purpose=PURPOSE, holder=str(sign_in_id), created_at__gt=since
    )
    if asked.count() >= settings.OTP_NEW_PHONES_PER_DAY:
        raise TooMany(_("That is enough for one day. Try again tomorrow."), retry_after=86400)
