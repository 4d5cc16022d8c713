"""What is not needed any longer is deleted, a thousand rows at a time."""

from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q

from accounts.models import AppSession, BrowserSession, EmailChange, KnownDevice, OtpChallenge
from tutorhub.core import clock

BATCH = 1000


def clear_out() -> dict[str, int]:
    """Delete expired sessions, old codes, dead token families and forgotten devices."""
    now = clock.now()
    dead = now - settings.DEAD_SIGN_INS_KEPT
    return {
        "browsers": _clear(BrowserSession.objects.filter(expire_date__lt=now)),
        "codes": _clear(OtpChallenge.objects.filter(created_at__lt=now - settings.CODES_KEPT)),
        "apps": _clear(
            AppSession.objects.filter(Q(ended_at__lt=dead) | Q(expires_at__lt=dead)),
        ),
        "emails": _clear(EmailChange.objects.filter(expires_at__lt=now - settings.CODES_KEPT)),
        "devices": _clear(KnownDevice.objects.filter(seen_at__lt=now - settings.DEVICES_KEPT)),
    }


def _clear(rows: "models.QuerySet[Any]") -> int:
    """Delete these rows, passing over what somebody else holds; returns how many there were."""
    total = 0
    while True:
        with transaction.atomic():
            some = rows.order_by("pk").select_for_update(skip_locked=True, of=("self",))[:BATCH]
            keys = [row.pk for row in some]
            rows.model._base_manager.filter(pk__in=keys).delete()
        total += len(keys)
        if len(keys) < BATCH:
            return total
