"""What pages and API show of enquiries and sessions, put together for one reader."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Role, User
from marketplace.models import (
    Enquiry,
    Lead,
    Mode,
    Review,
    SessionEvent,
    Side,
    TutoringSession,
)
from notifications.queries import count_about
from payments.models import GatewayDispute, PaymentOrder
from payments.queries import chargebacks
from payments.queries.chargebacks import Chargeback
from payments.services import earnings
from payments.services.splits import Breakdown
from students.models import Learner
from tutorhub.core import clock
from tutorhub.core.money import percent, rupees
from tutorhub.core.templatetags.tutorhub import ist_range
from tutors.models import Offering

Status = TutoringSession.Status

# The order in which a family wants its sessions: what needs it first.
TO_COME = (Status.PENDING_PAYMENT, Status.SCHEDULED, Status.IN_PROGRESS, Status.COMPLETED)

HOW_WE_KNOW = (
    "TutorHub wrote each line at the moment it happened. Both sides sign in with a one-time code"
    " sent to their own phone. For a class at home the payer's phone shows one code at the start"
    " and another at the end, which the tutor can know from the payer only. After the class the"
    " payer can confirm it or object to it; without a word the money is passed on."
)

MoneyRow = tuple[str, int, bool]
"""Label, paise, and whether it is the total."""


class Link(StrEnum):
    """What a tutor is to a child: only a live link opens more than a first name."""

    NONE = "none"
    LINKED = "linked"
    WAS_LINKED = "was_linked"


@dataclass(frozen=True)
class Child:
    """A learner as one reader may see it; what the reader may not see is empty."""

    name: str
    grade: int | None
    area: str
    link: Link


@dataclass(frozen=True)
class Contact:
    """How the two sides of a paid class reach each other."""

    name: str
    phone: str


@dataclass(frozen=True)
class Step:
    """One line of "What happens next": `state` is done, now, failed or empty."""

    state: str
    title: str
    text: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class SessionPage:
    """A session as one reader sees it. The money is the same for every reader."""

    session: TutoringSession
    reader: User
    money: Breakdown
    is_booked: bool
    events: list[SessionEvent]
    reviews: list[Review]
    chargebacks: list[Chargeback]

    @property
    def is_family(self) -> bool:
        return self.reader.is_family

    @property
    def start_code(self) -> str:
        return self.session.start_code if self._shows_codes else ""

    @property
    def end_code(self) -> str:
        return self.session.end_code if self._shows_codes else ""

    @property
    def contact(self) -> Contact | None:
        """The other side's name and number once the class is paid; none for a suspended tutor.

        A tutor sees it as long as the link to the child lives.
        """
        if not self.session.is_paid:
            return None
        if not self.is_family and self.session.tutor.is_suspended:
            return None
        if self.is_family:
            return Contact(self.session.tutor.name, self.session.tutor.user.phone or "")
        if self.child.link != Link.LINKED:
            return None
        guardian = self.session.learner.guardian
        return Contact(guardian.name, guardian.phone)

    @cached_property
    def child(self) -> Child:
        return child_of(self.session, self.reader)

    @property
    def own_review(self) -> Review | None:
        side = Side.of(self.reader)
        return next((review for review in self.reviews if review.side == side), None)

    @property
    def shown_reviews(self) -> list[Review]:
        own = self.own_review
        return [review for review in self.reviews if review == own or review.is_shown]

    @property
    def _shows_codes(self) -> bool:
        return self.is_family and self.session.is_at_home and self.session.is_paid


def child_of(session: TutoringSession, reader: User) -> Child:
    """The child of a session as the reader may see it: the family all, the tutor by the link.

    Before a paid class a tutor sees a class and an area, linked the first name, class and area, and
    some time after the last class, or without the guardian's consent, the first name alone.
    """
    learner = session.learner
    if reader.is_family:
        return Child(learner.name, learner.grade, _area(learner), Link.LINKED)
    link = _link(session)
    if link == Link.NONE:
        return Child(unnamed(learner.grade), learner.grade, _area(learner), link)
    name = learner.first_name or _("a student")
    if link == Link.WAS_LINKED:
        return Child(name, None, "", link)
    return Child(name, learner.grade, _area(learner), link)


def unnamed(grade: int) -> str:
    """What stands for the name of a child before a first paid class."""
    return _("a class %(grade)s student") % {"grade": grade}


def _area(learner: Learner) -> str:
    return f"{learner.place.area}, {learner.place.city}"


def _link(session: TutoringSession) -> Link:
    shown: Any = session
    if not hasattr(shown, "last_class_ends_at"):
        shown = TutoringSession.objects.with_link().get(pk=session.pk)
    if shown.last_class_ends_at is None:
        return Link.NONE
    is_over = shown.last_class_ends_at + settings.TUTOR_SEES_CHILD_FOR < clock.now()
    may_be_shown = shown.may_be_shown or session.status == Status.IN_PROGRESS
    return Link.LINKED if may_be_shown and not is_over else Link.WAS_LINKED


def session_page(session: TutoringSession, reader: User) -> SessionPage:
    """Everything one page shows; `session` comes from `with_details()`."""
    booked = earnings.booked(session.pk)
    money = booked or earnings.breakdown(
        gross_paise=session.price_paise,
        tutor=session.tutor.user,
        tutor_state=session.tutor.state,
        commission_bps=session.commission_bps,
    )
    return SessionPage(
        session=session,
        reader=reader,
        money=money,
        is_booked=booked is not None,
        events=list(session.events.select_related("by")),
        reviews=list(session.reviews.all()),
        chargebacks=chargebacks.of_class(session.pk, reader) if session.order_id else [],
    )


def money_rows(page: SessionPage) -> list[MoneyRow]:
    """From the price to the tutor's part, line by line; every reader sees these rupees."""
    money = page.money
    rows = [
        (_("Class, %(minutes)s minutes") % {"minutes": page.session.minutes}, money.gross),
        (_("Commission %(rate)s") % {"rate": percent(money.commission_bps)}, -money.commission),
        (_("GST on the commission"), -money.gst),
    ]
    if money.tds:
        label = _("Tax withheld %(rate)s") % {"rate": percent(money.tds_bps)}
        rows.append((label, -money.tds))
    if money.tcs:
        rows.append((_("Tax collected at source"), -money.tcs))
    total = _("To you") if not page.is_family else _("To %(tutor)s")
    to = total % {"tutor": page.session.tutor.name}
    return [(label, paise, False) for label, paise in rows] + [(to, money.net, True)]


