"""What accounts itself forgets of somebody who was erased: log, codes, devices, consents."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q, QuerySet
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.clients import NOWHERE
from accounts.models import (
    AppSession,
    AuthenticatorProof,
    BrowserSession,
    Consent,
    DataRequest,
    EmailChange,
    KnownDevice,
    LoginAttempt,
    OtpChallenge,
    Passkey,
    PasskeyChallenge,
    User,
)
from accounts.services.former_addresses import Former
from tutorhub.core import clock, datamap, idempotency, sweeping, vault

SEALED = ("at", "kind", "phone", "email", "ip", "user_agent", "is_success")


@transaction.atomic
def forget(
    user_id: UUID,
    *,
    addresses: Collection[str],
    guardians: Collection[str],
    names: Collection[str],
    before: datetime,
) -> None:
    """Delete devices, second factors, sessions, codes and answers kept for repeats.

    The login log is emptied. A year of it has to be kept by law: it goes into the vault, where
    nobody here reads it.
    """
    as_guardian = Q(phone__in=guardians, kind=LoginAttempt.Kind.GUARDIAN)
    by_address = Q(phone__in=addresses) | Q(email__in=addresses) | as_guardian
    _seal_sign_ins(user_id, Q(user=user_id) | by_address & Q(at__lte=before))
    as_guardian = Q(phone__in=guardians, purpose=OtpChallenge.Purpose.GUARDIAN)
    codes = OtpChallenge.objects.filter(Q(phone__in=addresses) | as_guardian)
    codes.filter(created_at__lte=before).delete()
    EmailChange.objects.filter(user=user_id).delete()
    BrowserSession.objects.filter(user=user_id).delete()
    AppSession.objects.filter(user=user_id).delete()
    KnownDevice.objects.filter(user=user_id).delete()
    Passkey.objects.filter(user=user_id).delete()
    PasskeyChallenge.objects.filter(user=user_id).delete()
    TOTPDevice.objects.filter(user=user_id).delete()
    AuthenticatorProof.objects.filter(user=user_id).delete()
    idempotency.forget(user_id)
    _forget_requests(user_id)
    _forget_consents(user_id, addresses)
    _forget_staff_notes(user_id, names)


@transaction.atomic
def forget_former(user_id: UUID, former: Former) -> None:
    """The same for an address that the account had before.

    Only what is nobody's: whoever had it earlier or has it now keeps what is theirs.
    """
    at_address = Q(phone=former.address) | Q(email=former.address)
    _seal_sign_ins(user_id, at_address & Q(user__isnull=True, at__lte=former.until))
    codes = OtpChallenge.objects.filter(phone=former.address, created_at__lte=former.until)
    codes.delete()
    consents = Consent.objects.filter(guardian_phone=former.address, given_at__lte=former.until)
    _empty_withdrawn(consents)


def _seal_sign_ins(user_id: UUID, theirs: Q) -> None:
    found = LoginAttempt.objects.filter(theirs).exclude(phone="", email="", ip=NOWHERE)
    rows: list[dict[str, Any]] = list(found.order_by("pk").values("pk", *SEALED))
    if not rows:
        return
    kept = [{name: row[name] for name in SEALED} for row in rows]
    vault.keep("sign_ins", user_id, kept, for_=settings.SIGN_INS_SEALED_FOR)
    LoginAttempt.objects.filter(pk__in=[row["pk"] for row in rows]).update(
        phone="", email="", ip=NOWHERE, neighbourhood="", operator=None, user_agent=""
    )


def _forget_consents(user_id: UUID, addresses: Collection[str]) -> None:
    """Empty who agreed on rows that are withdrawn; what, when and how stays as proof."""
    about = Q(given_by=user_id) | Q(guardian_phone__in=addresses)
    _empty_withdrawn(Consent.objects.filter(about))


def _empty_withdrawn(consents: QuerySet[Consent]) -> None:
    closed = consents.filter(withdrawn_at__isnull=False)
    closed.exclude(guardian_name="", guardian_phone="").update(guardian_name="", guardian_phone="")


def _forget_requests(user_id: UUID) -> None:
    """The words of requests, which nobody waits for now, and copies of data made for them."""
    for request in DataRequest.objects.locked().filter(user=user_id):
        sweeping.delete_later(request.file_key)
        if request.kind != DataRequest.Kind.ERASURE and request.closed_at is None:
            request.move_to(DataRequest.Status.DONE, file_key="", closed_at=clock.now())
        request.words = request.answer = ""
        request.save(update_fields=["words", "answer"])


def forget_staff_notes_about(user: User) -> None:
    """What the admin keeps about rows of this person, while it can still be told whose they are."""
    types = ContentType.objects.filter(pk__in=LogEntry.objects.values("content_type"))
    models = {each.model_class(): each for each in types}
    for table in datamap.tables():
        if table.of is not None and table.model in models:
            keys = map(str, table.of(user).values_list("pk", flat=True))
            notes = LogEntry.objects.filter(content_type=models[table.model])
            _empty_notes(notes.filter(object_id__in=list(keys)))


def _forget_staff_notes(user_id: UUID, names: Collection[str]) -> None:
    """The admin keeps the name of what was changed beside its id."""
    named = Q(object_id=str(user_id), content_type__app_label=User._meta.app_label)
    for name in names:
        # One word alone may be anything that staff write about.
        if len(name.split()) > 1:
            named |= Q(object_repr__contains=name) | Q(change_message__contains=name)
    _empty_notes(LogEntry.objects.filter(named))


def _empty_notes(notes: QuerySet[LogEntry]) -> None:
    notes.update(object_repr="", change_message="")
