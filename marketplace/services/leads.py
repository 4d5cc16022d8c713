"""What a tutor does with a lead: look, accept, decline."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts.models import User
from marketplace import messages, policies
from marketplace.models import Enquiry, Lead, Mode, SessionEvent, TutoringSession
from marketplace.queries import reputation
from marketplace.services import bookings
from payments.services import credits as lead_credits
from students.models import Learner
from students.policies import ConsentMissing, check_consent
from tutorhub.core import audit, clock, money, outbox
from tutors.models import TutorProfile
from tutors.services import stats

REFUND_JOB = "marketplace.refund_lead"


@transaction.atomic
def view(lead: Lead, *, by: User) -> Lead:
    """Note that the tutor has seen the lead. Seeing it again changes nothing."""
    if lead.status != Lead.Status.NEW:
        return lead
    locked = Lead.objects.locked().get(pk=lead.pk)
    if locked.status == Lead.Status.NEW:
        locked.move_to(Lead.Status.VIEWED, viewed_at=clock.now())
    lead.status, lead.viewed_at = locked.status, locked.viewed_at
    return lead


@transaction.atomic
def accept(
    lead: Lead,
    *,
    by: User,
    start_at: datetime,
    duration_min: int,
    rate_paise: int,
    message: str = "",
    mode: str = "",
) -> TutoringSession:
    """Answer with an offer: one credit, and a session that waits for the family's payment.

    `rate_paise` is per hour. Raises policies.TutorNotListed, LeadAnswered, EnquiryOver, LeadTaken
    or OfferOutOfBounds, bookings.SlotTaken, and payments' OutOfCredits; then nothing is claimed.
    """
    enquiry, lead, tutor = _locked(lead)
    policies.check_can_answer(lead, enquiry, tutor)
    policies.check_has_place(enquiry)
    policies.check_offer(enquiry, start_at, duration_min, rate_paise)
    _check_may_meet(enquiry)
    now = clock.now()
    lead.move_to(Lead.Status.ACCEPTED, viewed_at=lead.viewed_at or now, answered_at=now)
    _keep_response_time(tutor)
    session = bookings.hold(
        TutoringSession(
            tutor=tutor,
            learner=enquiry.learner,
            enquiry=enquiry,
            lead=lead,
            subject=enquiry.subject,
            mode=_mode(enquiry, mode),
            start_at=start_at,
            end_at=start_at + timedelta(minutes=duration_min),
            rate_paise=rate_paise,
            price_paise=money.for_duration(rate_paise, duration_min),
            message=policies.hide_contacts(message),
        )
    )
    lead_credits.claim(tutor=by, lead_id=lead.pk)
    if _answered_before(lead, enquiry, now):
        give_back(lead, why="duplicate")
    if enquiry.status == Enquiry.Status.OPEN:
        enquiry.move_to(Enquiry.Status.MATCHED)
    SessionEvent.objects.create(session=session, kind=SessionEvent.Kind.OFFERED, by=by)
    audit.record("lead.accepted", lead, by=by, session=str(session.pk))
    messages.offer_made(session)
    return session


@transaction.atomic
def decline(lead: Lead, *, by: User, reason: str = "") -> Lead:
    """Say no; it costs nothing. Raises policies.LeadAnswered."""
    _enquiry, lead, tutor = _locked(lead)
    if not lead.is_waiting:
        raise policies.LeadAnswered
    now = clock.now()
    lead.move_to(
        Lead.Status.DECLINED,
        viewed_at=lead.viewed_at or now,
        answered_at=now,
        decline_reason=reason,
    )
    _keep_response_time(tutor)
    audit.record("lead.declined", lead, by=by)
    return lead


def queue_refunds() -> int:
    """Ask for the credit back of each answer that no family has read in 72 hours."""
    unread = Lead.objects.filter(
        status=Lead.Status.ACCEPTED,
        opened_by_family_at__isnull=True,
        answered_at__lte=clock.now() - settings.LEAD_REFUND_UNOPENED,
    ).values_list("pk", flat=True)
    for pk in unread:
        outbox.later(REFUND_JOB, {"lead": pk}, key=f"{REFUND_JOB}:{pk}")
    return len(unread)


@transaction.atomic
def refund_unread(lead_id: UUID) -> None:
    """Give the credit back if the family still has not read the answer."""
    lead = Lead.objects.locked().select_related("tutor__user").get(pk=lead_id)
    if lead.status == Lead.Status.ACCEPTED and lead.opened_by_family_at is None:
        give_back(lead)


def locked_unopened(enquiry: Enquiry) -> list[Lead]:
    return list(
        Lead.objects.locked()
        .select_related("tutor__user")
        .filter(enquiry=enquiry, status=Lead.Status.ACCEPTED, opened_by_family_at__isnull=True)
    )


@transaction.atomic
def report_dead_number(lead: Lead, *, by: User) -> Lead:
    """Give the credit back because staff found that the family's number is dead, once.

    Raises policies.NotForStaff, or InvalidTransition for a lead that was not answered.
    """
    policies.check_can_judge(by)
    lead = Lead.objects.locked().select_related("tutor__user").get(pk=lead.pk)
    if lead.status != Lead.Status.REFUNDED:
        give_back(lead, why="dead", by=by)
    return lead


def give_back(lead: Lead, *, why: str = "unread", by: User | None = None) -> None:
    """Return the credit of a locked lead and tell the tutor.

    `why` is unread, duplicate (of an enquiry this tutor paid for within 30 days) or dead (number).
    """
    lead.move_to(Lead.Status.REFUNDED)
    lead_credits.refund(tutor=lead.tutor.user, lead_id=lead.pk, by=by)
    audit.record("lead.refunded", lead, by=by, why=why)
    messages.lead_refunded(lead, why)


def _locked(lead: Lead) -> tuple[Enquiry, Lead, TutorProfile]:
    """Enquiry, lead and tutor, locked in this order; the tutor's lock orders their offers."""
    enquiry = (
        Enquiry.objects.locked()
        .select_related("learner__family", "subject", "place")
        .get(pk=lead.enquiry_id)
    )
    lead = Lead.objects.locked().get(pk=lead.pk)
    tutor = TutorProfile.objects.locked().select_related("user").get(pk=lead.tutor_id)
    return enquiry, lead, tutor


def _keep_response_time(tutor: TutorProfile) -> None:
    """Tell the profile how long the tutor usually takes, once there are enough answers."""
    minutes = reputation.usual_response(tutor.pk)
    if minutes is not None:
        stats.set_response(tutor, minutes)


def _check_may_meet(enquiry: Enquiry) -> None:
    """Raise EnquiryOver without the guardian's consent: why is not the tutor's business."""
    learner = Learner.objects.locked().get(pk=enquiry.learner_id)
    try:
        check_consent(learner, "leads.accept")
    except ConsentMissing as error:
        raise policies.EnquiryOver from error


def _answered_before(lead: Lead, enquiry: Enquiry, now: datetime) -> bool:
    """Whether this tutor lately paid for another enquiry about the same child and subject."""
    return (
        Lead.objects.filter(
            tutor_id=lead.tutor_id,
            enquiry__learner=enquiry.learner_id,
            enquiry__subject=enquiry.subject_id,
            status=Lead.Status.ACCEPTED,
            answered_at__gt=now - settings.LEAD_REFUND_DUPLICATE,
        )
        .exclude(pk=lead.pk)
        .exists()
    )


def _mode(enquiry: Enquiry, wanted: str) -> str:
    if enquiry.mode != Mode.EITHER:
        return enquiry.mode
    return Mode.HOME if wanted == Mode.HOME else Mode.ONLINE
