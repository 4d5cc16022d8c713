"""Rules of profiles, papers and decisions, at the services."""

import hashlib
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from accounts.services import onboarding, staff
from accounts.tests.factories import FamilyUserFactory, StaffFactory, TutorUserFactory
from curriculum.models import Board, Language, Subject
from notifications.models import Message
from tutorhub.core import clock, contents, places, storage
from tutorhub.core.errors import Conflict, InvalidTransition, NotAllowed
from tutorhub.core.models import AuditEvent
from tutors import policies
from tutors.models import Badge, Decision, TutorDocument, TutorProfile
from tutors.services import documents, profiles, stats, verification
from tutors.services.profiles import OfferingDetails, ProfileDetails
from tutors.tests.factories import (
    DocumentFactory,
    TutorDraftFactory,
    TutorFactory,
    TutorPendingFactory,
    TutorRejectedFactory,
    TutorSuspendedFactory,
)

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n" + b"x" * 500


@pytest.fixture
def moderator(db: None) -> Any:
    staff.ensure_groups()
    user = StaffFactory()
    user.groups.set([staff.Group.objects.get(name=staff.MODERATOR)])
    return user


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
        profiles.save(by=tutor.user, details=ProfileDetails(qualifications=["Ph.D."], name="New"))
        tutor.refresh_from_db()
        assert (tutor.status, tutor.slug) == ("APPROVED", slug)
        event = AuditEvent.objects.get(action="tutor.key_fields_changed")
        assert sorted(event.data["fields"]) == ["name", "qualifications"]

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

    def test_a_file_is_taken_in(self) -> None:
        tutor = TutorDraftFactory()
        document = self.announced(tutor)
        self.sent(document)
        document = documents.complete(document, by=tutor.user)
        assert document.status == "RECEIVED"
        assert document.sha256 == hashlib.sha256(PDF).hexdigest()
        assert document.stored_key != document.upload_key
        assert storage.read(document.stored_key) == PDF
        assert actions(document) == {"tutor_document.announced", "tutor_document.received"}
        assert documents.complete(document, by=tutor.user).stored_key == document.stored_key
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
        with pytest.raises((contents.WrongContent, contents.ActiveContent)):
            documents.complete(document, by=tutor.user)
        document.refresh_from_db()
        assert document.status == "UPLOADING"
        assert not [path for path in settings.PRIVATE_ROOT.rglob("*") if path.is_file()]
        self.sent(document, PDF[: len(data)].ljust(len(data), b"x"))
        assert documents.complete(document, by=tutor.user).status == "RECEIVED"

    def test_a_day_has_an_end(self) -> None:
        tutor = TutorDraftFactory()
        DocumentFactory.create_batch(policies.DOCUMENTS_PER_DAY, tutor=tutor)
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
        document = self.announced(tutor)
        self.sent(document)
        documents.withdraw(documents.complete(document, by=tutor.user), by=tutor.user)
        assert not TutorDocument.objects.exists()
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
        document = self.announced(tutor)
        self.sent(document)
        document = documents.complete(document, by=tutor.user)
        for user in (tutor.user, FamilyUserFactory(), StaffFactory()):
            with pytest.raises(policies.NotModerator):
                documents.open_for_review(document, by=user)
        assert "tutor_document.opened" not in actions(document)
        url = documents.open_for_review(document, by=moderator)
        assert b"".join(Client().get(url)) == PDF
        event = AuditEvent.objects.get(action="tutor_document.opened")
        assert event.actor_id == moderator.pk


