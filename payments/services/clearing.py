"""How long what is not money is kept: the rules that `tutorhub.core.retention` runs."""

from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from payments.models import EvidenceFile, GatewayDispute, GatewayEvent
from tutorhub.core import sweeping
from tutorhub.core.retention import Rule, empty, in_batches


def _gateway_bodies(before: datetime) -> int:
    old = GatewayEvent.objects.filter(received_at__lt=before)
    old = old.exclude(status__in=GatewayEvent.WAITING).exclude(body=b"")
    return empty(old, body=b"", found_by=None)


def _evidence(before: datetime) -> int:
    over = GatewayDispute.objects.filter(closed_at__lt=before)
    return in_batches(EvidenceFile.objects.filter(dispute__in=over), delete_evidence)


def delete_evidence(files: QuerySet[EvidenceFile]) -> None:
    """Delete locked rows with their files."""
    for file in files:
        sweeping.delete_later(file.stored_key)
        sweeping.delete_later(file.upload_key or "", is_upload=True)
        file.delete()


RULES = [
    Rule("gateway_bodies", settings.GATEWAY_BODIES_KEPT, _("180 days"), _gateway_bodies),
    Rule("evidence", settings.EVIDENCE_KEPT, _("180 days after the bank's word"), _evidence),
]
