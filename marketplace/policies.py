"""Who may do what with an enquiry, a lead or a session, and when. Each check raises its reason."""

import re
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from marketplace.models import Enquiry, Lead, Review, Side, TutoringSession
from tutorhub.core import clock
from tutorhub.core.errors import Conflict, DomainError, NotAllowed
from tutorhub.core.rules import allows
from tutors.models import TutorProfile

Status = TutoringSession.Status

POLICY_VERSION = "2026-11-01"
SHORTEST = 30
LONGEST = 240
FARTHEST = timedelta(days=90)
LOWEST_RATE_PAISE = 50_00
RATE_OVER_BUDGET = 2
CODE_TRIES = 10
# Initials and the like stay: hiding them would eat ordinary words.
SHORT_WORD = 2

# Long runs of digits and e-mail addresses, which people slip into free text.
CONTACT = re.compile(r"\+?\d(?:[\s().-]?\d){7,}|[\w.+-]+@[\w-]+\.\w[\w.]*")


class TutorNotListed(NotAllowed):
    code = "tutor_not_approved"
    message = _("Your profile has to be approved before you can answer enquiries.")


class IdentityLapsed(NotAllowed):
    code = "identity_lapsed"
    message = _("Your proof of identity has lapsed. Upload a new one to answer enquiries.")


class LeadTaken(Conflict):
    code = "lead_taken"
    message = _("Other tutors were faster: this enquiry has all the answers it may get.")


class LeadAnswered(Conflict):
    code = "lead_answered"
    message = _("You have answered this enquiry already, or it has expired.")


class EnquiryOver(Conflict):
    code = "enquiry_over"
    message = _("The family is not looking any more.")


class OfferOutOfBounds(DomainError):
    code = "offer_invalid"


class OfferOver(Conflict):
    code = "offer_over"
    message = _("This offer is no longer open.")


class TooEarly(DomainError):
    code = "too_early"
    message = _("It is too early to start this class.")


class CancellationUnavailable(DomainError):
    code = "cancellation_not_available"
    message = _("A paid class cannot be cancelled here yet. Please write to us.")


class WrongMoment(Conflict):
    code = "wrong_status"
    message = _("This is not possible at this point of the class.")


class ReviewRefused(DomainError):
    code = "review_not_allowed"
    message = _("A class can be rated once the money is passed on, within 14 days.")


class AlreadyReviewed(Conflict):
    code = "already_reviewed"
    message = _("You have rated this class already.")


