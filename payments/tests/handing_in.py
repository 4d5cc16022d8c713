"""A tutor hands something in about a chargeback."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from payments.models import EvidenceFile, GatewayDispute
from payments.services import evidence
from tutorhub.core import clock
from tutorhub.core.tests import files

PDF = files.pdf("Homework of the class")


def put(file: EvidenceFile, data: bytes = PDF) -> None:
    """What the browser does with the signed form."""
    upload = evidence.upload_form(file)
    with transaction.atomic():
        form = {**upload.fields, "file": named(data)}
        assert Client().post(upload.url, form).status_code == 204


def named(data: bytes):
    return SimpleUploadedFile("secret name.pdf", data)


def away(key: str) -> None:
    raise ConnectionError


def hand_in(dispute, tutor, data: bytes = PDF) -> EvidenceFile:
    file = evidence.announce(dispute, content_type="application/pdf", by=tutor)
    put(file, data)
    return evidence.complete(file, by=tutor)


def late(dispute) -> None:
    """The tutor's time is over, the bank's is not."""
    soon = clock.now() + timedelta(days=1)
    GatewayDispute.objects.filter(pk=dispute.pk).update(
        respond_by=soon, opened_at=clock.now() - timedelta(days=6)
    )