class TestVerification:
    def test_the_whole_way(self, moderator: Any) -> None:
        tutor = TutorPendingFactory()
        with pytest.raises(verification.IdentityUnchecked):
            verification.approve(tutor, by=moderator)
        document = tutor.documents.get()
        document = verification.review_document(document, by=moderator, is_genuine=True)
        assert (document.status, document.reviewed_by) == ("VERIFIED", moderator)
        badge = Badge.objects.get()
        assert badge.checked_on == clock.today()
        assert badge.valid_until == clock.today() + timedelta(days=3 * 365)
        tutor = verification.approve(tutor, by=moderator, notes="Fine")
        assert tutor.status == "APPROVED"
        assert tutor.approved_at is not None
        assert TutorProfile.objects.listed().get() == tutor
        assert list(Decision.objects.values_list("verdict", "decided_by")) == [
            ("approved", moderator.pk),
            ("verified", moderator.pk),
        ]
        assert {"tutor.approved"} <= actions(tutor)
        assert Message.objects.filter(template="tutor_approved", user_id=tutor.user_id).exists()

    def test_a_rejection_carries_notes_and_can_be_corrected(self, moderator: Any) -> None:
        tutor = TutorPendingFactory()
        with pytest.raises(verification.ReasonMissing):
            verification.reject(tutor, by=moderator, notes=" ")
        tutor = verification.reject(tutor, by=moderator, notes="Blurred photo")
        assert (tutor.status, tutor.status_notes) == ("REJECTED", "Blurred photo")
        assert "Blurred photo" in Message.objects.filter(template="tutor_rejected")[0].body
        assert profiles.submit(tutor, by=tutor.user).status == "PENDING"

    def test_suspend_and_restore(self, moderator: Any) -> None:
        tutor = TutorFactory()
        with pytest.raises(verification.ReasonMissing):
            verification.suspend(tutor, by=moderator, reason="")
        verification.suspend(tutor, by=moderator, reason="Complaint")
        assert not TutorProfile.objects.listed().exists()
        verification.restore(tutor, by=moderator, reason="Cleared up")
        assert TutorProfile.objects.listed().exists()
        verdicts = Decision.objects.order_by("pk").values_list("verdict", "notes")
        assert list(verdicts) == [("suspended", "Complaint"), ("restored", "Cleared up")]

    def test_a_refused_paper_takes_its_badge_along(self, moderator: Any) -> None:
        tutor = TutorPendingFactory()
        document = verification.review_document(
            tutor.documents.get(), by=moderator, is_genuine=True
        )
        with pytest.raises(verification.ReasonMissing):
            verification.review_document(document, by=moderator, is_genuine=False)
        verification.review_document(document, by=moderator, is_genuine=False, notes="Forged")
        assert not Badge.objects.exists()
        assert "Forged" in Message.objects.filter(template="tutor_document_refused")[0].body

    def test_the_papers_own_last_day_counts(self, moderator: Any) -> None:
        document = DocumentFactory(kind="police")
        day = clock.today() + timedelta(days=40)
        verification.review_document(document, by=moderator, is_genuine=True, valid_until=day)
        assert Badge.objects.get().valid_until == day
        lapsed = DocumentFactory(kind="police")
        with pytest.raises(verification.DomainError, match="lapsed"):
            verification.review_document(
                lapsed, by=moderator, is_genuine=True, valid_until=clock.today()
            )
        lapsed.refresh_from_db()
        assert lapsed.status == "RECEIVED"

    def test_other_papers_give_no_badge(self, moderator: Any) -> None:
        verification.review_document(DocumentFactory(kind="other"), by=moderator, is_genuine=True)
        assert not Badge.objects.exists()

    @pytest.mark.parametrize("verb", ["approve", "reject", "suspend", "restore"])
    def test_only_moderators_decide(self, verb: str) -> None:
        tutor = TutorPendingFactory()
        reason = {"reason": "x"} if verb in {"suspend", "restore"} else {"notes": "x"}
        for user in (tutor.user, FamilyUserFactory(), StaffFactory()):
            with pytest.raises(policies.NotModerator):
                getattr(verification, verb)(tutor, by=user, **reason)
            with pytest.raises(policies.NotModerator):
                verification.review_document(tutor.documents.get(), by=user, is_genuine=True)

    @pytest.mark.parametrize(
        ("verb", "factory"),
        [
            ("approve", TutorSuspendedFactory),
            ("reject", TutorFactory),
            ("suspend", TutorPendingFactory),
            ("restore", TutorRejectedFactory),
        ],
    )
    def test_each_verb_has_its_state(self, verb: str, factory: Any, moderator: Any) -> None:
        reason = {"reason": "x"} if verb in {"suspend", "restore"} else {"notes": "x"}
        with pytest.raises(InvalidTransition):
            getattr(verification, verb)(factory(), by=moderator, **reason)

    def test_decisions_are_never_changed(self, moderator: Any) -> None:
        verification.suspend(TutorFactory(), by=moderator, reason="x")
        for change in (
            lambda: Decision.objects.update(notes="y"),
            lambda: Decision.objects.all().delete(),
        ):
            with pytest.raises(ProgrammingError), transaction.atomic():
                change()


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


@pytest.mark.django_db(transaction=True)
class TestDecidingAtOnce:
    """Approving and rejecting at the same moment: one wins. Without the lock both would."""

    def race(self) -> list[str]:
        staff.ensure_groups()
        first, second = StaffFactory(is_superuser=True), StaffFactory(is_superuser=True)
        tutor = TutorPendingFactory()
        verification.review_document(tutor.documents.get(), by=first, is_genuine=True)
        barrier, won = threading.Barrier(2), []

        def decide(verb: Any, by: Any) -> None:
            try:
                barrier.wait(10)
                verb(tutor, by=by, notes="x")
                won.append(verb.__name__)
            except InvalidTransition:
                pass
            finally:
                connection.close()

        threads = [
            threading.Thread(target=decide, args=pair)
            for pair in ((verification.approve, first), (verification.reject, second))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return won

    def test_with_the_lock_one_wins(self) -> None:
        assert len(self.race()) == 1

    def test_without_the_lock_both_win(self, monkeypatch: pytest.MonkeyPatch) -> None:
        together = threading.Barrier(2)
        lock = verification._lock

        def unlocked(*args: Any) -> TutorProfile:
            with monkeypatch.context() as patch:
                patch.setattr(type(TutorProfile.objects.all()), "locked", lambda self: self)
                tutor = lock(*args)
                together.wait(10)
            return tutor

        monkeypatch.setattr(verification, "_lock", unlocked)
        assert len(self.race()) == 2
