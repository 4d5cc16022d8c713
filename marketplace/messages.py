"""What the marketplace tells people. Call these inside the transaction that gives the reason."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_noop as _

from accounts.models import User
from marketplace.models import Lead, Review, Side, TutoringSession
from marketplace.queries import child_of
from notifications.catalogue import NOT_BY_SMS, define
from notifications.services.messages import tell_user
from students.queries import adults
from tutorhub.core.money import rupees
from tutorhub.core.templatetags.tutorhub import ist

LEAD_SENT = define(
    "lead_sent",
    _("New enquiry: %(subject)s, class %(grade)s, %(area)s, up to %(budget)s an hour. %(url)s"),
    subject=_("A new enquiry for you"),
    channels=NOT_BY_SMS,
)
OFFER_MADE = define(
    "offer_made",
    _(
        "%(tutor)s can teach %(learner)s %(subject)s on %(start)s for %(price)s."
        " Compare and pay before %(pay_by)s: %(url)s"
    ),
    subject=_("A tutor has answered"),
)
CLASS_BOOKED = define(
    "class_booked",
    _(
        "Booked and paid: %(subject)s, %(learner)s with %(tutor)s on %(start)s."
        " The money is held until the class is over. %(url)s"
    ),
    subject=_("Your class is booked"),
)
OFFER_WITHDRAWN = define(
    "offer_withdrawn",
    _("The family chose another tutor for %(subject)s on %(start)s."),
    subject=_("Another tutor was chosen"),
    channels=NOT_BY_SMS,
)
OFFER_CANCELLED = define(
    "offer_cancelled",
    _("The offer for %(subject)s on %(start)s was withdrawn. %(url)s"),
    subject=_("An offer was withdrawn"),
    channels=NOT_BY_SMS,
)
OFFER_EXPIRED = define(
    "offer_expired",
    _("The offer for %(subject)s on %(start)s was not paid in time and is gone. %(url)s"),
    subject=_("An offer has expired"),
    channels=NOT_BY_SMS,
)
MONEY_RETURNED = define(
    "money_returned",
    _(
        "Your payment of %(price)s for %(subject)s with %(tutor)s on %(start)s arrived when"
        " this class could no longer be booked. We are sending it back in full."
    ),
    subject=_("We are sending your money back"),
)
MONEY_WAITS = define(
    "money_waits",
    _(
        "Your payment of %(price)s for %(subject)s with %(tutor)s on %(start)s arrived when"
        " this class could no longer be booked. Your bank questions the payment; what it leaves"
        " comes back to you once it has decided."
    ),
    subject=_("Your money waits for your bank"),
)
CLASS_ENDED = define(
    "class_ended",
    _(
        "%(tutor)s says that %(learner)s's %(subject)s class is over. Please confirm; without"
        " a word from you the money goes to the tutor on %(due)s. %(url)s"
    ),
    subject=_("Was the class held?"),
)
CLASS_UNENDED = define(
    "class_unended",
    _(
        "The time of %(learner)s's %(subject)s class with %(tutor)s is over, and the tutor has not"
        " said so. Was it held? Please confirm, or write to us; without a word from you the money"
        " goes to the tutor on %(due)s. %(url)s"
    ),
    subject=_("Was the class held?"),
)
MONEY_RELEASED = define(
    "money_released",
    _("The money for %(subject)s with %(learner)s on %(start)s is yours now. %(url)s"),
    subject=_("Money for your class"),
    channels=NOT_BY_SMS,
)
PAYMENT_DISPUTED = define(
    "payment_disputed",
    _(
        "The bank of %(learner)s's family disputes the payment for %(subject)s on"
        " %(start)s. We answer it; the money of this class waits until it is over. %(url)s"
    ),
    subject=_("A disputed payment"),
)
PAYMENT_TAKEN_BACK = define(
    "payment_taken_back",
    _(
        "The bank took %(deducted)s back that was paid for %(subject)s with %(learner)s on"
        " %(start)s. Your part of it is taken from your earnings. %(url)s"
    ),
    subject=_("A disputed payment"),
)
PAYMENT_DISPUTE_OVER = define(
    "payment_dispute_over",
    _(
        "The dispute about the payment for %(subject)s with %(learner)s on %(start)s is"
        " over; your money is free again. %(url)s"
    ),
    subject=_("A disputed payment"),
)
CLASS_CALLED_OFF = define(
    "class_called_off",
    _(
        "%(subject)s, %(learner)s with %(tutor)s on %(start)s is cancelled: the bank of the"
        " family took the payment back. %(url)s"
    ),
    subject=_("A class is cancelled"),
)
CLASS_REFUNDED = define(
    "class_refunded",
    _(
        "%(subject)s, %(learner)s with %(tutor)s on %(start)s is cancelled: the family has"
        " been given its money back. %(url)s"
    ),
    subject=_("A class is cancelled"),
)
CLASS_WITHOUT_CONSENT = define(
    "class_without_consent",
    _(
        "%(subject)s, %(learner)s with %(tutor)s on %(start)s is called off, because the"
        " consent was withdrawn. %(price)s goes back to who paid. %(url)s"
    ),
    subject=_("A class is called off"),
)
CLASS_WITHOUT_FAMILY = define(
    "class_without_family",
    _("The family has called off %(subject)s on %(start)s. Your time is free again. %(url)s"),
    subject=_("A class is called off"),
)
CLASS_WITHOUT_TUTOR = define(
    "class_without_tutor",
    _(
        "%(subject)s, %(learner)s with %(tutor)s on %(start)s is called off, because the tutor"
        " may not teach here any more. %(price)s goes back to who paid. %(url)s"
    ),
    subject=_("A class is called off"),
)
CLASS_OF_SUSPENDED = define(
    "class_of_suspended",
    _(
        "Your class %(subject)s on %(start)s is called off, because you may not teach here at"
        " present. The family gets its money back."
    ),
    subject=_("A class is called off"),
)
REVIEW_TAKEN_DOWN = define(
    "review_taken_down",
    _("Our moderators have taken down your review of %(subject)s on %(start)s: %(reason)s"),
    subject=_("Your review is taken down"),
    channels=NOT_BY_SMS,
)
LEAD_REFUNDED = {
    "unread": define(
        "lead_refunded",
        _("The family did not read your answer for %(subject)s. Your credit is back."),
        subject=_("Your credit is back"),
        channels=NOT_BY_SMS,
    ),
    "duplicate": define(
        "lead_refunded_duplicate",
        _("You answered this family for %(subject)s in the last 30 days. Your credit is back."),
        subject=_("Your credit is back"),
        channels=NOT_BY_SMS,
    ),
    "dead": define(
        "lead_refunded_dead",
        _("The number of the family who asked for %(subject)s does not work. Your credit is back."),
        subject=_("Your credit is back"),
        channels=NOT_BY_SMS,
    ),
}


def lead_sent(lead: Lead) -> None:
    enquiry = lead.enquiry
    user = lead.tutor.user
    with translation.override(user.language):
        values = {
            "subject": str(enquiry.subject),
            "grade": enquiry.grade,
            "area": f"{enquiry.place.area}, {enquiry.place.city}",
            "budget": rupees(enquiry.budget_max_paise),
            "url": _url("marketplace:lead-detail", lead.pk),
        }
    tell_user(user, LEAD_SENT, values)


def offer_made(session: TutoringSession) -> None:
    for user in _guardians(session):
        values = _words(session, user)
        with translation.override(user.language):
            values["pay_by"] = ist(session.pay_by)
        if session.enquiry_id:
            values["url"] = _url("marketplace:enquiry-detail", session.enquiry_id)
        tell_user(user, OFFER_MADE, values)


def class_booked(session: TutoringSession) -> None:
    for user in _both(session):
        tell_user(user, CLASS_BOOKED, _words(session, user))


def offer_withdrawn(session: TutoringSession) -> None:
    user = session.tutor.user
    tell_user(user, OFFER_WITHDRAWN, _words(session, user))


def offer_cancelled(session: TutoringSession, side: Side) -> None:
    for user in _guardians(session) if side == Side.FAMILY else [session.tutor.user]:
        tell_user(user, OFFER_CANCELLED, _words(session, user))


def offer_expired(session: TutoringSession) -> None:
    for user in _both(session):
        tell_user(user, OFFER_EXPIRED, _words(session, user))


def money_returned(session: TutoringSession, payer: User) -> None:
    tell_user(payer, MONEY_RETURNED, _words(session, payer))


def money_waits(session: TutoringSession, payer: User) -> None:
    tell_user(payer, MONEY_WAITS, _words(session, payer))


def class_ended(session: TutoringSession, *, by_tutor: bool) -> None:
    template = CLASS_ENDED if by_tutor else CLASS_UNENDED
    for user in _guardians(session):
        values = _words(session, user)
        with translation.override(user.language):
            values["due"] = ist(session.release_due_at)
        tell_user(user, template, values)


def money_released(session: TutoringSession) -> None:
    user = session.tutor.user
    tell_user(user, MONEY_RELEASED, _words(session, user))


def payment_disputed(session: TutoringSession, *, is_over: bool, deducted_paise: int) -> None:
    """To the tutor; the payer hears it from payments."""
    user = session.tutor.user
    if not is_over:
        template = PAYMENT_DISPUTED
    elif deducted_paise:
        template = PAYMENT_TAKEN_BACK
    else:
        template = PAYMENT_DISPUTE_OVER
    tell_user(user, template, {**_words(session, user), "deducted": rupees(deducted_paise)})


def class_called_off(session: TutoringSession) -> None:
    """The bank took the money back before the class; what is left of it goes back as well."""
    for user in _both(session):
        tell_user(user, CLASS_CALLED_OFF, _words(session, user))


def class_refunded(session: TutoringSession) -> None:
    """We gave the money of a class back before it was held."""
    for user in _both(session):
        tell_user(user, CLASS_REFUNDED, _words(session, user))


def review_taken_down(review: Review) -> None:
    user = review.written_by
    words = _words(review.session, user)
    tell_user(user, REVIEW_TAKEN_DOWN, {**words, "reason": review.taken_down_for})


def class_without_consent(session: TutoringSession) -> None:
    """A guardian took the consent back before the class; all its money goes back."""
    for user in _guardians(session):
        tell_user(user, CLASS_WITHOUT_CONSENT, _words(session, user))
    tutor = session.tutor.user
    tell_user(tutor, CLASS_WITHOUT_FAMILY, _words(session, tutor))


def class_without_tutor(session: TutoringSession) -> None:
    """The tutor was suspended before the class, or has left; all its money goes back."""
    for user in _guardians(session):
        tell_user(user, CLASS_WITHOUT_TUTOR, _words(session, user))
    tutor = session.tutor.user
    tell_user(tutor, CLASS_OF_SUSPENDED, _words(session, tutor))


def lead_refunded(lead: Lead, why: str) -> None:
    user = lead.tutor.user
    with translation.override(user.language):
        values = {"subject": str(lead.enquiry.subject)}
    tell_user(user, LEAD_REFUNDED[why], values)


def _guardians(session: TutoringSession) -> list[User]:
    """Each guardian sees every message about the child."""
    return adults(session.learner.family_id)


def _both(session: TutoringSession) -> list[User]:
    return [*_guardians(session), session.tutor.user]


def _words(session: TutoringSession, reader: User) -> dict[str, object]:
    """What a sentence about a class may name, in its reader's language, as far as they may see."""
    with translation.override(reader.language):
        child = session.learner.first_name if reader.is_family else child_of(session, reader).name
        return {
            "tutor": session.tutor.user.name,
            "learner": str(child),
            "subject": str(session.subject),
            "start": ist(session.start_at),
            "price": rupees(session.price_paise),
            "url": _session_url(session),
        }


def _session_url(session: TutoringSession) -> str:
    return _url("marketplace:session-detail", session.pk)


def _url(name: str, pk: object) -> str:
    return settings.SITE_URL + reverse(name, args=[pk])
