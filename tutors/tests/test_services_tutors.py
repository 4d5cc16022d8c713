"""Rules of profiles, papers and decisions, at the services."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.services import onboarding
from accounts.tests.factories import FamilyUserFactory, StaffFactory, TutorUserFactory
from curriculum.models import Board, Language, Subject
from notifications.models import Message
from tutorhub.core import clock, contents, outbox, places, storage, uploads
from tutorhub.core.errors import Conflict, InvalidTransition, NotAllowed
from tutorhub.core.models import AuditEvent
from tutorhub.core.tests import files
from tutors import policies
from tutors.models import TutorDocument, TutorProfile
from tutors.services import documents, profiles, stats
from tutors.services.profiles import OfferingDetails, ProfileDetails
from tutors.tests.factories import (
    DocumentFactory,
    TutorDraftFactory,
    TutorFactory,
    TutorPendingFactory,
    TutorRejectedFactory,
    TutorSuspendedFactory,
    claimed,
)

pytestmark = pytest.mark.django_db

PDF = files.pdf("M.Sc. Physics")


@pytest.fixture
def details(db: None) -> ProfileDetails:
    return ProfileDetails(
        name="Meera Iyer",
        headline="Physics",
        bio="Nine years.",
        languages=[Language.objects.get(pk="en")],
        qualifications=["M.Sc. Physics", " "],
        pin_code="560 034",
        radius_km=10,
        offerings=[
            OfferingDetails(
                subject=Subject.objects.get(pk="physics"),
                boards=[Board.objects.get(pk="CBSE")],
                grade_min=9,
                grade_max=12,
                online_rate_paise=500_00,
            )
        ],
    )


def actions(subject: Any) -> set[str]:
    return set(
        AuditEvent.objects.filter(object_id=str(subject.pk)).values_list("action", flat=True)
    )


class TestStates:
    @pytest.mark.parametrize("model", [TutorProfile, TutorDocument])
    def test_every_state_has_its_edges(self, model: Any) -> None:
        assert set(model.TRANSITIONS) == set(model.Status)
        for targets in model.TRANSITIONS.values():
            assert targets <= set(model.Status)

    def test_no_other_edge(self) -> None:
        with pytest.raises(InvalidTransition):
            TutorProfile().move_to("APPROVED")


class TestSave:
    def test_a_new_profile(self, details: ProfileDetails) -> None:
        user = TutorUserFactory(name="")
        tutor, is_new = profiles.save(by=user, details=details)
        assert is_new
        assert tutor.status == "DRAFT"
        assert tutor.slug.startswith("meera-iyer-")
        assert (tutor.city, tutor.state) == ("Bengaluru", "Karnataka")
        assert tutor.qualifications == ["M.Sc. Physics"]
        user.refresh_from_db()
        assert user.name == "Meera Iyer"
        again, is_new = profiles.save(by=user, details=ProfileDetails(bio="Ten years."))
        assert (again.pk, is_new) == (tutor.pk, False)
        assert again.headline == "Physics"
        assert again.offerings.count() == 1

    def test_a_bad_pin_code_changes_nothing(self, details: ProfileDetails) -> None:
        user = TutorUserFactory(name="Before")
        with pytest.raises(places.UnknownPinCode):
            profiles.save(by=user, details=ProfileDetails(name="After", pin_code="999999"))
        user.refresh_from_db()
        assert user.name == "Before"
        assert not TutorProfile.objects.exists()

    def test_an_approved_tutor_stays_approved_and_key_changes_are_audited(self) -> None:
        tutor = TutorFactory()
        profiles.save(by=tutor.user, details=ProfileDetails(bio="Shorter."))
        assert "tutor.key_fields_changed" not in actions(tutor)
        slug = tutor.slug
        profiles.save(
            by=tutor.user, details=ProfileDetails(qualifications=["Ph.D."], gender="male")
        )
        tutor.refresh_from_db()
        assert (tutor.status, tutor.slug) == ("APPROVED", slug)
        event = AuditEvent.objects.get(action="tutor.key_fields_changed")
        assert sorted(event.data["fields"]) == ["gender", "qualifications"]

    @pytest.mark.parametrize("factory", [TutorFactory, TutorPendingFactory])
    def test_what_is_public_cannot_lose_what_it_needs(self, factory: Any) -> None:
        tutor = factory()
        with pytest.raises(profiles.Incomplete) as caught:
            profiles.save(by=tutor.user, details=ProfileDetails(offerings=[]))
        assert caught.value.extra["missing"] == ["offerings"]
        assert tutor.offerings.count() == 1

    def test_a_suspended_tutor_changes_nothing(self) -> None:
        tutor = TutorSuspendedFactory()
        with pytest.raises(policies.Suspended):
            profiles.save(by=tutor.user, details=ProfileDetails(bio="x"))


class TestSubmit:
    def test_an_empty_profile_says_all_that_is_missing(self) -> None:
        user = TutorUserFactory(name="")
        tutor, _ = profiles.save(by=user, details=ProfileDetails())
        with pytest.raises(profiles.Incomplete) as caught:
            profiles.submit(tutor, by=user)
        assert caught.value.extra["missing"] == [
            "name", "headline", "bio", "place", "offerings", "identity_document",
        ]  # fmt: skip
        assert len(caught.value.extra["reasons"]) == 6
        assert "Upload one proof of identity" in str(caught.value)

    def test_home_visits_need_a_radius(self) -> None:
        tutor = TutorDraftFactory(radius_km=0)
        DocumentFactory(tutor=tutor)
        with pytest.raises(profiles.Incomplete) as caught:
            profiles.submit(tutor, by=tutor.user)
        assert caught.value.extra["missing"] == ["radius_km"]

    @pytest.mark.parametrize("status", ["UPLOADING", "REFUSED"])
    def test_a_paper_that_did_not_arrive_or_was_refused_does_not_count(self, status: str) -> None:
        tutor = TutorDraftFactory()
        arrived = {} if status == "REFUSED" else {"stored_key": "", "received_at": None}
        DocumentFactory(tutor=tutor, status=status, **arrived)
        with pytest.raises(profiles.Incomplete):
            profiles.submit(tutor, by=tutor.user)

    @pytest.mark.parametrize("factory", [TutorDraftFactory, TutorRejectedFactory])
    def test_complete_profiles_go_to_the_moderators(self, factory: Any) -> None:
        tutor = factory()
        DocumentFactory(tutor=tutor)
        tutor = profiles.submit(tutor, by=tutor.user)
        assert (tutor.status, tutor.status_notes) == ("PENDING", "")
        assert tutor.submitted_at is not None
        assert "tutor.submitted" in actions(tutor)
        assert Message.objects.filter(template="tutor_submitted", user_id=tutor.user_id).exists()
        with pytest.raises(policies.AlreadySubmitted):
            profiles.submit(tutor, by=tutor.user)

    def test_nobody_else_submits_it(self) -> None:
        with pytest.raises(NotAllowed):
            profiles.submit(TutorDraftFactory(), by=TutorUserFactory())


class TestDocuments:
    @pytest.fixture(autouse=True)
    def _root(self, settings: Any, tmp_path: Any) -> None:
        settings.PRIVATE_ROOT = tmp_path

    def announced(self, tutor: TutorProfile, data: bytes = PDF, **changes: Any) -> TutorDocument:
        values = {
            "kind": "identity",
            "filename": "a.pdf",
            "content_type": "application/pdf",
            "size": len(data),
            **changes,
        }
        return documents.announce(by=tutor.user, **values)

    def sent(self, document: TutorDocument, data: bytes = PDF) -> None:
        form = documents.upload_form(document)
        answer = Client().post(form.url, {**form.fields, "file": SimpleUploadedFile("a", data)})
        assert answer.status_code == 204, answer.content

    def received(self, tutor: TutorProfile) -> TutorDocument:
        document = self.announced(tutor)
        self.sent(document)
        documents.complete(document, by=tutor.user)
        outbox.drain()
        document.refresh_from_db()
        assert document.status == "RECEIVED"
        return document

    def test_a_file_is_taken_in(self) -> None:
        tutor = TutorDraftFactory()
        document = self.announced(tutor)
        self.sent(document)
        document = documents.complete(document, by=tutor.user)
        assert document.status == "CHECKING"
        assert not TutorDocument.objects.received().exists()
        assert documents.complete(document, by=tutor.user).stored_key == document.stored_key
        outbox.drain()
        document.refresh_from_db()
        assert (document.status, document.pages) == ("RECEIVED", 1)
        kept = storage.read(document.stored_key)
        assert kept != PDF
        assert "M.Sc. Physics" in files.text_of(kept)
        assert document.sha256 == hashlib.sha256(kept).hexdigest()
        assert document.size == len(kept)
        assert actions(document) == {"tutor_document.announced", "tutor_document.received"}
        with pytest.raises(storage.MissingFile):
            storage.head(document.upload_key)
        with pytest.raises(Conflict):
            documents.upload_form(document)

    def test_completing_before_the_upload(self) -> None:
        tutor = TutorDraftFactory()
        with pytest.raises(storage.MissingFile):
            documents.complete(self.announced(tutor), by=tutor.user)

    @pytest.mark.parametrize("data", [b"<svg>" * 100, b"GIF89a" * 50, PDF + b"/JavaScript "])
    def test_a_hostile_file_is_refused_and_deleted(self, data: bytes, settings: Any) -> None:
        tutor = TutorDraftFactory()
        document = self.announced(tutor, data)
        self.sent(document, data)
        documents.complete(document, by=tutor.user)
        outbox.drain()
        document.refresh_from_db()
        assert (document.status, document.stored_key) == ("SPOILT", "")
        assert document.problem in {"wrong_content", "active_content"}
        assert document.explanation
        assert not [path for path in settings.PRIVATE_ROOT.rglob("*") if path.is_file()]
        with pytest.raises(Conflict):
            documents.upload_form(document)

    def test_another_size_than_announced_is_deleted_and_the_form_is_good_again(self) -> None:
        tutor = TutorDraftFactory()
        document = self.announced(tutor)
        self.sent(document)
        TutorDocument.objects.filter(pk=document.pk).update(size=5)
        document.refresh_from_db()
        with pytest.raises(uploads.WrongFile):
            documents.complete(document, by=tutor.user)
        with pytest.raises(storage.MissingFile):
            storage.head(document.upload_key)

    def test_a_name_that_is_an_aadhaar_number_is_not_even_noted(self) -> None:
        tutor = TutorDraftFactory()
        for name in ("aadhaar_234567890124.pdf", "2345 6789 0124.jpg", "२३४५६७८९०१२४.pdf"):
            with pytest.raises(contents.AadhaarNumber):
                self.announced(tutor, filename=name)
        assert self.announced(tutor, filename="IMG_20261125_101112.jpg")

    def test_a_day_has_an_end(self) -> None:
        tutor = TutorDraftFactory()
        for _ in range(policies.DOCUMENTS_PER_DAY):
            documents.withdraw(self.announced(tutor), by=tutor.user)
        with pytest.raises(documents.TooManyDocuments):
            self.announced(tutor)
        with clock.at(clock.now() + timedelta(days=1, seconds=1)):
            assert self.announced(tutor)

    def test_the_profile_comes_first(self) -> None:
        with pytest.raises(documents.ProfileMissing):
            documents.announce(
                by=TutorUserFactory(), kind="other", filename="a", content_type="image/png"
            )

    def test_withdrawing_deletes_the_file(self, settings: Any) -> None:
        tutor = TutorDraftFactory()
        documents.withdraw(self.received(tutor), by=tutor.user)
        assert not TutorDocument.objects.exists()
        outbox.drain()
        assert not [path for path in settings.PRIVATE_ROOT.rglob("*") if path.is_file()]

    def test_no_withdrawing_while_or_after_it_is_checked(self) -> None:
        pending = DocumentFactory(tutor=TutorPendingFactory(identity=False))
        with pytest.raises(Conflict, match="being checked"):
            documents.withdraw(pending, by=pending.tutor.user)
        reviewed = DocumentFactory(status="REFUSED")
        with pytest.raises(documents.AlreadyReviewed):
            documents.withdraw(reviewed, by=reviewed.tutor.user)

    def test_only_a_moderator_opens_it_and_that_is_audited(self, moderator: Any) -> None:
        tutor = TutorDraftFactory()
        document = self.received(tutor)
        for user in (tutor.user, FamilyUserFactory(), StaffFactory()):
            with pytest.raises(policies.NotModerator):
                documents.open_for_review(document, by=user)
        with pytest.raises(policies.ClaimMissing):
            documents.open_for_review(document, by=moderator)
        assert "tutor_document.opened" not in actions(document)
        claimed(tutor, moderator)
        url = documents.open_for_review(document, by=moderator)
        assert b"".join(Client().get(url)) == storage.read(document.stored_key)
        event = AuditEvent.objects.get(action="tutor_document.opened")
        assert event.actor_id == moderator.pk


class TestStats:
    def test_they_add_up(self) -> None:
        tutor = TutorFactory()
        for stars in (5, 4, 5):
            stats.add_rating(tutor, stars)
        stats.add_taught_minutes(tutor, 90)
        stats.add_taught_minutes(tutor, 40)
        tutor.refresh_from_db()
        assert (tutor.rating, tutor.rating_count, tutor.hours_taught) == (4.7, 3, 2)
        with pytest.raises(ValueError, match="1 to 5"):
            stats.add_rating(tutor, 6)

    def test_no_average_from_two_reviews(self) -> None:
        assert TutorFactory(rating_sum=10, rating_count=2).rating is None


def test_next_steps() -> None:
    user = TutorUserFactory()
    assert onboarding.next_step(user) == "profile"
    tutor = TutorDraftFactory(user=user)
    assert (onboarding.next_step(user), onboarding.next_url(user)) == (
        "documents",
        "/tutor/documents/",
    )
    DocumentFactory(tutor=tutor)
    assert onboarding.next_step(user) == "submit"
    profiles.submit(tutor, by=user)
    assert onboarding.next_step(user) == "dashboard"
    assert onboarding.next_step(TutorRejectedFactory().user) == "correct"
