"""What the marketplace hears from the apps below, and the work it does later."""

from datetime import datetime
from typing import Any
from uuid import UUID

from accounts import news as accounts_news
from accounts.models import User
from accounts.services import leaving as accounts_leaving
from accounts.services import staff
from marketplace import personal
from marketplace.services import (
    bookings,
    enquiries,
    forgetting,
    leads,
    leaving,
    reviews,
    sessions,
    suspensions,
    withdrawals,
)
from payments import news
from students import queries as students_queries
from tutorhub.core import datamap, outbox
from tutors import news as tutors_news
from tutors.queries import Point
from tutors.services import homes

Payload = dict[str, Any]

# The accounts of the ledger that belong to a class lead to it.
staff.allow(staff.FINANCE, "marketplace.view_tutoringsession")
staff.allow(
    staff.SUPPORT,
    "marketplace.view_enquiry",
    "marketplace.view_lead",
    "marketplace.view_tutoringsession",
)
staff.allow(
    staff.MODERATOR,
    "marketplace.judge_lead",
    "marketplace.moderate_review",
    "marketplace.view_review",
    "marketplace.view_lead",
    "marketplace.view_enquiry",
)

datamap.register(personal.TABLES)
accounts_leaving.register(check=leaving.hindrances, says=leaving.consequences)


@homes.register
def home_of(user: User) -> Point | None:
    """For the distance on a tutor's page: families are above the tutors' app."""
    place = students_queries.home_of(user) if user.is_family else None
    return Point.of(place) if place is not None else None


@outbox.receiver(news.ORDER_PAID)
def book_paid_session(payload: Payload) -> None:
    if payload["purpose"] == bookings.PURPOSE:
        bookings.order_paid(
            order_id=UUID(payload["order_id"]), session_id=UUID(payload["purpose_id"])
        )


@outbox.receiver(news.ORDER_PAID_LATE)
def book_late_session(payload: Payload) -> None:
    if payload["purpose"] == bookings.PURPOSE:
        bookings.order_paid_late(
            order_id=UUID(payload["order_id"]), session_id=UUID(payload["purpose_id"])
        )


@outbox.receiver(news.ORDER_REFUNDED)
def heed_refund(payload: Payload) -> None:
    if payload["purpose"] == bookings.PURPOSE:
        sessions.heed_refund(UUID(payload["purpose_id"]))


@outbox.receiver(news.DISPUTE_CHANGED)
def heed_payment_dispute(payload: Payload) -> None:
    if payload["purpose"] == bookings.PURPOSE:
        sessions.heed_dispute(
            session_id=UUID(payload["purpose_id"]),
            order_id=UUID(payload["order_id"]),
            status=payload["status"],
            deducted_paise=payload["deducted_paise"],
        )


@outbox.receiver(accounts_news.CONSENT_WITHDRAWN)
def heed_withdrawn_consent(payload: Payload) -> None:
    withdrawals.stop(
        UUID(payload["subject_id"]), before=datetime.fromisoformat(payload["withdrawn_at"])
    )


@outbox.receiver(accounts_news.USER_SUSPENDED)
def end_business_of_suspended(payload: Payload) -> None:
    suspensions.stop(UUID(payload["user_id"]))


@outbox.receiver(accounts_news.USER_RESTORED)
def welcome_back_account(payload: Payload) -> None:
    suspensions.welcome_back(UUID(payload["user_id"]))


@outbox.receiver(accounts_news.USER_ERASED)
def end_business_of_erased(payload: Payload) -> None:
    user_id = UUID(payload["user_id"])
    suspensions.stop(user_id)
    enquiries.close_all_of(user_id)
    forgetting.forget(user_id)


@outbox.receiver(tutors_news.TUTOR_SUSPENDED)
def end_business_of_hidden_tutor(payload: Payload) -> None:
    suspensions.stop(suspensions.account_of(UUID(payload["tutor_id"])))


@outbox.receiver(tutors_news.TUTOR_UNLISTED)
def end_new_business_of_unlisted(payload: Payload) -> None:
    suspensions.stop_new(UUID(payload["tutor_id"]))


@outbox.receiver(tutors_news.TUTOR_LISTED)
def welcome_back_tutor(payload: Payload) -> None:
    suspensions.welcome_back(suspensions.account_of(UUID(payload["tutor_id"])))


@outbox.job(bookings.EXPIRE_JOB)
def expire_session(payload: Payload) -> None:
    bookings.expire(UUID(payload["session"]))


@outbox.job(enquiries.EXPIRE_JOB)
def expire_enquiry(payload: Payload) -> None:
    enquiries.expire(UUID(payload["enquiry"]))


@outbox.job(enquiries.SHOW_JOB)
def show_enquiry(payload: Payload) -> None:
    enquiries.show_to(UUID(payload["enquiry"]), UUID(payload["tutor"]))


@outbox.job(sessions.END_JOB)
def end_session(payload: Payload) -> None:
    sessions.end_unended(UUID(payload["session"]))


@outbox.job(sessions.RELEASE_JOB)
def release_session(payload: Payload) -> None:
    sessions.release(UUID(payload["session"]))


@outbox.job(leads.REFUND_JOB)
def refund_lead(payload: Payload) -> None:
    leads.refund_unread(UUID(payload["lead"]))


@outbox.job(reviews.PUBLISH_JOB)
def publish_review(payload: Payload) -> None:
    reviews.publish(UUID(payload["review"]))
