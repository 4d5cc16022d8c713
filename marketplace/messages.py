"""What the marketplace tells people. Call these inside the transaction that gives the reason."""

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from marketplace.models import Lead, Side, TutoringSession
from marketplace.queries import child_of
from notifications.services import messages
from notifications.services.messages import ALL_CHANNELS
from students.queries import adults
from tutorhub.core.money import rupees
from tutorhub.core.templatetags.tutorhub import ist

CHEAP = ("whatsapp",)


def lead_sent(lead: Lead) -> None:
    enquiry = lead.enquiry
    user = lead.tutor.user
    with translation.override(user.language):
        body = _(
            "New enquiry: %(subject)s, class %(grade)s, %(area)s, up to %(budget)s an hour. %(url)s"
        ) % {
            "subject": enquiry.subject,
            "grade": enquiry.grade,
            "area": f"{enquiry.place.area}, {enquiry.place.city}",
            "budget": rupees(enquiry.budget_max_paise),
            "url": _url("marketplace:lead-detail", lead.pk),
        }
        _tell(user, "lead_sent", _("A new enquiry for you"), body, CHEAP)


def offer_made(session: TutoringSession) -> None:
    for user in _guardians(session):
        _offer_made(session, user)


def _offer_made(session: TutoringSession, user: User) -> None:
    with translation.override(user.language):
        body = _(
            "%(tutor)s can teach %(learner)s %(subject)s on %(start)s for %(price)s."
            " Compare and pay before %(pay_by)s: %(url)s"
        ) % {
            **_words(session, user),
            "pay_by": ist(session.pay_by),
            "url": _url("marketplace:enquiry-detail", session.enquiry_id)
            if session.enquiry_id
            else _session_url(session),
        }
        _tell(user, "offer_made", _("A tutor has answered"), body)


def class_booked(session: TutoringSession) -> None:
    for user in _both(session):
        with translation.override(user.language):
            body = _(
                "Booked and paid: %(subject)s, %(learner)s with %(tutor)s on %(start)s."
                " The money is held until the class is over. %(url)s"
            ) % _words(session, user)
            _tell(user, "class_booked", _("Your class is booked"), body)


def offer_withdrawn(session: TutoringSession) -> None:
    user = session.tutor.user
    with translation.override(user.language):
        body = _("The family chose another tutor for %(subject)s on %(start)s.") % _words(
            session, user
        )
        _tell(user, "offer_withdrawn", _("Another tutor was chosen"), body, CHEAP)


def offer_cancelled(session: TutoringSession, side: Side) -> None:
    told = _guardians(session) if side == Side.FAMILY else [session.tutor.user]
    for user in told:
        with translation.override(user.language):
            body = _("The offer for %(subject)s on %(start)s was withdrawn. %(url)s") % _words(
                session, user
            )
            _tell(user, "offer_cancelled", _("An offer was withdrawn"), body, CHEAP)


def offer_expired(session: TutoringSession) -> None:
    for user in _both(session):
        with translation.override(user.language):
            body = _(
                "The offer for %(subject)s on %(start)s was not paid in time and is gone. %(url)s"
            ) % _words(session, user)
            _tell(user, "offer_expired", _("An offer has expired"), body, CHEAP)


def money_returned(session: TutoringSession, payer: User) -> None:
    user = payer
    with translation.override(user.language):
        body = _(
            "Your payment of %(price)s for %(subject)s with %(tutor)s on %(start)s arrived when"
            " this class could no longer be booked. We are sending it back in full."
        ) % _words(session, user)
        _tell(user, "money_returned", _("We are sending your money back"), body)


def class_ended(session: TutoringSession) -> None:
    for user in _guardians(session):
        _class_ended(session, user)


def _class_ended(session: TutoringSession, user: User) -> None:
    with translation.override(user.language):
        body = _(
            "%(tutor)s says that %(learner)s's %(subject)s class is over. Please confirm; without"
            " a word from you the money goes to the tutor on %(due)s. %(url)s"
        ) % {**_words(session, user), "due": ist(session.release_due_at)}
        _tell(user, "class_ended", _("Was the class held?"), body)


def money_released(session: TutoringSession) -> None:
    user = session.tutor.user
    with translation.override(user.language):
        body = _(
            "The money for %(subject)s with %(learner)s on %(start)s is yours now. %(url)s"
        ) % _words(session, user)
        _tell(user, "money_released", _("Money for your class"), body, CHEAP)


