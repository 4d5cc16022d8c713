"""Core's own part of the data map, and how long its rows and files are kept."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tutorhub.core import clock, datamap, idempotency, personal, retention, sweeping
from tutorhub.core.models import OutboxRow, SealedRecord

datamap.register(personal.TABLES)


def _outbox(before: datetime) -> int:
    return retention.delete(OutboxRow.objects.filter(done_at__lt=before))


def _repeats(before: datetime) -> int:
    return idempotency.forget_old()


def _uploads(before: datetime) -> int:
    return sweeping.sweep()


def _vault(before: datetime) -> int:
    return retention.delete(SealedRecord.objects.filter(until__lt=clock.today()))


RULES = [
    retention.Rule("outbox", settings.OUTBOX_KEPT, _("30 days after it was done"), _outbox),
    retention.Rule("repeats", idempotency.LIFE, _("24 hours"), _repeats),
    retention.Rule(sweeping.RULE, sweeping.KEPT_FOR, _("a day, unless it is taken in"), _uploads),
    retention.Rule("vault", timedelta(0), _("as long as the law asks, under seal"), _vault),
]
retention.register(RULES)
