"""Marks in the text of a world, by which it is known wherever it turns up."""

import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import IntegrityError, InternalError, models, transaction

from accounts.models import User
from marketplace.models import Enquiry, TutoringSession
from students.models import Guardian, Learner

APPS = ("accounts", "students", "tutors", "marketplace", "payments", "notifications")
# What these hold is not of anybody, or is what the program itself reads.
MACHINERY = {
    *("consentnotice", "smsbudgetday", "creditpack", "taxrate", "ledgeraccount", "ledgertxn"),
    *("ledgerentry", "reconrun", "reconitem", "settlement", "settlementrow", "gatewayevent"),
    *("providerevent", "delivery", "emailchange", "browsersession", "otpchallenge"),
    *("recoverydevice", "searchword", "answertemplate"),
}
MEANING = re.compile(
    r"_id$|_hash$|_key$|_sealed$|^(password|slug|city|state|video_url|template|cause|code|unit)$"
    r"|^(to|email|phone|neighbourhood|network|sha256|receipt|device|reason|about|problem)$"
    r"|^(content_type|phase|reason_code|utr|hint|ifsc|pan|vpa|asked_by|holder)$"
)
# What everybody may read of a tutor.
PUBLIC = {"tutors_tutorprofile.headline", "tutors_tutorprofile.bio"}
# Left empty by whoever fills a form in a hurry; here they are not.
FILLED = {
    "accounts_datarequest.answer",
    "accounts_datarequest.words",
    "students_learner.goals",
    "marketplace_enquiry.note",
    "marketplace_lead.decline_reason",
    "marketplace_tutoringsession.message",
    "payments_gatewaydispute.note",
    "payments_gatewaydispute.summary",
    "payments_payment.note",
    "payments_payoutmethod.validation_note",
    "payments_refund.bank_reference",
    "payments_taxprofile.address",
    "tutors_tutordocument.notes",
    "tutors_tutorphoto.notes",
    "tutors_tutorprofile.status_notes",
    "tutors_tutorreport.notes",
}
SHORTEST = 60


def columns() -> Iterator[tuple[type[models.Model], Any]]:
    """Every column in which people write, or others about them."""
    for model in apps.get_models():
        if model._meta.app_label not in APPS or model._meta.model_name in MACHINERY:
            continue
        for field in model._meta.concrete_fields:
            is_text = isinstance(field, models.CharField | models.TextField)
            is_free = is_text and not (field.choices or field.unique or field.primary_key)
            long_enough = is_text and (field.max_length or SHORTEST) >= SHORTEST
            if is_free and long_enough and not MEANING.search(field.name):
                yield model, field


def plant(mark: str) -> set[str]:
    """Mark every row that has none yet; returns the columns that could be marked.

    Rows of a table that only grows stay as they are.
    """
    planted = set()
    for model, field in columns():
        place = f"{model._meta.db_table}.{field.name}"
        rows = model._default_manager.exclude(**{f"{field.name}__startswith": "c"})
        if place not in FILLED:
            rows = rows.exclude(**{field.name: ""})
        try:
            with transaction.atomic():
                if rows.update(**{field.name: canary(mark, place)}):
                    planted.add(place)
        except (IntegrityError, InternalError):
            continue
    # Everybody may read who teaches; staff are shown nothing but their own.
    known = User.objects.filter(name=canary(mark, "accounts_user.name")).exclude(role="student")
    known.update(name=f"c{mark}P-accounts_user.name")
    return planted


def canary(mark: str, place: str) -> str:
    """A private mark; a name has one for the first and another for the last."""
    kind = "P" if place in PUBLIC else "X"
    first = f"c{mark}{kind}-{place}"
    return f"{first} c{mark}{kind}-last-{place}" if place.endswith(".name") else first


def found(mark: str, text: str) -> set[str]:
    """The private marks of this world in a text."""
    return set(re.findall(rf"c{mark}X-[\w.-]+", text))


def numbers() -> set[str]:
    """The last ten digits of every phone number that anybody has."""
    phones = [*User.objects.exclude(phone=None).values_list("phone", flat=True)]
    phones += Guardian.objects.values_list("phone", flat=True)
    return {phone[-10:] for phone in phones}


def of_families() -> set[str]:
    """The numbers of those who have a child here."""
    phones = [*User.objects.filter(role="student").values_list("phone", flat=True)]
    phones += Guardian.objects.values_list("phone", flat=True)
    return {phone[-10:] for phone in phones}


def things() -> set[str]:
    """The ids of what belongs to somebody."""
    return {
        str(pk)
        for model in (Learner, Enquiry, TutoringSession)
        for pk in model.objects.values_list("pk", flat=True)
    }
