"""The ledger of consents: rows are given and withdrawn, never edited."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import news, phones
from accounts.models import Consent, ConsentNotice, User
from tutorhub.core import audit, clock, outbox

Method = Consent.Method


@transaction.atomic
def give(
    *,
    by: User,
    subject_id: UUID,
    purposes: Iterable[str],
    notice: ConsentNotice,
    guardian_name: str,
    guardian_phone: str,
    relation: str,
    is_proved: bool = False,
) -> dict[str, Consent]:
    """Write one row for each purpose and return them by purpose. Raises phones.NotAnIndianMobile.

    `is_proved`: a code that was sent to the guardian's number came back. The number that the
    account signs in with needs none.
    """
    phone = phones.parse(guardian_phone)
    method = Method.GUARDIAN_CODE if is_proved else Method.CHECKBOX
    if phone == by.phone:
        method = Method.OWN_NUMBER
    given = {}
    for purpose in sorted(set(purposes)):
        consent = given[purpose] = Consent.objects.create(
            given_by=by,
            subject_id=subject_id,
            purpose=purpose,
            notice=notice,
            guardian_name=guardian_name.strip(),
            guardian_phone=phone,
            relation=relation,
            method=method,
        )
        audit.record(
            *("consent.given", consent),
            by=by,
            purpose=purpose,
            notice=notice.version,
            language=notice.language,
            method=method,
        )
    return given


@transaction.atomic
def withdraw(
    subject_id: UUID, *, by: User | None, purposes: Collection[str] = tuple(Consent.Purpose)
) -> list[Consent]:
    """Close the live consents about `subject_id` for these purposes. Twice is fine.

    Returns what was closed. Apps above stop what needs it when they hear CONSENT_WITHDRAWN.
    """
    rows = list(Consent.objects.locked().about(subject_id).live().filter(purpose__in=purposes))
    now = clock.now()
    for consent in rows:
        # The clocks of two servers may differ, and nothing is withdrawn before it is given.
        consent.withdrawn_at = max(now, consent.given_at)
        consent.save(update_fields=["withdrawn_at"])
        audit.record("consent.withdrawn", consent, by=by, purpose=consent.purpose)
    for purpose in sorted({consent.purpose for consent in rows}):
        outbox.announce(
            news.CONSENT_WITHDRAWN, subject_id=subject_id, purpose=purpose, withdrawn_at=now
        )
    return rows


@transaction.atomic
def forget_guardian(subject_id: UUID) -> None:
    """Empty who agreed on rows that are withdrawn; what, when and how stays as proof."""
    closed = Consent.objects.about(subject_id).filter(withdrawn_at__isnull=False)
    closed.update(guardian_name="", guardian_phone="")


def live(subject_id: UUID) -> dict[str, Consent]:
    """The consent in force for each purpose, the newest where there are several."""
    rows = Consent.objects.about(subject_id).live().select_related("notice").order_by("pk")
    return {consent.purpose: consent for consent in rows}


def asked_to_prove_at(consent: Consent) -> datetime:
    """When this guardian's number was first named for the subject, proved or not."""
    same = Consent.objects.about(consent.subject_id).filter(guardian_phone=consent.guardian_phone)
    return same.order_by("given_at").values_list("given_at", flat=True)[0]
