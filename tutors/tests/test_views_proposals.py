"""A name that waits: what the tutor sees of it, what a moderator sees, what the API says."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.tests.cast import trusted_api, trusted_browser
from accounts.tests.factories import FamilyUserFactory
from tutors.models import Decision, TutorProfile
from tutors.queries import changes
from tutors.services import profiles, verification
from tutors.tests.desking import DESK, confirmed, signed_in
from tutors.tests.factories import (
    BadgeFactory,
    DocumentFactory,
    TutorFactory,
    TutorSuspendedFactory,
    claimed,
)

pytestmark = pytest.mark.django_db

OLD, NEW = "Meera Iyer", "Meera Rao"
NOTE = "Your new name “Meera Rao” is being checked; families see “Meera Iyer” until then."
WITHDRAW = "/tutor/withdraw/"
YOU = {"name": NEW, "gender": "female", "languages": ["en"]}


@pytest.fixture
def tutor() -> TutorProfile:
    return TutorFactory(user__name=OLD)


@pytest.fixture
def browser(tutor: TutorProfile) -> Client:
    return trusted_browser(tutor.user)


def again(tutor: TutorProfile) -> TutorProfile:
    return TutorProfile.objects.select_related("user").get(pk=tutor.pk)


def propose(tutor: TutorProfile, **values: Any) -> TutorProfile:
    values = values or {"name": NEW}
    profiles.save(by=tutor.user, details=profiles.ProfileDetails(**values))
    return again(tutor)


class TestTheTutor:
    def test_sees_it_wherever_the_name_is(self, tutor: TutorProfile, browser: Client) -> None:
        assert browser.post("/tutor/profile/you/", YOU).status_code == 302
        assert (again(tutor).user.name, again(tutor).pending_name) == (OLD, NEW)
        for address in ("/tutor/profile/", "/tutor/profile/you/", "/account/", "/tutor/"):
            assert NOTE in browser.get(address).content.decode(), address
        for address in ("/tutor/profile/", "/tutor/profile/you/", "/tutor/"):
            assert WITHDRAW in browser.get(address).content.decode(), address

    def test_saving_the_same_form_again_changes_nothing(
        self, tutor: TutorProfile, browser: Client
    ) -> None:
        since = propose(tutor).pending_at
        page = browser.get("/tutor/profile/you/").content.decode()
        assert f'value="{NEW}"' in page
        browser.post("/tutor/profile/you/", {**YOU, "gender": "other"})
        account = browser.get("/account/").content.decode()
        assert f'value="{NEW}"' in account
        browser.post("/account/", {"name": NEW, "language": "en"})
        found = again(tutor)
        assert (found.pending_name, found.pending_at, found.gender) == (NEW, since, "other")

    def test_the_account_page_is_no_way_around(
        self, tutor: TutorProfile, browser: Client, moderator: Any
    ) -> None:
        browser.post("/account/", {"name": NEW, "language": "hi"})
        found = again(tutor)
        assert (found.user.name, found.user.language, found.pending_name) == (OLD, "hi", NEW)
        assert OLD in Client().get(tutor.get_absolute_url()).content.decode()

    def test_takes_it_back(self, tutor: TutorProfile, browser: Client) -> None:
        propose(tutor)
        assert browser.post(WITHDRAW).url == "/tutor/profile/"
        assert not again(tutor).is_proposing
        page = browser.get("/tutor/profile/").content.decode()
        assert NOTE not in page
        assert "Families go on seeing what was checked." in page

    def test_sees_degrees_that_wait(self, tutor: TutorProfile, browser: Client) -> None:
        BadgeFactory(tutor=tutor, claim="degree")
        propose(tutor, qualifications=["Ph.D. <Physics>"])
        page = browser.get("/tutor/profile/teaching/").content.decode()
        assert "Your new degrees are being checked: Ph.D. &lt;Physics&gt;." in page
        assert "Until then families see: M.Sc. Physics." in page
        assert "Ph.D. &lt;Physics&gt;</textarea>" in page
        propose(tutor, qualifications=[])
        page = browser.get("/tutor/profile/").content.decode()
        assert "You want to show no degrees any more" in page

    def test_who_is_suspended_sees_it_without_the_button(self) -> None:
        tutor = TutorSuspendedFactory(user__name=OLD)
        browser = trusted_browser(tutor.user)
        browser.post("/account/", {"name": NEW, "language": "en"})
        page = browser.get("/tutor/profile/").content.decode()
        assert NOTE in page
        assert WITHDRAW not in page

    def test_reads_it_in_hindi(self, tutor: TutorProfile, browser: Client) -> None:
        propose(tutor)
        browser.cookies["django_language"] = "hi"
        page = browser.get("/tutor/profile/", headers={"accept-language": "hi"}).content.decode()
        assert "आपके नए नाम “Meera Rao” की जाँच चल रही है" in page


class TestTheDesk:
    def path(self, tutor: TutorProfile, verb: str = "") -> str:
        end = f"decide/{verb}/" if verb else "change/"
        return f"{DESK}{tutor.pk}/{end}"

    def test_old_and_new_stand_beside_the_paper(self, tutor: TutorProfile, moderator: Any) -> None:
        paper = DocumentFactory(tutor=tutor, status="VERIFIED")
        DocumentFactory(tutor=tutor, kind="police")
        propose(tutor)
        browser = signed_in(moderator)
        assert f"new name: {NEW}" in browser.get(f"{DESK}desk/").content.decode()
        assert "decide/decline" not in browser.get(self.path(tutor)).content.decode()
        claimed(tutor, moderator)
        page = browser.get(self.path(tutor)).content.decode()
        box = page.partition("Waits until you agree")[2].partition("<h2>Documents")[0]
        assert f"<td>{OLD}</td><td><ins>{NEW}</ins></td>" in box
        assert "proof of identity" in box
        assert reverse("admin:tutors_paper_open", args=[paper.pk]) in box
        assert "police" not in box
        for verb in ("changes", "decline"):
            assert f"{self.path(tutor, verb)}?seen={changes.digest(again(tutor))}" in page

    def test_they_stand_beside_the_open_paper_too(
        self, tutor: TutorProfile, moderator: Any
    ) -> None:
        paper = DocumentFactory(tutor=tutor, status="VERIFIED")
        propose(tutor)
        claimed(tutor, moderator)
        browser = confirmed(signed_in(moderator))
        opened = browser.post(reverse("admin:tutors_paper_open", args=[paper.pk]))
        page = browser.get(opened["Location"]).content.decode()
        assert f"<td>{OLD}</td><td><ins>{NEW}</ins></td>" in page

    def test_a_badge_does_not_vouch_for_what_was_typed_after_the_paper_was_read(
        self, tutor: TutorProfile, moderator: Any
    ) -> None:
        """Without the badge degrees change at once; it may come a moment later."""
        paper = DocumentFactory(tutor=tutor, kind="degree")
        claimed(tutor, moderator)
        browser = confirmed(signed_in(moderator))
        opened = browser.post(reverse("admin:tutors_paper_open", args=[paper.pk]))
        page = browser.get(opened["Location"])
        seen = page.context["form"]["seen"].value()
        address = reverse("admin:tutors_tutordocument_review", args=[paper.pk, "verify"])
        form = browser.get(f"{address}?seen={seen}").context["form"]
        assert form["seen"].value() == seen
        propose(tutor, qualifications=["Ph.D. Harvard"])
        refused = browser.post(address, {"seen": seen})
        assert refused.status_code == 422
        assert "has changed since you opened the case" in refused.content.decode()
        assert not tutor.badges.filter(claim="degree").exists()
        now = {"seen": changes.digest(again(tutor))}
        assert browser.post(address, now).status_code == 302
        assert tutor.badges.filter(claim="degree").exists()

    def test_it_agrees(self, tutor: TutorProfile, moderator: Any) -> None:
        seen = changes.digest(propose(tutor))
        claimed(tutor, moderator)
        browser = signed_in(moderator)
        assert browser.post(self.path(tutor, "changes"), {"seen": seen}).status_code == 302
        assert again(tutor).user.name == NEW
        page = browser.get(self.path(tutor)).content.decode()
        assert "Waits until you agree" not in page
        assert "decide/decline" not in page
        assert f"Name: {OLD} → {NEW}" in page

    def test_it_declines_with_a_reason(self, tutor: TutorProfile, moderator: Any) -> None:
        seen = changes.digest(propose(tutor))
        claimed(tutor, moderator)
        browser = signed_in(moderator)
        assert browser.post(self.path(tutor, "decline"), {"seen": seen}).status_code == 422
        said = {"seen": seen, "notes": "Your PAN says Iyer."}
        assert browser.post(self.path(tutor, "decline"), said).status_code == 302
        assert (again(tutor).user.name, again(tutor).is_proposing) == (OLD, False)
        assert Decision.objects.get().notes == "Your PAN says Iyer."

    @pytest.mark.parametrize("verb", ["changes", "decline"])
    def test_not_about_an_older_one_than_the_newest(
        self, tutor: TutorProfile, moderator: Any, verb: str
    ) -> None:
        seen = changes.digest(propose(tutor))
        claimed(tutor, moderator)
        propose(tutor, name="Somebody Else")
        answer = signed_in(moderator).post(self.path(tutor, verb), {"seen": seen, "notes": "x"})
        assert answer.status_code == 422
        assert "has changed since you opened the case" in answer.content.decode()
        assert (again(tutor).user.name, again(tutor).pending_name) == (OLD, "Somebody Else")

    def test_of_a_suspended_tutor_it_can_be_decided_too(self, moderator: Any) -> None:
        tutor = TutorSuspendedFactory(user__name=OLD)
        claimed(tutor, moderator)
        page = signed_in(moderator).get(self.path(tutor)).content.decode()
        assert "decide/changes" not in page
        trusted_browser(tutor.user).post("/account/", {"name": NEW, "language": "en"})
        page = signed_in(moderator).get(self.path(tutor)).content.decode()
        for verb in ("changes", "decline", "restore"):
            assert self.path(tutor, verb) in page


class TestTheApi:
    def test_profile_and_account_carry_it_and_others_do_not_see_it(
        self, tutor: TutorProfile
    ) -> None:
        api = trusted_api(tutor.user)
        answer = api.post("/api/v1/tutors/profile", {"name": NEW}).json()
        assert (answer["name"], answer["pending_name"]) == (OLD, NEW)
        assert (answer["pending_qualifications"], answer["status"]) == (None, "APPROVED")
        assert answer["pending_at"] is not None
        me = api.get("/api/v1/me").json()
        assert (me["name"], me["pending_name"]) == (OLD, NEW)
        public = Client().get(f"/api/v1/tutors/{tutor.pk}").json()
        assert public["name"] == OLD
        assert NEW not in str(public)

    def test_the_account_is_no_way_around(self, tutor: TutorProfile) -> None:
        me = trusted_api(tutor.user).patch("/api/v1/me", {"name": NEW, "language": "hi"}).json()
        assert (me["name"], me["pending_name"], me["language"]) == (OLD, NEW, "hi")
        family = FamilyUserFactory()
        me = trusted_api(family).patch("/api/v1/me", {"name": NEW}).json()
        assert (me["name"], me["pending_name"]) == (NEW, "")

    def test_it_is_taken_back(self, tutor: TutorProfile) -> None:
        api = trusted_api(tutor.user)
        propose(tutor)
        for _twice in range(2):
            answer = api.post("/api/v1/tutors/profile/withdraw")
            assert (answer.status_code, answer.json()["pending_name"]) == (200, "")
        assert (
            trusted_api(FamilyUserFactory()).post("/api/v1/tutors/profile/withdraw").status_code
            == 403
        )

    def test_agreed_it_is_the_name_everywhere(self, tutor: TutorProfile, moderator: Any) -> None:
        propose(tutor)
        verification.accept_changes(claimed(tutor, moderator), by=moderator)
        api = trusted_api(again(tutor).user)
        profile = api.get("/api/v1/tutors/profile").json()
        assert (profile["name"], profile["pending_name"]) == (NEW, "")
        assert Client().get(f"/api/v1/tutors/{tutor.pk}").json()["name"] == NEW
        (found,) = Client().get("/api/v1/tutors/", {"q": "Rao"}).json()["results"]
        assert found["name"] == NEW
