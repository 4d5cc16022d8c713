"""The walk through a tutor's profile, as a browser without scripts takes it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.services import onboarding
from accounts.tests.factories import FamilyUserFactory, TutorUserFactory
from payments.services import tax_profiles
from tutors.models import FreeHours, TutorProfile
from tutors.queries.progress import NAMES
from tutors.services import profiles
from tutors.tests.factories import (
    DocumentFactory,
    OfferingFactory,
    TutorDraftFactory,
    TutorFactory,
    TutorRejectedFactory,
    TutorSuspendedFactory,
)

pytestmark = pytest.mark.django_db

PHONE = "accounts.backends.PhoneBackend"
ROW = {
    "offerings-TOTAL_FORMS": "1",
    "offerings-INITIAL_FORMS": "0",
    "offerings-0-subject": "physics",
    "offerings-0-grade_min": "9",
    "offerings-0-grade_max": "12",
    "offerings-0-boards": ["CBSE", "ICSE"],
    "offerings-0-state_boards": ["KSEAB"],
    "offerings-0-online_rate": "500",
    "offerings-0-home_rate": "650",
}
SENT: dict[str, dict[str, Any]] = {
    "you": {"name": "Meera Iyer", "gender": "female", "languages": ["en", "ta"]},
    "teaching": {
        "headline": "Physics for classes 9 to 12",
        "bio": "Nine years of numericals.",
        "experience_years": "9",
        "qualifications": "M.Sc. Physics\nB.Ed.",
    },
    "subjects": ROW,
    "where": {"pin_code": "560034", "radius_km": "10"},
    "hours": {"hours": ["16", "17", "40"]},
    "trial": {"minutes": "30", "price": "0"},
    "video": {"video_url": "https://youtu.be/dQw4w9WgXcQ?si=who-shared-it"},
    "tax": {"legal_name": "Meera S Iyer", "state": "Karnataka", "pan": "ABCPE1234F"},
}


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend=PHONE)
    return client


def path_of(step: str) -> str:
    return reverse("tutors:profile-step", args=[step])


def html(response: Any) -> str:
    assert response.status_code in {200, 422}, response.status_code
    return response.content.decode()


class TestWalk:
    def test_each_step_saves_itself_and_leads_to_the_next(self) -> None:
        user = TutorUserFactory(name="")
        client = client_of(user)
        url = onboarding.next_url(user)
        for step, sent in SENT.items():
            html(client.get(path_of(step)))
            response = client.post(path_of(step), sent)
            assert response.status_code == 302, html(response)
            url = response.url
            assert url == path_of(NAMES[NAMES.index(step) + 1])
        tutor = TutorProfile.objects.select_related("user").get()
        assert (tutor.name, tutor.languages, tutor.city) == (
            "Meera Iyer",
            ["en", "ta"],
            "Bengaluru",
        )
        assert tutor.qualifications == ["M.Sc. Physics", "B.Ed."]
        (offering,) = tutor.offerings.all()
        assert offering.boards == ["CBSE", "ICSE", "KSEAB"]
        assert (offering.online_rate_paise, offering.home_rate_paise) == (500_00, 650_00)
        assert tutor.free_hours == FreeHours({16, 17, 40})
        assert (tutor.trial_minutes, tutor.trial_price_paise) == (30, 0)
        assert tutor.video_url == "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
        assert tax_profiles.of(user).pan == "ABCPE1234F"
        assert onboarding.next_step(user) == "documents"

    def test_what_was_saved_comes_back_into_the_forms(self) -> None:
        client = client_of(TutorUserFactory(name=""))
        for step, sent in SENT.items():
            client.post(path_of(step), sent)
        pages = {step: html(client.get(path_of(step))) for step in SENT}
        assert 'value="Meera Iyer"' in pages["you"]
        assert "M.Sc. Physics\nB.Ed." in pages["teaching"]
        assert '<option value="physics" selected>' in pages["subjects"]
        assert pages["subjects"].count('<option value="KSEAB" selected>') == 1
        assert 'value="560034"' in pages["where"]
        assert pages["hours"].count(" checked>") == 3
        assert 'value="30" id="id_minutes_1" checked' in pages["trial"]
        assert "watch?v=dQw4w9WgXcQ" in pages["video"]
        assert "ABCPE1234F" not in pages["tax"]
        assert "••••••234F" in pages["tax"]

    def test_a_mistake_in_one_step_loses_no_other(self) -> None:
        tutor = TutorDraftFactory()
        client = client_of(tutor.user)
        response = client.post(path_of("where"), {"pin_code": "999999", "radius_km": "7"})
        assert response.status_code == 422
        assert 'value="999999"' in html(response)
        assert "India Post has no such PIN code." in html(response)
        client.post(path_of("trial"), SENT["trial"])
        tutor.refresh_from_db()
        assert (tutor.place_id, tutor.radius_km, tutor.trial_minutes) == ("560034", 10, 30)
        assert tutor.bio
        assert tutor.offerings.count() == 1

    def test_an_offering_keeps_its_id(self) -> None:
        tutor = TutorFactory()
        (before,) = tutor.offerings.all()
        sent = {**ROW, "offerings-0-online_rate": "550"}
        response = client_of(tutor.user).post(path_of("subjects"), sent)
        assert response.url == "/tutor/profile/"
        (after,) = tutor.offerings.all()
        assert (after.pk, after.online_rate_paise) == (before.pk, 550_00)

    def test_an_approved_tutor_cannot_lose_what_is_needed(self) -> None:
        tutor = TutorFactory()
        none = {"offerings-TOTAL_FORMS": "0", "offerings-INITIAL_FORMS": "0"}
        response = client_of(tutor.user).post(path_of("subjects"), none)
        assert response.status_code == 422
        assert "Add at least one subject" in html(response)
        assert tutor.offerings.exists()

    def test_hours_that_the_page_does_not_show_stay(self) -> None:
        tutor = TutorDraftFactory(free_hours=FreeHours({2, 16}))
        client_of(tutor.user).post(path_of("hours"), {"hours": ["17"]})
        tutor.refresh_from_db()
        assert tutor.free_hours == FreeHours({2, 17})


class TestSteps:
    @pytest.mark.parametrize(
        "url",
        [
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=4",
            "https://m.youtube.com/watch?v=dQw4w9WgXcQ",
            "https://youtube.com/shorts/dQw4w9WgXcQ",
        ],
    )
    def test_videos_of_youtube(self, url: str) -> None:
        tutor = TutorDraftFactory()
        client_of(tutor.user).post(path_of("video"), {"video_url": url})
        tutor.refresh_from_db()
        assert tutor.video_url == "https://www.youtube.com/watch?v=dQw4w9WgXcQ"

    def test_videos_of_vimeo_and_none_at_all(self) -> None:
        tutor = TutorDraftFactory()
        client = client_of(tutor.user)
        client.post(path_of("video"), {"video_url": "https://player.vimeo.com/video/76979871?h=1"})
        tutor.refresh_from_db()
        assert tutor.video_url == "https://vimeo.com/76979871"
        client.post(path_of("video"), {"video_url": ""})
        tutor.refresh_from_db()
        assert tutor.video_url == ""

    @pytest.mark.parametrize(
        "url",
        [
            "http://www.youtube.com/watch?v=dQw4w9WgXcQ",
            "https://www.youtube.com.evil.example/watch?v=dQw4w9WgXcQ",
            "https://evil.example/https://youtu.be/dQw4w9WgXcQ",
            "https://youtu.be@evil.example/dQw4w9WgXcQ",
            "https://youtu.be:8443/dQw4w9WgXcQ",
            "https://www.youtube.com/redirect?q=https://evil.example&v=dQw4w9WgXcQ",
            "javascript:alert(1)//youtu.be/dQw4w9WgXcQ",
            "https://[youtu.be/dQw4w9WgXcQ",
            "https://vimeo.com/channels",
        ],
    )
    def test_no_other_links(self, url: str) -> None:
        tutor = TutorDraftFactory()
        response = client_of(tutor.user).post(path_of("video"), {"video_url": url})
        assert "one video on YouTube or Vimeo" in html(response)
        assert 'aria-invalid="true"' in html(response)
        tutor.refresh_from_db()
        assert tutor.video_url == ""

    def test_a_trial_has_a_price_and_can_be_taken_back(self) -> None:
        tutor = TutorDraftFactory()
        client = client_of(tutor.user)
        response = client.post(path_of("trial"), {"minutes": "45", "price": ""})
        assert "Say what it costs, or 0." in html(response)
        client.post(path_of("trial"), {"minutes": "45", "price": "150"})
        tutor.refresh_from_db()
        assert (tutor.trial_minutes, tutor.trial_price_paise) == (45, 150_00)
        client.post(path_of("trial"), {"minutes": "", "price": "150"})
        tutor.refresh_from_db()
        assert (tutor.trial_minutes, tutor.trial_price_paise) == (None, None)

    def test_what_is_wrong_with_tax_details_stands_at_the_field(self) -> None:
        client = client_of(TutorUserFactory())
        page = html(client.post(path_of("tax"), {**SENT["tax"], "pan": "ABC"}))
        assert "A PAN looks like ABCDE1234F." in page
        assert 'id="id_pan_error"' in page

    def test_a_row_is_added_without_a_script_and_keeps_the_rest(self) -> None:
        client = client_of(TutorUserFactory())
        page = html(client.post(path_of("subjects"), {**ROW, "add_row": "1"}))
        assert "offerings-1-subject" in page
        assert '<option value="KSEAB" selected>' in page
        assert 'class="error"' not in page
        assert not TutorProfile.objects.exists()

    def test_a_row_is_removed(self) -> None:
        tutor = TutorDraftFactory()
        sent = {**ROW, "offerings-0-DELETE": "on"}
        client_of(tutor.user).post(path_of("subjects"), sent)
        assert not tutor.offerings.exists()

    @pytest.mark.parametrize("field", ["online_rate", "boards"])
    def test_a_row_needs_a_price_and_a_board(self, field: str) -> None:
        emptied = {
            "boards": ["boards", "state_boards"],
            "online_rate": ["online_rate", "home_rate"],
        }
        without = {f"offerings-0-{name}" for name in emptied[field]}
        sent = {key: value for key, value in ROW.items() if key not in without}
        page = html(client_of(TutorUserFactory()).post(path_of("subjects"), sent))
        assert f'id="id_offerings-0-{field}_error"' in page

    def test_files_have_pages_of_their_own(self) -> None:
        client = client_of(TutorDraftFactory().user)
        assert client.get(path_of("photo")).url == "/tutor/photo/"
        assert client.get(path_of("papers")).url == "/tutor/documents/"
        assert client.get(path_of("nonsense")).status_code == 404


class TestOverview:
    def test_what_is_missing_and_why(self) -> None:
        page = html(client_of(TutorDraftFactory(bio="").user).get("/tutor/profile/"))
        assert "Tell families how you teach, in a few sentences." in page
        assert "It is what families read before they write to you." in page
        assert path_of("teaching") in page
        assert "Send my profile for checking" not in page

    def test_a_whole_profile_can_be_sent_from_here(self) -> None:
        tutor = TutorDraftFactory()
        DocumentFactory(tutor=tutor)
        client = client_of(tutor.user)
        assert "Send my profile for checking" in html(client.get("/tutor/profile/"))

    def test_who_was_sent_back_reads_why_and_what_is_still_missing(self) -> None:
        page = html(client_of(TutorRejectedFactory(bio="").user).get("/tutor/profile/"))
        assert "Please add a photo of the whole page." in page
        assert "Before we can check your profile:" in page
        assert "Send my profile for checking" not in page

    def test_a_suspended_tutor_reads_and_does_not_write(self) -> None:
        tutor = TutorSuspendedFactory(status_notes="Complaints.")
        client = client_of(tutor.user)
        assert "Complaints." in html(client.get("/tutor/profile/"))
        assert "cannot be changed now" in html(client.get(path_of("teaching")))
        assert client.post(path_of("teaching"), SENT["teaching"]).status_code == 403

    def test_who_may_come(self) -> None:
        client = Client()
        for path in ("/tutor/profile/", path_of("you"), "/tutor/documents/"):
            assert "/signin/" in client.get(path).url
        client.force_login(FamilyUserFactory(), backend=PHONE)
        for path in ("/tutor/profile/", path_of("you"), "/tutor/documents/"):
            assert client.get(path).status_code == 403

    @pytest.mark.parametrize("path", ["", *(f"{step}/" for step in SENT)])
    def test_query_budget(self, path: str, django_assert_max_num_queries: Any) -> None:
        tutor = TutorFactory()
        OfferingFactory(tutor=tutor, subject_slug="maths")
        client = client_of(tutor.user)
        with django_assert_max_num_queries(10):
            html(client.get(f"/tutor/profile/{path}"))


def test_the_first_open_step_comes_after_signing_in() -> None:
    user = TutorUserFactory(name="")
    assert onboarding.next_url(user) == path_of("you")
    profiles.save(by=user, details=profiles.ProfileDetails(name="Meera Iyer"))
    assert (onboarding.next_step(user), onboarding.next_url(user)) == (
        "profile",
        path_of("teaching"),
    )
