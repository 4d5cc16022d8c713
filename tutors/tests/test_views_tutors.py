"""The public pages and the tutor's own, as a browser without scripts sees them."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from curriculum.queries import catalogue
from tutorhub.core import outbox
from tutorhub.core.tests import files
from tutors.models import TutorDocument, TutorProfile
from tutors.tests.factories import (
    DocumentFactory,
    OfferingFactory,
    TutorDraftFactory,
    TutorFactory,
    TutorPendingFactory,
    TutorRejectedFactory,
    TutorSuspendedFactory,
)

pytestmark = pytest.mark.django_db

PHONE = "accounts.backends.PhoneBackend"
PDF = files.pdf()


@pytest.fixture
def tutor_client(client: Client) -> Client:
    client.force_login(TutorUserFactory(), backend=PHONE)
    return client


def client_of(tutor: TutorProfile) -> Client:
    client = Client()
    client.force_login(tutor.user, backend=PHONE)
    return client


def html(response: Any) -> str:
    assert response.status_code in {200, 422}, response.status_code
    return response.content.decode()


class TestSearchPage:
    def test_cards_say_why(self, client: Client) -> None:
        TutorFactory(user__name="Meera Iyer", rating_sum=314, rating_count=64)
        page = html(
            client.get(
                "/tutors/",
                {
                    "subject": "Physics",
                    "grade": "11",
                    "board": "CBSE",
                    "mode": "home",
                    "pin_code": "560034",
                    "budget": "800",
                },
            )
        )
        assert "Physics tutors near 560034" in page
        assert "Meera Iyer" in page
        assert "Why first:" in page
        assert "teaches CBSE class 11 Physics" in page
        assert "₹\u00a0650" in page
        assert "Identity checked" in page
        assert "pin_code=560034" in re.search(r'href="(/tutors/tutor-[^"]+)"', page)[1]

    def test_the_form_keeps_what_was_asked(self, client: Client) -> None:
        page = html(client.get("/tutors/", {"subject": "math", "budget": "700", "sort": "price"}))
        assert '<option value="maths" selected>' in page
        assert 'value="700"' in page
        assert '<input type="hidden" name="sort" value="price">' in page

    def test_nobody_found_gets_help(self, client: Client) -> None:
        page = html(client.get("/tutors/", {"subject": "physics", "budget": "100"}))
        assert "No tutor fits all of this" in page
        assert "/enquiries/new/?subject=physics" in page

    def test_an_unknown_pin_code_is_said_on_the_form(self, client: Client) -> None:
        assert "India Post has no such PIN code." in html(
            client.get("/tutors/", {"pin_code": "999999"})
        )

    @pytest.mark.parametrize("name", ["subject", "grade", "board", "mode", "min_rating", "sort"])
    def test_nonsense_is_an_error_on_the_page(self, client: Client, name: str) -> None:
        TutorFactory()
        assert client.get("/tutors/", {name: "nonsense"}).status_code == 200

    def test_what_is_wrong_stands_in_the_place_of_the_tutors(self, client: Client) -> None:
        """On a phone the filters are away, and nobody may think that no tutor fits."""
        TutorFactory()
        html = client.get("/tutors/?pin_code=999999&day=someday").text
        results = html.partition('id="results"')[2]
        assert "No tutor fits all of this" not in results
        assert 'href="#id_pin_code"' in results
        assert 'href="#id_day"' in results

    def test_a_cursor_that_was_cut_off_starts_again(self, client: Client) -> None:
        tutor = TutorFactory()
        assert tutor.name in html(client.get("/tutors/", {"cursor": "garbage"}))

    def test_more_tutors_by_link_and_by_htmx(self, client: Client) -> None:
        for _ in range(14):
            TutorFactory()
        first = html(client.get("/tutors/?sort=price"))
        assert first.count("<article") == 12
        link = re.search(r'href="([^"]*cursor=[^"]*)"', first)[1].replace("&amp;", "&")
        second = html(client.get(link))
        assert second.count("<article") == 2
        assert "<h1" in second
        fragment = html(client.get(link, headers={"HX-Request": "true"}))
        assert fragment.count("<article") == 2
        assert "<h1" not in fragment

    def test_budgets(self, django_assert_max_num_queries: Any) -> None:
        for _ in range(14):
            OfferingFactory(tutor=TutorFactory(), subject_slug="maths")
        client = Client()
        client.force_login(FamilyUserFactory(), backend=PHONE)
        with django_assert_max_num_queries(8):
            response = client.get("/tutors/?subject=physics&pin_code=560034&board=CBSE")
        assert html(response).count("<article") == 12
        assert len(response.content) < 60_000


class TestTutorPage:
    def test_what_a_family_sees(self, client: Client, django_assert_max_num_queries: Any) -> None:
        tutor = TutorFactory(user__name="Meera Iyer", badge__valid_until="2029-10-12")
        client.force_login(FamilyUserFactory(), backend=PHONE)
        catalogue()  # which a process reads once a minute, not once a page
        with django_assert_max_num_queries(7):
            page = html(client.get(f"/tutors/{tutor.slug}/?subject=physics&pin_code=560034"))
        assert "Meera Iyer" in page
        assert "12 Oct 2026" in page
        assert "good until 12 Oct 2029" in page
        assert "₹\u00a0500" in page
        assert "English, Hindi" in page
        link = f"/enquiries/new/?tutor={tutor.slug}&amp;subject=physics&amp;pin_code=560034"
        assert link in page

    def test_no_contact_details(self, client: Client) -> None:
        tutor = TutorFactory()
        assert tutor.user.phone not in html(client.get(f"/tutors/{tutor.slug}/"))

    @pytest.mark.parametrize(
        "factory",
        [TutorDraftFactory, TutorPendingFactory, TutorRejectedFactory, TutorSuspendedFactory],
    )
    def test_others_than_approved_are_not_there(self, client: Client, factory: Any) -> None:
        tutor = factory()
        assert client.get(f"/tutors/{tutor.slug}/").status_code == 404
        client.force_login(FamilyUserFactory(), backend=PHONE)
        assert client.get(f"/tutors/{tutor.slug}/").status_code == 404
        assert "Only you see this page" in html(client_of(tutor).get(f"/tutors/{tutor.slug}/"))


class TestDocuments:
    def upload(self, client: Client, data: bytes, kind: str = "application/pdf") -> Any:
        response = client.post("/tutor/documents/", {"kind": "identity", "content_type": kind})
        assert response.status_code == 302, response.content.decode()
        page = html(client.get(response.url))
        action = re.search(r'action="(/uploads/[^"]+)"', page)[1]
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
        fields.pop("next", None)
        fields.pop("csrfmiddlewaretoken", None)
        file = SimpleUploadedFile("my aadhaar.pdf", data)
        response = client.post(action, {**fields, "file": file}, follow=True)
        outbox.drain()
        return response

    @pytest.fixture(autouse=True)
    def _root(self, settings: Any, tmp_path: Any) -> None:
        settings.PRIVATE_ROOT = tmp_path

    def test_from_the_form_to_private_storage_and_back(self) -> None:
        tutor = TutorDraftFactory()
        client = client_of(tutor)
        response = self.upload(client, PDF)
        assert response.redirect_chain[-1][0] == "/tutor/documents/"
        assert "The file has arrived" in html(response)
        document = TutorDocument.objects.get()
        assert document.status == "RECEIVED"
        assert document.filename == "identity.pdf"
        page = html(client.get("/tutor/documents/"))
        assert "Waiting for our check" in page
        assert document.stored_key not in html(response) + page

    def test_a_wrong_file_is_explained_and_can_be_replaced(self) -> None:
        client = client_of(TutorDraftFactory())
        self.upload(client, b"<html>" * 20)
        assert TutorDocument.objects.get().status == "SPOILT"
        page = html(client.get("/tutor/documents/"))
        assert "This is not a JPEG, PNG, WebP or PDF file" in page
        assert "Cannot be used" in page
        self.upload(client, PDF)
        assert TutorDocument.objects.latest("pk").status == "RECEIVED"

    def test_a_script_announces_sends_and_says_so(self) -> None:
        tutor = TutorDraftFactory()
        client = client_of(tutor)
        asked = {"kind": "degree", "content_type": "application/pdf", "size": len(PDF)}
        json = {"Accept": "application/json"}
        made = client.post("/tutor/documents/", asked, headers=json)
        assert (made.status_code, made["Cache-Control"]) == (201, "no-store")
        steps = made.json()
        assert set(steps) == {"url", "fields", "done", "withdraw"}
        early = client.get(steps["done"], headers=json)
        assert (early.status_code, early.json()["error"]) == (
            422,
            "The file has not arrived. Please upload it again.",
        )
        file = SimpleUploadedFile("x.pdf", PDF)
        assert client.post(steps["url"], {**steps["fields"], "file": file}).status_code == 204
        assert client.get(steps["done"], headers=json).json() == {"status": "CHECKING"}
        part = html(client.get("/tutor/documents/", headers={"HX-Request": "true"}))
        assert 'hx-trigger="every 2s"' in part
        assert "<html" not in part
        outbox.drain()
        part = html(client.get("/tutor/documents/", headers={"HX-Request": "true"}))
        assert "hx-trigger" not in part
        assert client.post(steps["withdraw"], headers=json).json() == {}
        assert not TutorDocument.objects.exists()

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"content_type": "image/svg+xml"}, "Please take a PDF, JPEG, PNG or WebP file."),
            ({"size": 10 * 1024 * 1024 + 1}, "This file is larger than 10 MB."),
        ],
    )
    def test_a_script_is_told_what_is_wrong(self, change: dict[str, Any], words: str) -> None:
        client = client_of(TutorDraftFactory())
        asked = {"kind": "degree", "content_type": "application/pdf", "size": 5, **change}
        answer = client.post("/tutor/documents/", asked, headers={"Accept": "application/json"})
        assert (answer.status_code, answer.json()) == (400, {"error": words})
        assert not TutorDocument.objects.exists()

    def test_submit_shows_what_is_missing_and_then_works(self) -> None:
        tutor = TutorDraftFactory()
        client = client_of(tutor)
        page = html(client.get("/tutor/documents/"))
        assert "Upload one proof of identity" in page
        assert "Send my profile for checking" not in page
        self.upload(client, PDF)
        assert "Send my profile for checking" in html(client.get("/tutor/documents/"))
        client.post("/tutor/submit/")
        tutor.refresh_from_db()
        assert tutor.status == "PENDING"

    def test_delete(self) -> None:
        tutor = TutorDraftFactory()
        client = client_of(tutor)
        self.upload(client, PDF)
        client.post(f"/tutor/documents/{TutorDocument.objects.get().pk}/withdraw/")
        assert not TutorDocument.objects.exists()

    def test_somebody_elses_document_is_not_found(self) -> None:
        document = DocumentFactory()
        client = client_of(TutorDraftFactory())
        for path in ("", "done/", "withdraw/"):
            url = f"/tutor/documents/{document.pk}/{path}"
            method = client.post if path == "withdraw/" else client.get
            assert method(url).status_code == 404

    def test_rejection_notes_are_shown(self) -> None:
        tutor = TutorRejectedFactory()
        assert "Please add a photo of the whole page." in html(
            client_of(tutor).get("/tutor/documents/")
        )

    def test_query_budget(self, django_assert_max_num_queries: Any) -> None:
        tutor = TutorPendingFactory()
        DocumentFactory(tutor=tutor, kind="degree")
        client = client_of(tutor)
        with django_assert_max_num_queries(8):
            html(client.get("/tutor/documents/"))

    def test_without_a_profile_it_starts_there(self, tutor_client: Client) -> None:
        assert tutor_client.get("/tutor/documents/").url == "/tutor/profile/"
