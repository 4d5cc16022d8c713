"""What may be done with a learner and a family, by whom, and with which consent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import Consent, User
from accounts.services import consents, notices
from students.models import FamilyMember, Learner
from tutorhub.core import clock
from tutorhub.core.errors import DomainError, NotAllowed

Purpose = Consent.Purpose


class ConsentMissing(DomainError):
    code = "consent_required"
    message = _("A parent or guardian has to agree before we keep anything about a child.")


class ConsentOutdated(DomainError):
    code = "consent_outdated"
    message = _("Our notice about children has changed. Please read it and agree first.")


class GuardianUnproved(DomainError):
    code = "guardian_unproved"
    message = _("Please enter the code that we send to the guardian's number first.")


class OnlyHolder(NotAllowed):
    code = "holder_only"
    message = _("Only the guardian who made this family may do that.")


class NotYourConsent(NotAllowed):
    code = "not_your_consent"
    message = _("The other guardian gave this consent and alone may withdraw it.")


@dataclass(frozen=True)
class Need:
    """The consent an action needs. One that begins something new needs it on the notice in force,
    and from a guardian whose number was proved in time."""

    purpose: str
    is_new: bool = True


NEEDS = {
    "enquiries.ask": Need(Purpose.LEARNER_PROFILE),
    "leads.accept": Need(Purpose.CLASSES, is_new=False),
    "bookings.start_payment": Need(Purpose.CLASSES),
    # The money is there already; what was agreed to when it was asked for is enough.
    "bookings.order_paid": Need(Purpose.CLASSES, is_new=False),
    "sessions.start": Need(Purpose.CLASSES, is_new=False),
}
"""Which action of a service needs consent to which purpose. Each asks `check_consent` by its name,
and what it writes is checked again by PostgreSQL (`session_needs_consent` and its like)."""


def check_consent(learner: Learner, action: str) -> None:
    """Raise ConsentMissing, ConsentOutdated or GuardianUnproved where `action` may not be done.

    Needs the learner's lock: a withdrawal takes the same.
    """
    need = NEEDS[action]
    consent = consents.live(learner.pk).get(need.purpose)
    if consent is None or not learner.has_live_consent:
        raise ConsentMissing(_("This needs the consent of a parent or guardian."))
    if not need.is_new:
        return
    if not notices.is_current(consent):
        raise ConsentOutdated
    due = prove_by(consent)
    if due is not None and due <= clock.now():
        raise GuardianUnproved


def prove_by(consent: Consent) -> datetime | None:
    """Until when a guardian's number may stay unproved; None once it is proved."""
    if consent.is_proved:
        return None
    return consents.asked_to_prove_at(consent) + settings.GUARDIAN_PROOF_WITHIN


def check_is_holder(member: FamilyMember | None) -> None:
    if member is None or not member.is_holder:
        raise OnlyHolder


def check_can_withdraw(rows: Iterable[Consent], member: FamilyMember, by: User) -> None:
    """The holder may withdraw any consent of the family, the second guardian their own."""
    if not member.is_holder and any(row.given_by_id != by.pk for row in rows):
        raise NotYourConsent