def facts_for_bank(order: PaymentOrder) -> list[str]:
    """What we know of the class that an order paid for, line by line, in English and without names.

    Nothing for an order that paid for something else.
    """
    if order.purpose != PaymentOrder.Purpose.SESSION:
        return []
    session = (
        TutoringSession.objects.filter(pk=order.purpose_id)
        .select_related("subject")
        .prefetch_related("events__by")
        .first()
    )
    if session is None:
        return []
    with translation.override("en"):
        when = ist_range(session.start_at, session.end_at)
        price = rupees(session.price_paise)
        first = f"Class in {session.subject}, {_where(session)}, {when} (India), {price}"
        return [first, *(_fact(event) for event in session.events.all())]


def _where(session: TutoringSession) -> str:
    return "online" if session.mode == Mode.ONLINE else "at home"


def _fact(event: SessionEvent) -> str:
    roles: dict[str, str] = {Role.TUTOR: "the tutor", Role.STUDENT: "the payer"}
    who = f" by {roles.get(event.by.role, 'us')}" if event.by else ""
    code = ", with the code from the payer's phone" if event.data.get("with_code") else ""
    at = f"{event.at.astimezone(clock.IST):%Y-%m-%d %H:%M}"
    return f"{at}: {event.get_kind_display()}{who}{code}"


def dispute_about(session: TutoringSession) -> GatewayDispute | None:
    """The newest chargeback of the payment of a class."""
    about = GatewayDispute.objects.about(PaymentOrder.Purpose.SESSION, session.pk)
    return about.order_by("-pk").first()


def evidence_of(dispute: GatewayDispute) -> dict[str, Any]:
    """What our paper for the bank says of the payment, and of the class if it paid for one.

    In English, without the names of children and without anybody's number.
    """
    facts = chargebacks.payment_facts(dispute)
    order = dispute.payment.order
    session = None
    if order.purpose == PaymentOrder.Purpose.SESSION:
        sessions = TutoringSession.objects.select_related("subject", "tutor__user")
        session = sessions.prefetch_related("events__by").filter(pk=order.purpose_id).first()
    if session is None:
        return {"title": "Evidence of the payment", "facts": facts}
    count = count_about(f"/classes/{session.pk}/", order.payer_id)
    with translation.override("en"):
        facts += [
            ("Class", f"{session.subject}, {_where(session)}"),
            ("Agreed time (India)", ist_range(session.start_at, session.end_at)),
            ("Given by", session.tutor.name),
            ("Price", rupees(session.price_paise)),
            ("Messages to the payer about this class", str(count)),
        ]
        return {
            "title": "Evidence of the class",
            "facts": facts,
            "timeline": [_proof(event) for event in session.events.all()],
            "paragraphs": [HOW_WE_KNOW],
        }


