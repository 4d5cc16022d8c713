"""Proving that a guardian's number is in the hands of who agrees: a code goes there and comes back.

The codes count in the limits and the budget of all codes. They sign nobody in, and guessing at them
uses up no guesses of those that do.
"""

from uuid import UUID

from django.db import transaction

from accounts import messages, phones
from accounts.clients import Client
from accounts.models import OtpChallenge
from accounts.services import codes
from tutorhub.core.errors import DomainError

PURPOSE = OtpChallenge.Purpose.GUARDIAN


@transaction.atomic
def send(*, phone: str, subject_id: UUID, client: Client, language: str) -> codes.CodeSent:
    """Send a code about `subject_id` to `phone`, whoever's it is: no account is looked up.

    Raises SentTooOften or phones.NotAnIndianMobile.
    """
    phone = phones.parse(phone)
    ask = codes.Ask(phone=phone, purpose=PURPOSE, client=client, holder=str(subject_id))
    return codes.send(
        ask, lambda code: messages.guardian_code(phone=phone, code=code, language=language)
    )


def check(*, phone: str, subject_id: UUID, code: str) -> None:
    """Use up the code that was sent about `subject_id`. Raises CodeRefused, GuessedTooOften.

    A guess is counted before it is compared and stays counted, so call it outside the transaction
    of what follows.
    """
    found = _answer(phone, subject_id, "".join(code.split()))
    if isinstance(found, DomainError):
        raise found


@transaction.atomic
def _answer(phone: str, subject_id: UUID, code: str) -> OtpChallenge | DomainError:
    """Returns the error instead of raising it, so that the count of guesses stays."""
    return codes.enter(phone, code, purpose=PURPOSE, holder=str(subject_id))