def payment_disputed(session: TutoringSession, *, is_over: bool, deducted_paise: int) -> None:
    """To the tutor; the payer hears it from payments."""
    user = session.tutor.user
    with translation.override(user.language):
        if not is_over:
            body = _(
                "The bank of %(learner)s's family disputes the payment for %(subject)s on"
                " %(start)s. We answer it; the money of this class waits until it is over. %(url)s"
            )
        elif deducted_paise:
            body = _(
                "The bank took %(deducted)s back that was paid for %(subject)s with %(learner)s on"
                " %(start)s. Your part of it is taken from your earnings. %(url)s"
            )
        else:
            body = _(
                "The dispute about the payment for %(subject)s with %(learner)s on %(start)s is"
                " over; your money is free again. %(url)s"
            )
        words = {**_words(session, user), "deducted": rupees(deducted_paise)}
        _tell(user, "payment_disputed", _("A disputed payment"), body % words)


def class_called_off(session: TutoringSession) -> None:
    """The bank took the money back before the class; what is left of it goes back as well."""
    for user in _both(session):
        with translation.override(user.language):
            body = _(
                "%(subject)s, %(learner)s with %(tutor)s on %(start)s is cancelled: the bank of the"
                " family took the payment back. %(url)s"
            ) % _words(session, user)
            _tell(user, "class_called_off", _("A class is cancelled"), body)


def class_refunded(session: TutoringSession) -> None:
    """We gave the money of a class back before it was held."""
    for user in _both(session):
        with translation.override(user.language):
            body = _(
                "%(subject)s, %(learner)s with %(tutor)s on %(start)s is cancelled: the family has"
                " been given its money back. %(url)s"
            ) % _words(session, user)
            _tell(user, "class_refunded", _("A class is cancelled"), body)


def class_without_consent(session: TutoringSession) -> None:
    """A guardian took the consent back before the class; all its money goes back."""
    for user in _guardians(session):
        with translation.override(user.language):
            body = _(
                "%(subject)s, %(learner)s with %(tutor)s on %(start)s is called off, because the"
                " consent was withdrawn. %(price)s goes back to who paid. %(url)s"
            ) % _words(session, user)
            _tell(user, "class_without_consent", _("A class is called off"), body)
    tutor = session.tutor.user
    with translation.override(tutor.language):
        body = _(
            "The family has called off %(subject)s on %(start)s. Your time is free again. %(url)s"
        ) % _words(session, tutor)
        _tell(tutor, "class_without_consent", _("A class is called off"), body)


def lead_refunded(lead: Lead, why: str) -> None:
    user = lead.tutor.user
    with translation.override(user.language):
        reasons = {
            "unread": _("The family did not read your answer for %(subject)s."),
            "duplicate": _("You answered this family for %(subject)s in the last 30 days."),
            "dead": _("The number of the family who asked for %(subject)s does not work."),
        }
        body = reasons[why] % {"subject": lead.enquiry.subject} + " " + _("Your credit is back.")
        _tell(user, "lead_refunded", _("Your credit is back"), body, CHEAP)


def _tell(
    user: User, template: str, subject: str, body: str, channels: Sequence[str] = ALL_CHANNELS
) -> None:
    messages.tell(
        user_id=user.pk,
        phone=user.phone or "",
        email=user.email or "",
        template=template,
        subject=subject,
        body=body,
        language=user.language,
        channels=channels,
    )


def _guardians(session: TutoringSession) -> list[User]:
    """Each guardian sees every message about the child."""
    return adults(session.learner.family_id)


def _both(session: TutoringSession) -> list[User]:
    return [*_guardians(session), session.tutor.user]


def _words(session: TutoringSession, reader: User) -> dict[str, object]:
    """What a sentence about a class may name, as far as its reader may see it."""
    child = session.learner.first_name if reader.is_family else child_of(session, reader).name
    return {
        "tutor": session.tutor.user.name,
        "learner": child,
        "subject": session.subject,
        "start": ist(session.start_at),
        "price": rupees(session.price_paise),
        "url": _session_url(session),
    }


def _session_url(session: TutoringSession) -> str:
    return _url("marketplace:session-detail", session.pk)


def _url(name: str, pk: object) -> str:
    return settings.SITE_URL + reverse(name, args=[pk])
