"""SEC-24: a paper is seen by a moderator, once, by a link that dies; nobody else gets near it."""

import logging
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from notifications.models import Message
from tests.access.world import GUARDIANS, PRINCIPALS, World
from tutorhub.core import clock, storage
from tutorhub.core.models import AuditEvent
from tutorhub.core.tests import files
from tutors.models import ReviewClaim, TutorDocument, TutorPhoto
from tutors.services import documents, verification
from tutors.tests.desking import confirmed
from tutors.tests.factories import DocumentFactory, PhotoFactory, claimed

pytestmark = pytest.mark.django_db

# A second guardian is a family like any other here.
ROLES = [principal for principal in PRINCIPALS if principal not in GUARDIANS]
MAY_LOOK = {"moderator", "superuser_with_glass"}
ARRIVED = ["RECEIVED", "VERIFIED", "REFUSED"]


@pytest.fixture
def world(settings: Any, tmp_path: Any) -> World:
    settings.PRIVATE_ROOT = tmp_path
    return World()


def paper(world: World, status: str = "RECEIVED") -> TutorDocument:
    document: TutorDocument = DocumentFactory(
        tutor=world.tutor, status=status, stored_key=storage.private_key("papers")
    )
    storage.put(document.stored_key, files.pdf("SECRET"), content_type="application/pdf")
    return document


def opening(document: TutorDocument) -> str:
    return reverse("admin:tutors_tutordocument_open", args=[document.pk])


def at_work(world: World, principal: str) -> Client:
    """As if this principal had the case and had entered a code, whatever their role."""
    client = world.page_client(principal)
    if principal in world.users:
        ReviewClaim.objects.create(
            tutor=world.tutor,
            moderator=world.users[principal],
            expires_at=clock.now() + timedelta(minutes=9),
        )
        confirmed(client)
    return client


@pytest.mark.parametrize("principal", ROLES)
def test_sec_24_every_role_and_the_pages_of_papers(world: World, principal: str) -> None:
    client, document = at_work(world, principal), paper(world)
    names = ("admin:tutors_paper", "admin:tutors_paper_page")
    view = reverse(names[0], args=[document.pk])
    picture = reverse(names[1], args=[document.pk, 1])
    client.post(reverse("admin:tutors_paper_open", args=[document.pk]))
    for address in (view, picture):
        response = client.get(address)
        assert (response.status_code == 200) == (principal in MAY_LOOK), response
        assert b"SECRET" not in response.content
        if response.status_code == 200:
            assert "no-store" in response["Cache-Control"]
    rows = AuditEvent.objects.filter(action="tutor_document.viewed").count()
    assert rows == (principal in MAY_LOOK)


@pytest.mark.parametrize("principal", ROLES)
def test_every_role_and_every_paper(world: World, principal: str) -> None:
    client = at_work(world, principal)
    for status in ARRIVED:
        response = client.post(opening(paper(world, status)))
        assert (response.status_code == 303) == (principal in MAY_LOOK), (status, response)
    for status, key in (("UPLOADING", ""), ("CHECKING", storage.private_key("papers"))):
        early = DocumentFactory(tutor=world.tutor, status=status, stored_key=key, received_at=None)
        assert client.post(opening(early)).status_code != 303
    looks = AuditEvent.objects.filter(action="tutor_document.opened").count()
    assert looks == (len(ARRIVED) if principal in MAY_LOOK else 0)


@pytest.mark.parametrize("principal", ROLES)
def test_a_photo_that_waits(world: World, principal: str) -> None:
    photo = PhotoFactory(tutor=world.tutor)
    storage.put(photo.stored_key, files.jpeg(), content_type="image/jpeg")
    client = world.page_client(principal)
    own = client.get(reverse("tutors:photo-preview", args=[photo.pk]))
    assert (own.status_code == 200) == (principal == "tutor")
    look = client.get(reverse("admin:tutors_tutorphoto_look", args=[photo.pk]))
    assert (look.status_code == 200) == (principal in MAY_LOOK)
    for response in (own, look):
        if response.status_code == 200:
            assert "no-store" in response["Cache-Control"]
    name = photo.stored_key.rpartition("/")[2]
    assert client.get(f"/photos/{name}-168.jpg").status_code != 200


def test_the_link_downloads_and_then_dies(world: World) -> None:
    document = paper(world)
    answer = at_work(world, "moderator").post(opening(document))
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]
    link = answer["Location"]
    assert link.startswith("/files/")
    now = clock.now()
    with time_machine.travel(now + timedelta(seconds=58), tick=False):
        response = Client().get(link)
        assert b"SECRET" not in link.encode()
        assert response["Content-Disposition"] == 'attachment; filename="identity.pdf"'
        assert response["Cache-Control"] == "no-store"
        assert response["Referrer-Policy"] == "no-referrer"
        assert b"%PDF-" in b"".join(response)
    with time_machine.travel(now + timedelta(seconds=61), tick=False):
        assert Client().get(link).status_code == 403


def test_no_address_of_a_file_is_written_anywhere(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Not into pages, answers of the API, messages, the audit trail or the log."""
    caplog.set_level(logging.DEBUG)
    document = paper(world)
    photo: TutorPhoto = PhotoFactory(tutor=world.tutor)
    moderator = world.users["moderator"]
    claimed(world.tutor, moderator)
    link = documents.open_for_review(document, by=moderator)
    seen = [answer.content.decode() for answer in tour(world)]
    verification.review_document(document, by=moderator, is_genuine=False, notes="Too dark.")
    seen += [answer.content.decode() for answer in tour(world)]
    seen += Message.objects.values_list("body", flat=True)
    seen += [str(data) for data in AuditEvent.objects.values_list("data", flat=True)]
    seen.append(caplog.text)
    assert len(seen) > 40
    names = [key.rpartition("/")[2] for key in (document.stored_key, document.upload_key)]
    names += [key.rpartition("/")[2] for key in (photo.stored_key, photo.upload_key)]
    for secret in (*names, link, "/files/"):
        assert not any(secret in text for text in seen), secret


def tour(world: World) -> list[Any]:
    """What a paper's page, list or desk could give away, to each who may look."""
    desk = reverse("admin:tutors_tutorprofile_change", args=[world.tutor.pk])
    pages = ["/tutor/documents/", "/tutor/photo/", "/tutor/", world.tutor.get_absolute_url(), desk]
    answers = [
        world.page_client(principal).get(page)
        for principal in ("tutor", "other_tutor", "moderator", "family")
        for page in pages
    ]
    api = world.api_client("tutor")
    paths = ("documents", "photos", "profile", str(world.tutor.pk))
    return answers + [api.get(f"/api/v1/tutors/{path}") for path in paths]
