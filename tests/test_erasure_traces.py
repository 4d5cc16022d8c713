"""What is left of a family, of a tutor and in the books after an erasure."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.models import Consent, User
from accounts.tests.factories import FamilyUserFactory, StaffFactory
from marketplace.models import Review
from marketplace.services import reviews
from marketplace.tests.factories import make_released
from notifications.models import Message
from payments.models import Invoice, PayoutMethod, TaxProfile
from payments.services import tax_profiles
from payments.services.papers import invoices as invoice_papers
from payments.tests import factories as money
from students.models import Guardian
from tests.forgetting import forget
from tutorhub.core import clock, outbox, storage, vault
from tutorhub.core.models import OutboxRow, SealedRecord
from tutorhub.core.tests.storages import World
from tutors.models import Offering, TutorDocument, TutorPhoto, TutorProfile
from tutors.services import desk, submissions, verification
from tutors.tests.factories import PhotoFactory, TutorFactory
from tutors.tests.uploading import received

pytestmark = pytest.mark.django_db

# The other half of the vault's key in development; in production nobody here would have it.
PRIVATE = "2EzW14geYo22oUpCyHBYOHoKlqNycxWCdCZuZwV+g0g="


def said_to(user, name) -> Message:
    """A text message with this name in it, delivered long ago."""
    return Message.objects.create(
        user_id=user.pk,
        to="+910000000000",
        channel="sms",
        template="test",
        body=f"{name} waits",
        values_text=f'["{name}"]',
        status="sent",
        sent_at=clock.now(),
    )


def test_what_a_tutor_was_called_before_goes_too():
    """A moderator agreed to another name since; families were told the one before."""
    session = make_released()
    tutor, family = session.tutor, session.learner.family.user
    tutor.user.name = "Meera Iyer"
    tutor.user.save()
    submissions.hand_in(tutor)
    User.objects.filter(pk=tutor.user_id).update(name="Meera Rao")
    said_to(family, "Meera Iyer")
    kept = said_to(family, "Meera Iyengar")
    forget(User.objects.get(pk=tutor.user_id), at=session.end_at + timedelta(hours=2))
    assert not Message.objects.filter(body__contains="Meera Iyer ").exists()
    kept.refresh_from_db()
    assert kept.body == "Meera Iyengar waits"


class TestFamily:
    def test_what_was_said_to_the_tutor_about_the_child_goes_too(self):
        session = make_released()
        family = session.learner.family.user
        outbox.drain()
        told = Message.objects.filter(user_id=session.tutor.user_id)
        said_to(session.tutor.user, "Aarav")
        kept = said_to(session.tutor.user, "Aaravindan")
        forget(family, at=session.end_at + timedelta(hours=2))
        assert not told.filter(body__contains="Aarav ").exists()
        kept.refresh_from_db()
        assert kept.body == "Aaravindan waits"
        assert not Guardian.objects.exclude(name="").exists()
        assert not Consent.objects.exclude(guardian_name="").exists()

    def test_reviews_keep_their_stars_and_no_words(self):
        session = make_released()
        family = session.learner.family.user
        reviews.write(session, by=family, stars=4, text="Aarav likes it")
        forget(family)
        review = Review.objects.get()
        assert (review.stars, review.text) == (4, "")


class TestInvoices:
    def test_the_names_are_sealed_and_the_figures_stay(self):
        family = FamilyUserFactory(name="Asha Rao")
        money.fund_wallet(family)
        before = Invoice.objects.get()
        forget(family)
        after = Invoice.objects.get()
        assert (before.buyer["name"], after.buyer["name"]) == ("Asha Rao", "")
        assert (after.total_paise, after.lines) == (before.total_paise, before.lines)
        record = SealedRecord.objects.get(kind="invoice", about=after.pk)
        assert vault.unseal(record.sealed, PRIVATE)["party"]["name"] == "Asha Rao"
        assert b"%PDF" in invoice_papers.pdf(after)

    def test_postgresql_empties_no_invoice_that_is_not_in_the_vault(self):
        money.fund_wallet(FamilyUserFactory(name="Asha Rao"))
        emptied = 'UPDATE payments_invoice SET buyer = buyer || \'{"name": ""}\''
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            connection.cursor().execute(emptied)

    @pytest.mark.parametrize(
        "change",
        [
            """buyer = buyer || '{"name": "Somebody else"}'""",
            """buyer = '{}'""",
            "total_paise = total_paise + 1, base_paise = base_paise + 1",
            "recipient_id = recipient_id, lines = '[]'",
        ],
    )
    def test_nor_changes_it_otherwise_when_it_is(self, change):
        family = FamilyUserFactory(name="Asha Rao")
        money.fund_wallet(family)
        forget(family)
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            connection.cursor().execute(f"UPDATE payments_invoice SET {change}")

    @pytest.mark.parametrize(
        "statement", ["UPDATE core_sealedrecord SET until = now()", "DELETE FROM core_sealedrecord"]
    )
    def test_the_vault_is_neither_changed_nor_emptied_early(self, statement):
        vault.keep("tax", clock_id(), {}, for_=timedelta(days=1))
        with pytest.raises(DatabaseError, match="wants kept"), transaction.atomic():
            connection.cursor().execute(statement)

    def test_a_record_whose_time_is_over_may_go(self):
        vault.keep("tax", clock_id(), {}, for_=timedelta(days=-2))
        assert SealedRecord.objects.all().delete()[0] == 1


def clock_id():
    return FamilyUserFactory().pk


class TestTutor:
    @pytest.fixture
    def tutor(self, disk: World):
        tutor = TutorFactory(bio="I am Ravi", headline="Physics with Ravi")
        User.objects.filter(pk=tutor.user_id).update(name="Ravi Kumar")
        return TutorProfile.objects.select_related("user").get(pk=tutor.pk)

    def test_the_profile_is_empty_and_found_by_nobody(self, tutor, client: Client):
        slug = tutor.slug
        assert client.get(f"/tutors/{slug}/").status_code == 200
        forget(tutor.user)
        tutor.refresh_from_db()
        assert (tutor.bio, tutor.headline, tutor.place, tutor.city) == ("", "", None, "")
        assert "ravi" not in tutor.slug
        assert TutorProfile.objects.get(pk=tutor.pk).name == "A tutor who has left"
        assert not Offering.objects.filter(tutor=tutor).exists()
        for name in (slug, tutor.slug):
            assert client.get(f"/tutors/{name}/").status_code == 404

    def test_files_go_and_papers_that_were_decided_on_leave_an_empty_row(self, tutor, disk: World):
        decided, undecided = received(disk, tutor), received(disk, tutor)
        decide_on(decided)
        photo = PhotoFactory(tutor=tutor)
        storage.put(photo.stored_key, b"face", content_type="image/jpeg")
        keys = [decided.stored_key, undecided.stored_key, photo.stored_key]
        forget(tutor.user)
        for key in keys:
            with pytest.raises(storage.MissingFile):
                storage.read(key)
        left = TutorDocument.objects.get(decisions__isnull=False)
        assert (left.status, left.filename, left.sha256, left.stored_key) == ("ERASED", "", "", "")
        assert not TutorDocument.objects.filter(pk=undecided.pk).exists()
        assert not TutorPhoto.objects.exists()
        assert left.decisions.get().notes == ""

    def test_what_a_moderator_wrote_is_emptied_and_never_replaced(self, tutor, disk: World):
        decided = received(disk, tutor)
        decide_on(decided)
        for change in ("notes = 'better'", "notes = '', verdict = 'refused'"):
            with pytest.raises(DatabaseError), transaction.atomic():
                connection.cursor().execute(f"UPDATE tutors_decision SET {change}")

    def test_bank_details_and_tax_profile_go_and_the_pan_is_sealed(self):
        user = money.rich_tutor(name="Ravi Kumar")
        OutboxRow.objects.all().delete()  # the class that was paid is made up
        tax_profiles.save(
            user=user, legal_name="Ravi Kumar", address="1 Road, Pune", state="Karnataka"
        )
        forget(user)
        method = PayoutMethod.objects.get()
        left = [method.holder_name, method.account_number, method.pan, method.ifsc, method.hint]
        assert left == [""] * 5
        assert not PayoutMethod.objects.current().exists()
        assert not TaxProfile.objects.exists()
        sealed = SealedRecord.objects.get(kind="tax", about=user.pk)
        kept = vault.unseal(sealed.sealed, PRIVATE)
        assert kept["pans"] == [{"pan": "ABCDE1234F", "name": "Ravi Kumar"}]
        assert "ABCDE1234F" not in sealed.sealed


def moderators():
    return StaffFactory(group="moderator")


def decide_on(document):
    """A moderator takes the case and says that the paper is genuine."""
    moderator = moderators()
    desk.claim(document.tutor, by=moderator)
    verification.review_document(document, by=moderator, is_genuine=True, notes="Ravi's")
