"""What both sides see of a chargeback on the class, and how the tutor hands something in."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.services import users
from accounts.services.standing import AccountSuspended
from accounts.tests.factories import StaffFactory
from marketplace.services import evidence, sessions
from marketplace.tests.factories import make_completed, make_released, make_scheduled
from marketplace.tests.test_admin import disputed
from payments.models import EvidenceFile, GatewayDispute
from payments.services import disputes
from tutorhub.core import clock, storage
from tutorhub.core.tests import files
from tutors.services import verification
from tutors.tests.factories import TutorFactory, claimed

pytestmark = pytest.mark.django_db

PDF = files.pdf("Homework")


@pytest.fixture(autouse=True)
def _root(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path


def end(dispute, status, deducted=0) -> None:
    disputes.apply(
        {
            "id": dispute.razorpay_dispute_id,
            "payment_id": dispute.payment.razorpay_payment_id,
            "amount": dispute.amount_paise,
            "amount_deducted": deducted,
            "status": status,
        }
    )


def page_of(client, session) -> str:
    return client.get(f"/classes/{session.pk}/").content.decode()


class TestClassPage:
    def test_both_sides_see_what_is_frozen_and_why(self, browse):
        session = make_completed()
        disputed(session, reason_code="goods_or_services_not_received_or_partially_received")
        family = page_of(browse(session.learner.family.user), session)
        assert "Your bank questions ₹\u00a0600 of this payment" in family
        assert "The class or service was not given, or only a part of it." in family
        assert "goods_or_services" not in family
        assert "Tell us what you know" not in family
        tutor = page_of(browse(session.tutor.user), session)
        assert "bank questions the payment of ₹\u00a0600" in tutor
        assert "Your part, held with us" in tutor
        assert f"/classes/{session.pk}/evidence/" in tutor
        for html in (family, tutor):
            assert session.learner.family.user.phone not in html or "Guardian" in html

    def test_a_lost_one(self, browse):
        session = make_released()
        end(disputed(session), "lost", 600_00)
        assert "Your bank has taken ₹\u00a0600 back" in page_of(
            browse(session.learner.family.user), session
        )
        html = page_of(browse(session.tutor.user), session)
        assert "bank has taken ₹\u00a0600 back" in html
        assert "From what was held" in html

    def test_a_won_one(self, browse):
        session = make_released()
        end(disputed(session), "won")
        assert "is yours again since" in page_of(browse(session.tutor.user), session)
        assert "the payment stays" in page_of(browse(session.learner.family.user), session)

    def test_a_class_to_come(self, browse):
        session = make_scheduled()
        disputed(session)
        assert "Waits with us" in page_of(browse(session.tutor.user), session)

    def test_a_won_one_waits_if_something_else_does(self, browse):
        session = make_released()
        first = disputed(session)
        disputed(session, "disp_2", amount=100_00)
        end(first, "won")
        assert "something else is not decided" in page_of(browse(session.tutor.user), session)

    def test_nothing_is_shown_without_one(self, browse):
        session = make_completed()
        assert "chargeback" not in page_of(browse(session.tutor.user), session)

    def test_the_api_says_the_same(self, as_user):
        session = make_completed()
        dispute = disputed(session, reason_code="10.4")
        for user, is_tutor in ((session.learner.family.user, False), (session.tutor.user, True)):
            body = as_user(user).get(f"/api/v1/sessions/{session.pk}").json()
            (one,) = body["chargebacks"]
            assert one["id"] == str(dispute.pk)
            assert (one["status"], one["reason"]) == ("open", "without_permission")
            assert one["reason_text"].startswith("The payment was made without the permission")
            assert one["takes_evidence"] is is_tutor
            assert bool(one["money"]) is is_tutor


class TestEvidence:
    @pytest.fixture
    def session(self):
        return make_completed()

    @pytest.fixture
    def dispute(self, session):
        return disputed(session, respond_by=int(clock.now().timestamp()) + 7 * 86400)

    @pytest.fixture
    def tutor(self, session, browse):
        return browse(session.tutor.user)

    def upload(self, tutor, session, data=PDF):
        answer = tutor.post(
            f"/classes/{session.pk}/evidence/files/", {"content_type": "application/pdf"}
        )
        page = tutor.get(answer.url).content.decode()
        action = re.search(r'action="(/uploads/[^"]+)"', page)[1]
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
        fields.pop("csrfmiddlewaretoken", None)
        fields.pop("next", None)
        return tutor.post(
            action, {**fields, "file": SimpleUploadedFile("me.pdf", data)}, follow=True
        )

    def test_words_are_kept_and_shown(self, session, dispute, tutor):
        path = f"/classes/{session.pk}/evidence/"
        answer = tutor.post(path, {"text": "We met at 5."}, follow=True)
        assert "We have kept your words." in answer.text
        assert "We met at 5." in tutor.get(path).text
        dispute.refresh_from_db()
        assert dispute.stated_by == session.tutor.user

    def test_a_file_from_the_form_to_the_storage(self, session, dispute, tutor):
        answer = self.upload(tutor, session)
        assert "The file has arrived." in answer.text
        file = EvidenceFile.objects.get()
        assert file.status == "RECEIVED"
        assert "Homework" in files.text_of(storage.read(file.stored_key))
        assert file.stored_key not in answer.text
        tutor.post(f"/evidence/{file.pk}/delete/")
        assert not EvidenceFile.objects.exists()

    def test_a_wrong_file_is_said(self, session, dispute, tutor):
        assert "or not the kind that was announced" in self.upload(tutor, session, b"<b>" * 9).text

    def test_after_the_last_moment_it_is_only_shown(self, session, dispute, tutor):
        tutor.post(f"/classes/{session.pk}/evidence/", {"text": "We met at 5."})
        GatewayDispute.objects.update(opened_at=clock.now() - timedelta(days=20))
        GatewayDispute.objects.update(respond_by=clock.now() + timedelta(days=1))
        html = tutor.get(f"/classes/{session.pk}/evidence/").text
        assert "too late to add something" in html
        assert "We met at 5." in html
        assert "<textarea" not in html
        late = tutor.post(f"/classes/{session.pk}/evidence/", {"text": "Late."})
        assert late.status_code in (302, 409)
        dispute.refresh_from_db()
        assert dispute.statement == "We met at 5."

    def test_it_is_the_tutor_s_alone(self, session, dispute, tutor, browse):
        file = self.upload(tutor, session) and EvidenceFile.objects.get()
        stranger = browse(TutorFactory().user)
        assert stranger.get(f"/classes/{session.pk}/evidence/").status_code == 404
        assert stranger.get(f"/evidence/{file.pk}/upload/").status_code == 404
        assert stranger.post(f"/evidence/{file.pk}/delete/").status_code == 404
        family = browse(session.learner.family.user)
        assert family.get(f"/classes/{session.pk}/evidence/").status_code == 403

    def test_without_a_chargeback_there_is_no_page(self, session, tutor):
        assert tutor.get(f"/classes/{session.pk}/evidence/").status_code == 404

    def test_a_made_paper_is_nobody_s_file(self, session, dispute, tutor):
        now = clock.now()
        paper = EvidenceFile.objects.create(
            dispute=dispute,
            kind="class",
            status="RECEIVED",
            giver=session.tutor.user,
            filename="class.pdf",
            content_type="application/pdf",
            received_at=now,
        )
        assert tutor.post(f"/evidence/{paper.pk}/delete/").status_code == 404

    def test_a_suspended_tutor_is_heard(self, session, dispute, tutor, as_user):
        moderator = StaffFactory(group="moderator")
        verification.suspend(claimed(session.tutor, moderator), by=moderator, reason="Complaints")
        path = f"/classes/{session.pk}/evidence/"
        assert tutor.post(path, {"text": "He came."}).status_code == 302
        dispute.refresh_from_db()
        assert dispute.statement == "He came."
        self.upload(tutor, session)
        assert dispute.evidence.from_tutors().count() == 1
        api = as_user(session.tutor.user)
        answer = api.put(f"/api/v1/sessions/{session.pk}/evidence", {"statement": "He did."})
        assert answer.status_code == 200, answer.content

    def test_a_shut_account_is_not(self, session, dispute, tutor):
        boss = StaffFactory(group="moderator")
        users.suspend(session.tutor.user, by=boss, reason="Complaints")
        path = f"/classes/{session.pk}/evidence/"
        assert tutor.post(path, {"text": "He came."}).status_code == 403
        session.tutor.user.refresh_from_db()
        with pytest.raises(AccountSuspended):
            evidence.withdraw(EvidenceFile(dispute=dispute), by=session.tutor.user)
        dispute.refresh_from_db()
        assert dispute.statement == ""

    def test_the_api_does_the_same(self, session, dispute, as_user):
        api = as_user(session.tutor.user)
        path = f"/api/v1/sessions/{session.pk}/evidence"
        said = api.put(path, {"statement": "We met at 5."}, format="json").json()
        assert (said["statement"], said["takes_evidence"]) == ("We met at 5.", True)
        announced = {"content_type": "application/pdf", "size": len(PDF)}
        file = api.post(f"{path}/files", announced, format="json").json()
        upload = file["upload"]
        form = {**upload["fields"], "file": SimpleUploadedFile("me.pdf", PDF)}
        assert Client().post(upload["url"], form).status_code == 204
        done = api.post(f"/api/v1/evidence/{file['id']}/complete").json()
        kept = EvidenceFile.objects.get(pk=done["id"]).stored_key
        assert (done["status"], done["size"]) == ("RECEIVED", len(storage.read(kept)))
        assert [one["id"] for one in api.get(path).json()["files"]] == [file["id"]]
        assert api.delete(f"/api/v1/evidence/{file['id']}").status_code == 204
        assert api.get(path).json()["files"] == []

    def test_the_api_refuses_what_the_bank_would(self, session, dispute, as_user):
        api = as_user(session.tutor.user)
        path = f"/api/v1/sessions/{session.pk}/evidence/files"
        for body in (
            {"content_type": "image/webp", "size": 9},
            {"content_type": "application/pdf", "size": 3 * 1024 * 1024},
        ):
            assert api.post(path, body, format="json").status_code == 400
        disputes.apply(
            {
                "id": dispute.razorpay_dispute_id,
                "payment_id": dispute.payment.razorpay_payment_id,
                "amount": dispute.amount_paise,
                "status": "under_review",
            }
        )
        body = {"content_type": "application/pdf", "size": 9}
        late = api.post(path, body, format="json")
        assert (late.status_code, late.json()["errors"][0]["code"]) == (409, "evidence_closed")


def test_the_class_ends_as_usual_after_a_won_one(drain):
    session = make_completed()
    dispute = disputed(session)
    with clock.at(session.end_at + timedelta(hours=1)):
        session = sessions.confirm(session, by=session.learner.family.user)
    assert session.status == "COMPLETED"
    with clock.at(session.end_at + timedelta(days=9)):
        end(dispute, "won")
        drain()
    session.refresh_from_db()
    assert session.status == "RELEASED"