def policy_in_force() -> dict[str, Any]:
    """The rules that a booking made now is judged by, copied onto it."""
    return {
        "version": POLICY_VERSION,
        "cancel_free_hours": 12,
        "cancel_half_hours": 2,
        "cancel_half_bps": 5000,
        "no_show_wait_min": 15,
        "release_after_hours": int(settings.RELEASE_AFTER.total_seconds() // 3600),
        "release_after_first_hours": int(settings.RELEASE_AFTER_FIRST.total_seconds() // 3600),
        "review_days": settings.REVIEW_WINDOW.days,
    }


class NotForStaff(NotAllowed):
    code = "staff_only"
    message = _("Only staff decide about bad leads.")


def pay_deadline(start_at: datetime) -> datetime:
    """Until when an offer made now waits for payment."""
    now = clock.now()
    usual = min(now + settings.PAY_WINDOW_LEAD, start_at - settings.PAY_WINDOW_BEFORE_START)
    return min(max(usual, now + settings.PAY_WINDOW_MINIMUM), start_at)


def hide_contacts(text: str) -> str:
    """The text without phone numbers and e-mail addresses, which a first booking opens."""
    return CONTACT.sub("•••", text)


def check_can_give_evidence(session: TutoringSession, by: User) -> None:
    """The tutor of the class may say what happened in it, where the family's bank asks.

    A suspended one too: their money is at stake, and whoever decides has to have heard them.
    """
    if session.tutor.user_id != by.pk:
        raise NotAllowed


def hide_name(text: str, name: str) -> str:
    """The text without the words of a child's name, which tutors see with a first booking."""
    words = [re.escape(word) for word in name.split() if len(word) > SHORT_WORD]
    if not words:
        return text
    return re.sub(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", "•••", text, flags=re.IGNORECASE)


def check_can_judge(by: User) -> None:
    """Whether a lead was a bad one; moderators decide, because they hear of dead numbers."""
    if not (by.is_active and by.is_staff and by.has_perm("marketplace.judge_lead")):
        raise NotForStaff


def check_can_moderate(by: User) -> None:
    """Whether somebody may take down what was written about a class."""
    if not (by.is_active and by.is_staff and by.has_perm("marketplace.moderate_review")):
        raise NotAllowed(_("Only moderators take reviews down."), code="moderators_only")


def check_can_answer(lead: Lead, enquiry: Enquiry, tutor: TutorProfile) -> None:
    if tutor.status != TutorProfile.Status.APPROVED:
        raise TutorNotListed
    if tutor.is_lapsed:
        raise IdentityLapsed
    is_over = not enquiry.is_answerable or enquiry.expires_at <= clock.now()
    # The end of an enquiry makes its open leads expire: then it is the enquiry that is over.
    if is_over and lead.status in (*Lead.WAITING, Lead.Status.EXPIRED):
        raise EnquiryOver
    if not lead.is_waiting:
        raise LeadAnswered


def check_has_place(enquiry: Enquiry) -> None:
    """Raise LeadTaken where as many tutors have accepted as may. Needs the enquiry's lock."""
    if enquiry.leads.accepted().count() >= settings.LEAD_MAX_ACCEPTS:
        raise LeadTaken


def check_offer(enquiry: Enquiry, start_at: datetime, minutes: int, rate_paise: int) -> None:
    """Raise OfferOutOfBounds where time, length or price make no sense."""
    now = clock.now()
    if not now < start_at <= now + FARTHEST:
        raise OfferOutOfBounds(_("The class has to start in the next 90 days."))
    if not SHORTEST <= minutes <= LONGEST:
        raise OfferOutOfBounds(_("A class takes 30 minutes to 4 hours."))
    if rate_paise < LOWEST_RATE_PAISE:
        raise OfferOutOfBounds(_("The lowest price is ₹ 50 an hour."))
    if rate_paise > RATE_OVER_BUDGET * max(enquiry.budget_max_paise, LOWEST_RATE_PAISE):
        raise OfferOutOfBounds(_("This is more than twice what the family wants to pay."))


def check_can_pay(session: TutoringSession) -> None:
    if session.status != Status.PENDING_PAYMENT or session.pay_by <= clock.now():
        raise OfferOver


def check_can_cancel(session: TutoringSession) -> None:
    if session.is_paid:
        raise CancellationUnavailable
    if session.status != Status.PENDING_PAYMENT:
        raise OfferOver


def check_can_start(session: TutoringSession) -> None:
    if session.status != Status.SCHEDULED:
        raise WrongMoment
    if clock.now() < session.start_at - settings.START_EARLIEST:
        raise TooEarly


def check_can_complete(session: TutoringSession) -> None:
    if session.status != Status.IN_PROGRESS:
        raise WrongMoment


def check_can_confirm(session: TutoringSession) -> None:
    if session.status != Status.COMPLETED:
        raise WrongMoment


def check_reviewable(session: TutoringSession) -> None:
    if session.status != Status.RELEASED or session.released_at is None:
        raise ReviewRefused
    if clock.now() > session.released_at + settings.REVIEW_WINDOW:
        raise ReviewRefused


def check_can_review(session: TutoringSession, by: User) -> None:
    check_reviewable(session)
    if Review.objects.filter(session=session, side=Side.of(by)).exists():
        raise AlreadyReviewed


def actions(session: TutoringSession, by: User, *, has_reviewed: bool) -> list[str]:
    """What this side of a session may do now, by the name of the operation."""
    if not by.is_family and session.tutor.is_suspended:
        return []
    of_family = [("pay", check_can_pay), ("confirm", check_can_confirm)]
    of_tutor = [("start", check_can_start), ("complete", check_can_complete)]
    known = [*(of_family if by.is_family else of_tutor), ("cancel", check_can_cancel)]
    if not has_reviewed:
        known.append(("review", check_reviewable))
    return [name for name, check in known if allows(check, session)]
