"""Reads that feed the pages which mix apps. Each page costs at most eight queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from curriculum.models import Subject
from marketplace.models import Enquiry, Lead, Review, Side, TutoringSession
from payments.services import credits, earnings, rates, splits, wallets
from students.models import Learner
from tutorhub.core import clock, money
from tutorhub.core.templatetags.tutorhub import ist, ist_time
from tutors.models import TutorProfile
from tutors.queries import missing
from tutors.queries.profiles import MISSING

Status = TutoringSession.Status

# Cities whose pages the home page leads to, by their slugs in `core.cities`.
CITIES = (
    ("Bengaluru", "bengaluru"),
    ("Mumbai", "mumbai"),
    ("Delhi", "delhi"),
    ("Hyderabad", "hyderabad"),
    ("Chennai", "chennai"),
    ("Pune", "pune"),
    ("Kolkata", "kolkata"),
    ("Ahmedabad", "ahmedabad"),
)
EXAMPLE_PAISE = 650_00
RECENT = 5


@dataclass(frozen=True)
class Task:
    """One thing that somebody should do next. `code` are digits to hand over."""

    title: str
    text: str
    url: str
    action: str
    code: str = ""


@dataclass
class FamilyPage:
    wallet_paise: int = 0
    tasks: list[Task] = field(default_factory=list)
    learners: list[Learner] = field(default_factory=list)
    enquiries: list[Enquiry] = field(default_factory=list)
    upcoming: list[TutoringSession] = field(default_factory=list)
    recent: list[TutoringSession] = field(default_factory=list)


@dataclass
class TutorPage:
    profile: TutorProfile | None
    missing: list[str] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    leads: list[Lead] = field(default_factory=list)
    upcoming: list[TutoringSession] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    credits: int = 0
    withdrawable_paise: int = 0
    waiting_paise: int = 0
    held_paise: int = 0


def home() -> dict[str, Any]:
    """Links into the search, and the sum of one class as an example."""
    in_force = rates.in_force(clock.today())
    parts = splits.split(
        gross_paise=EXAMPLE_PAISE,
        commission_bps=in_force["commission_session"].bps,
        gst_bps=in_force["gst"].bps,
        is_same_state=False,
        tds_bps=0,
    )
    rate = money.percent(parts.commission_bps)
    return {
        "search_url": reverse("tutors:tutor-search"),
        "tutor_signin_url": reverse("accounts:signin") + "?role=tutor",
        "cities": CITIES,
        "subjects": Subject.objects.all()[:12],
        "example": [
            (_("You pay"), EXAMPLE_PAISE),
            (_("Commission %(rate)s") % {"rate": rate}, -parts.commission),
            (_("GST on the commission"), -parts.gst),
            (_("The tutor receives"), parts.net, True),
        ],
    }


def family(user: User) -> FamilyPage:
    """What a family has to do next, and what is going on."""
    page = FamilyPage(learners=list(Learner.objects.of(user).select_related("board", "place")))
    page.wallet_paise = wallets.balance(user).total_paise
    page.enquiries = list(_open_enquiries(user))
    sessions = list(_live_sessions(user))
    page.upcoming = sorted(
        (s for s in sessions if s.status in (Status.SCHEDULED, Status.IN_PROGRESS)),
        key=lambda session: session.start_at,
    )
    page.recent = [s for s in sessions if s.status in (Status.COMPLETED, Status.RELEASED)][:RECENT]
    page.tasks = [
        *(_class_now(session) for session in page.upcoming if _is_today(session)),
        *(_to_confirm(s) for s in sessions if s.status == Status.COMPLETED),
        *_to_pay(sessions),
        *(_to_rate(session) for session in sessions if _is_unrated(session)),
    ]
    if not page.tasks and not (page.enquiries or page.upcoming):
        page.tasks = [_to_begin(has_learner=bool(page.learners))]
    return page


def tutor(user: User) -> TutorPage:
    """What a tutor has to do next, new leads, today's classes and the money."""
    profile = TutorProfile.objects.of(user).select_related("user").first()
    if profile is None:
        return TutorPage(profile=None)
    summary = earnings.summary(user)
    sessions = list(_live_sessions(user))
    page = TutorPage(
        profile=profile,
        leads=list(Lead.objects.of(user).waiting().with_details()[:RECENT]),
        upcoming=sorted(
            (s for s in sessions if s.status in (Status.SCHEDULED, Status.IN_PROGRESS)),
            key=lambda session: session.start_at,
        ),
        reviews=list(Review.objects.shown().about_tutors().filter(tutor=profile)[:3]),
        credits=credits.balance(user),
        withdrawable_paise=summary.withdrawable_paise,
        waiting_paise=summary.available_paise - summary.withdrawable_paise,
        held_paise=summary.held_paise,
    )
    page.tasks = [_class_to_teach(session) for session in page.upcoming if _is_today(session)]
    if not profile.is_approved:
        page.missing = [str(MISSING[code]) for code in missing(profile)]
    return page


