"""Consent of parents: given, withdrawn, never edited."""

from django.db import transaction

from accounts import news, phones
from accounts.models import Consent, User
from tutorhub.core import audit, clock, outbox


@transaction.atomic
def give(
    *,
    by: User,
    purpose: str,
    notice_version: str,
    language: str,
    guardian_name: str,
    guardian_phone: str,
    relation: str,
    method: str = "checkbox",
) -> Consent:
    """Record a consent. Raises phones.NotAnIndianMobile."""
    consent = Consent.objects.create(
        given_by=by,
        purpose=purpose,
        notice_version=notice_version,
        language=language,
        guardian_name=guardian_name.strip(),
        guardian_phone=phones.parse(guardian_phone),
        relation=relation,
        method=method,
    )
    audit.record("consent.given", consent, by=by, purpose=purpose, notice_version=notice_version)
    return consent


@transaction.atomic
def withdraw(consent: Consent, *, by: User) -> Consent:
    """End a consent. Withdrawing twice is fine."""
    consent = Consent.objects.select_for_update().get(pk=consent.pk)
    if consent.withdrawn_at is None:
        consent.withdrawn_at = clock.now()
        consent.save(update_fields=["withdrawn_at"])
        audit.record("consent.withdrawn", consent, by=by)
        outbox.announce(news.CONSENT_WITHDRAWN, consent_id=consent.pk)
    return consent
