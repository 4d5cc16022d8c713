"""The moderators' desk in the back office."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.services import staff
from tutorhub.core.models import AuditEvent
from tutors.models import Badge, Decision, TutorProfile
from tutors.tests.desking import DESK, confirmed, member, signed_in
from tutors.tests.factories import (
    DocumentFactory,
    TutorDraftFactory,
    TutorFactory,
    TutorPendingFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator(db: None) -> Client:
    return signed_in(member(staff.MODERATOR))


@pytest.fixture
def finance(db: None) -> Client:
    return signed_in(member(staff.FINANCE))


def seen_on(page: str) -> str:
    """What the page of a case says that its reader has seen."""
    return re.findall(r"decide/approve/\?seen=(\w{16})", page)[0]


def test_the_whole_way_through_the_desk(moderator: Client, settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = tmp_path
    tutor = TutorPendingFactory(user__name="Meera Iyer")
    paper = tutor.documents.get()
    assert moderator.post(f"{DESK}{tutor.pk}/claim/").status_code == 302
    page = moderator.get(f"{DESK}{tutor.pk}/change/").content.decode()
    assert "Meera Iyer" in page
    assert tutor.user.phone not in page
    assert paper.stored_key not in page
    seen = seen_on(page)
    refused = moderator.post(f"{DESK}{tutor.pk}/decide/approve/", {"notes": "", "seen": seen})
    assert refused.status_code == 422
    assert "Check a proof of identity first." in refused.content.decode()
    verify = re.search(rf'href="({DESK}document/{paper.pk}/review/verify/[^"]*)"', page)[1]
    read = moderator.get(verify).context["form"]["seen"].value()
    assert read == seen
    assert moderator.post(verify, {"notes": "", "valid_until": "", "seen": read}).status_code == 302
    old = moderator.post(f"{DESK}{tutor.pk}/decide/approve/", {"notes": "Fine", "seen": "0" * 16})
    assert (old.status_code, "Look at it again." in old.content.decode()) == (422, True)
    seen = seen_on(moderator.get(f"{DESK}{tutor.pk}/change/").content.decode())
    form = moderator.get(f"{DESK}{tutor.pk}/decide/approve/?seen={seen}").content.decode()
    assert f'name="seen" value="{seen}"' in form
    assert "Seen</label>" not in form
    done = moderator.post(f"{DESK}{tutor.pk}/decide/approve/", {"notes": "Fine", "seen": seen})
    assert done.status_code == 302
    tutor.refresh_from_db()
    assert tutor.status == "APPROVED"
    assert "Fine" in moderator.get(f"{DESK}{tutor.pk}/change/").content.decode()
    assert moderator.get("/admin/tutors/decision/").status_code == 200
    assert moderator.get("/admin/tutors/badge/").status_code == 200


def test_a_paper_vouches_for_what_stood_beside_it(moderator: Client) -> None:
    """The form of the verdict shows no profile: it goes by the page that led there."""
    tutor = TutorPendingFactory()
    paper = tutor.documents.get()
    moderator.post(f"{DESK}{tutor.pk}/claim/")
    page = moderator.get(f"{DESK}{tutor.pk}/change/").content.decode()
    verify = re.search(rf'href="({DESK}document/{paper.pk}/review/verify/[^"]*)"', page)[1]
    TutorProfile.objects.filter(pk=tutor.pk).update(qualifications=["Ph.D. Harvard"])
    seen = moderator.get(verify).context["form"]["seen"].value()
    answer = moderator.post(verify, {"notes": "", "valid_until": "", "seen": seen})
    assert answer.status_code == 422
    assert not Badge.objects.exists()


@pytest.mark.parametrize("verb", ["reject"])
def test_a_no_needs_a_reason(moderator: Client, verb: str) -> None:
    tutor = TutorPendingFactory()
    moderator.post(f"{DESK}{tutor.pk}/claim/")
    response = moderator.post(f"{DESK}{tutor.pk}/decide/{verb}/", {"notes": " "})
    assert response.status_code == 422
    assert "Say why" in response.content.decode()
    moderator.post(f"{DESK}{tutor.pk}/decide/{verb}/", {"notes": "Blurred"})
    tutor.refresh_from_db()
    assert (tutor.status, tutor.status_notes) == ("REJECTED", "Blurred")


def test_a_verb_that_does_not_fit_goes_back(moderator: Client) -> None:
    tutor = TutorDraftFactory()
    assert moderator.post(f"{DESK}{tutor.pk}/decide/approve/", {"notes": "x"}).status_code == 302
    assert not Decision.objects.exists()


def test_a_download_is_audited_and_not_kept(moderator: Client) -> None:
    paper = DocumentFactory()
    path = f"{DESK}document/{paper.pk}/open/"
    assert moderator.get(path).status_code == 405
    moderator.post(f"{DESK}{paper.tutor_id}/claim/")
    confirmed(moderator)
    response = moderator.post(path)
    assert response.status_code == 303
    assert "no-store" in response["Cache-Control"]
    assert response.url.startswith("/files/")
    assert AuditEvent.objects.filter(action="tutor_document.opened").count() == 1


def test_finance_sees_and_decides_nothing_here(finance: Client) -> None:
    tutor = TutorPendingFactory()
    paper = tutor.documents.get()
    assert finance.get(DESK).status_code == 403
    assert finance.get(f"{DESK}{tutor.pk}/change/").status_code == 403
    assert finance.post(f"{DESK}{tutor.pk}/decide/approve/", {"notes": "x"}).status_code == 403
    assert finance.post(f"{DESK}document/{paper.pk}/open/").status_code == 403
    assert finance.post(f"{DESK}document/{paper.pk}/review/verify/").status_code == 403
    assert not AuditEvent.objects.filter(action="tutor_document.opened").exists()


def test_without_the_second_factor_nothing() -> None:
    client = Client()
    client.force_login(member(staff.MODERATOR), backend="accounts.backends.StaffBackend")
    paper = DocumentFactory()
    for path in (DESK, f"{DESK}{paper.tutor_id}/change/"):
        assert client.get(path).status_code == 302
    assert client.post(f"{DESK}document/{paper.pk}/open/").status_code in {302, 403}
    assert not AuditEvent.objects.filter(action="tutor_document.opened").exists()


@pytest.mark.parametrize("model", ["tutorprofile", "decision", "badge"])
def test_nothing_is_edited_by_hand(moderator: Client, model: str) -> None:
    assert moderator.get(f"/admin/tutors/{model}/add/").status_code == 403
    tutor = TutorFactory()
    assert moderator.post(f"{DESK}{tutor.pk}/delete/", {"post": "yes"}).status_code == 403