def _open_enquiries(user: User) -> Iterable[Enquiry]:
    offers = Count("sessions", filter=Q(sessions__status=Status.PENDING_PAYMENT))
    return (
        Enquiry.objects.of(user)
        .filter(status__in=Enquiry.ANSWERABLE)
        .select_related("learner", "subject")
        .annotate(offers=offers)[:10]
    )


def _live_sessions(user: User) -> Iterable[TutoringSession]:
    """Sessions that still ask something of somebody, and those of the last weeks."""
    now = clock.now()
    reviewed = Review.objects.filter(session=OuterRef("pk"), side=Side.FAMILY)
    return (
        TutoringSession.objects.visible_to(user)
        .filter(
            Q(status=Status.PENDING_PAYMENT, pay_by__gt=now)
            | Q(status__in=[Status.SCHEDULED, Status.IN_PROGRESS, Status.COMPLETED])
            | Q(status=Status.RELEASED, released_at__gt=now - settings.REVIEW_WINDOW)
        )
        .select_related("subject", "tutor__user", "learner")
        .annotate(is_reviewed=Exists(reviewed))
        .order_by("-start_at")[:50]
    )


def _is_unrated(session: TutoringSession) -> bool:
    return session.status == Status.RELEASED and not getattr(session, "is_reviewed", False)


def _is_today(session: TutoringSession) -> bool:
    return session.status == Status.IN_PROGRESS or (
        session.start_at.astimezone(clock.IST).date() == clock.today()
        or session.start_at < clock.now() + timedelta(hours=12)
    )


def _what(session: TutoringSession) -> dict[str, Any]:
    return {
        "subject": session.subject,
        "tutor": session.tutor.user.name,
        "learner": session.learner.first_name,
        "time": ist_time(session.start_at),
    }


def _session_url(session: TutoringSession) -> str:
    return reverse("marketplace:session-detail", args=[session.pk])


def _class_now(session: TutoringSession) -> Task:
    words = _what(session)
    if session.status == Status.IN_PROGRESS:
        title, code = _("%(subject)s with %(tutor)s is going on") % words, session.end_code
        text = _("Give the end code when the class is over.")
    else:
        title, code = _("%(subject)s with %(tutor)s at %(time)s") % words, session.start_code
        text = _("Give the start code when the class begins.")
    if not session.is_at_home:
        text, code = _("The class is online."), ""
    return Task(title, text, _session_url(session), _("Open the class"), code)


def _to_confirm(session: TutoringSession) -> Task:
    words = _what(session)
    return Task(
        _("Did %(subject)s with %(tutor)s take place?") % words,
        _("Your yes passes the money on. Without it that happens on %(when)s.")
        % {"when": ist(session.release_due_at)},
        _session_url(session),
        _("Confirm the class"),
    )


def _to_pay(sessions: list[TutoringSession]) -> Iterable[Task]:
    """One task for each enquiry with open offers."""
    offers: dict[Any, list[TutoringSession]] = {}
    for session in sessions:
        if session.status == Status.PENDING_PAYMENT:
            offers.setdefault(session.enquiry_id or session.pk, []).append(session)
    for group in offers.values():
        first = min(group, key=lambda session: session.pay_by)
        words = {**_what(first), "n": len(group)}
        yield Task(
            ngettext(
                "A tutor has answered for %(subject)s",
                "%(n)d tutors have answered for %(subject)s",
                len(group),
            )
            % words,
            _("For %(learner)s. Choose and pay by %(when)s.")
            % {**words, "when": ist(first.pay_by)},
            reverse("marketplace:enquiry-detail", args=[first.enquiry_id])
            if first.enquiry_id
            else _session_url(first),
            _("Compare the offers") if len(group) > 1 else _("See the offer"),
        )


def _to_rate(session: TutoringSession) -> Task:
    return Task(
        _("How was %(subject)s with %(tutor)s?") % _what(session),
        _("A few words help the next family."),
        _session_url(session),
        _("Rate the class"),
    )


def _to_begin(*, has_learner: bool) -> Task:
    if not has_learner:
        return Task(
            _("Who is learning?"),
            _("Tell us the class, board and subjects, and we find tutors who fit."),
            reverse("students:learner-new"),
            _("Add a learner"),
        )
    return Task(
        _("Ask for a tutor"),
        _("Say what you need. Up to three tutors answer with a time and a price."),
        reverse("marketplace:enquiry-new"),
        _("Ask tutors"),
    )


def _class_to_teach(session: TutoringSession) -> Task:
    words = _what(session)
    if session.status == Status.IN_PROGRESS:
        title = _("%(subject)s with %(learner)s is going on") % words
        return Task(
            title, _("End it when you are done."), _session_url(session), _("End the class")
        )
    title = _("%(subject)s with %(learner)s at %(time)s") % words
    text = _("Ask for the start code at the door.") if session.is_at_home else _("Online.")
    return Task(title, text, _session_url(session), _("Open the class"))