def _proof(event: SessionEvent) -> tuple[str, str, str]:
    """Time, event, and how we know of it."""
    roles: dict[str, str] = {
        Role.TUTOR: "The tutor said so, signed in",
        Role.STUDENT: "The payer said so, signed in",
    }
    how = roles.get(event.by.role, "Done by TutorHub") if event.by else "Noted by the platform"
    if event.data.get("with_code"):
        how += ", and entered the code that was shown on the payer's phone alone"
    at = f"{event.at.astimezone(clock.IST):%Y-%m-%d %H:%M:%S}"
    return at, str(event.get_kind_display()), how


def usual_rate(lead: Lead) -> int:
    """What the tutor asks per hour, in paise, for what the lead wants; else the family's budget."""
    enquiry = lead.enquiry
    offering = (
        Offering.objects.filter(tutor=lead.tutor_id, subject=enquiry.subject_id)
        .filter(grade_min__lte=enquiry.grade, grade_max__gte=enquiry.grade)
        .first()
    )
    online, home = (
        (offering.online_rate_paise, offering.home_rate_paise) if offering else (None, None)
    )
    first, second = (home, online) if enquiry.mode == Mode.HOME else (online, home)
    return first or second or enquiry.budget_max_paise


def sessions_of(reader: User, *, is_past: bool = False) -> QuerySet[TutoringSession]:
    """The reader's sessions: those to come by start, or those that are over, latest first."""
    sessions = TutoringSession.objects.visible_to(reader).with_details()
    is_to_come = Q(status__in=TO_COME)
    if is_past:
        return sessions.exclude(is_to_come).order_by("-start_at", "-pk")
    return sessions.filter(is_to_come).order_by("start_at", "pk")


def enquiries_with_offers(reader: User) -> QuerySet[Enquiry]:
    """The reader's enquiries, each with `offers`: the answers to compare, cheapest first."""
    offers = TutoringSession.objects.select_related("subject", "tutor__user")
    ordered = Prefetch("sessions", offers.order_by("rate_paise", "pk"), to_attr="offers")
    return Enquiry.objects.of(reader).with_details().prefetch_related(ordered)


def enquiries_of(reader: User) -> QuerySet[Enquiry]:
    offers = Prefetch("sessions", TutoringSession.objects.unpaid(), to_attr="open_offers")
    return Enquiry.objects.of(reader).with_details().prefetch_related(offers)


def steps(page: SessionPage) -> list[Step]:
    """The way of a class from offer to rating, for the reader of `page`."""
    session = page.session
    if session.status in (Status.EXPIRED, Status.CANCELLED, Status.DECLINED):
        return [_step(event) for event in page.events[:-1]] + [
            Step("failed", str(event.get_kind_display()), at=event.at) for event in page.events[-1:]
        ]
    done = {event.kind for event in page.events} - {SessionEvent.Kind.REVIEWED}
    if page.own_review is not None:
        done.add(SessionEvent.Kind.REVIEWED)
    todo = [step for kind, step in _plan(page) if kind not in done]
    ahead = [Step("now" if index == 0 else "", step.title, step.text, step.at)
             for index, step in enumerate(todo)]  # fmt: skip
    return [_step(event) for event in page.events] + ahead


def _step(event: SessionEvent) -> Step:
    return Step("done", str(event.get_kind_display()), at=event.at)


def _plan(page: SessionPage) -> list[tuple[str, Step]]:
    session = page.session
    kind = SessionEvent.Kind
    names = {"tutor": session.tutor.name}
    pay = Step("", _("The family pays"), _("The offer stays open until then."), session.pay_by)
    if page.is_family:
        pay = Step(
            "", _("You pay"), _("We hold the money until the class is over."), session.pay_by
        )
    wait = _("Without a word the money is passed on %(hours)s hours after the class.") % {
        "hours": session.release_hours
    }
    due = session.release_due_at
    return [
        (kind.PAID, pay),
        (kind.STARTED, Step("", _("The class starts"), "", session.start_at)),
        (kind.COMPLETED, Step("", _("The class ends"), "", session.end_at)),
        (
            kind.RELEASED,
            Step("", _("You confirm") if page.is_family else _("The family confirms"), wait, due),
        ),
        (
            kind.REVIEWED,
            Step(
                "", (_("You rate %(tutor)s") if page.is_family else _("You rate the class")) % names
            ),
        ),
    ]
