"""What a tutor hands in about a chargeback, and what finance sends of it to the bank."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from accounts.tests.factories import TutorUserFactory
from payments import gateway
from payments.models import EvidenceFile, GatewayDispute, Invoice
from payments.policies import EVIDENCE_MAX_BYTES, EvidenceClosed
from payments.services import disputes, evidence, submissions
from payments.services.submissions import Made
from payments.tests.handing_in import PDF, away, hand_in, late, named, put
from payments.tests.paying import callback
from tutorhub.core import clock, contents, outbox, storage, sweeping, uploads
from tutorhub.core.errors import NotAllowed
from tutorhub.core.models import AuditEvent, OutboxRow
from tutorhub.core.tests import files
from tutorhub.core.tests.threads import run_together, somebody_waits, wait_until

pytestmark = pytest.mark.django_db

PROOF = Made("class", {"title": "Evidence of the class", "facts": [["Class", "Physics"]]})


@pytest.fixture(autouse=True)
def _root(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path


@pytest.fixture
def tutor():
    return TutorUserFactory()


@pytest.fixture
def hear(razorpay_simulator, drain):
    def deliver() -> None:
        assert set(razorpay_simulator.deliver(Client())) <= {200}
        drain()

    return deliver


@pytest.fixture
def dispute(order, razorpay_simulator, hear) -> GatewayDispute:
    """An open chargeback that the simulator knows."""
    handed = razorpay_simulator.pay(order.razorpay_order_id)
    callback(handed)
    razorpay_simulator.dispute(handed["razorpay_payment_id"])
    hear()
    return GatewayDispute.objects.get()


class TestHandingIn:
    def test_a_file_is_checked_and_kept(self, dispute, tutor):
        file = hand_in(dispute, tutor)
        kept = storage.read(file.stored_key)
        assert (file.status, file.size) == ("RECEIVED", len(kept))
        assert "Homework of the class" in files.text_of(kept)
        assert "secret" not in file.filename
        assert evidence.complete(file, by=tutor).pk == file.pk
        assert AuditEvent.objects.filter(action="evidence.received").count() == 1

    def test_a_file_is_what_it_says(self, dispute, tutor):
        with pytest.raises(contents.WrongContent):
            hand_in(dispute, tutor, b"<html>" * 20)
        assert EvidenceFile.objects.get().status == "UPLOADING"

    def test_what_is_kept_was_made_by_us(self, dispute, tutor):
        """A photo loses where it was taken; a picture becomes a JPEG with a name to match."""
        located = files.located("PNG")
        file = evidence.announce(dispute, content_type="image/png", by=tutor)
        put(file, located)
        file = evidence.complete(file, by=tutor)
        kept = storage.read(file.stored_key)
        assert files.GPS in located
        assert files.GPS not in kept
        assert (file.content_type, file.filename[-4:]) == ("image/jpeg", ".jpg")
        assert contents.sniff(kept) == "image/jpeg"
        with pytest.raises(storage.MissingFile):
            storage.read(file.upload_key)

    def test_what_is_too_large_when_made_anew_is_refused(self, dispute, tutor, monkeypatch):
        monkeypatch.setitem(EVIDENCE_MAX_BYTES, "image/jpeg", 1000)
        file = evidence.announce(dispute, content_type="image/png", by=tutor)
        put(file, files.picture("PNG"))
        with pytest.raises(uploads.WrongFile, match="too large"):
            evidence.complete(file, by=tutor)
        assert EvidenceFile.objects.get().status == "UPLOADING"

    def test_only_kinds_that_banks_take(self, dispute, tutor):
        with pytest.raises(evidence.WrongKind):
            evidence.announce(dispute, content_type="image/webp", by=tutor)

    def test_a_large_pdf_is_refused_before_it_is_kept(self, dispute, tutor):
        file = evidence.announce(dispute, content_type="application/pdf", by=tutor)
        upload = evidence.upload_form(file)
        form = {**upload.fields, "file": named(PDF + b"x" * 2 * 1024 * 1024)}
        assert Client().post(upload.url, form).status_code == 422
        with pytest.raises(storage.MissingFile):
            evidence.complete(file, by=tutor)

    def test_a_file_of_another_size_than_announced(self, dispute, tutor):
        file = evidence.announce(dispute, content_type="application/pdf", by=tutor)
        put(file)
        file.size = 3
        with pytest.raises(uploads.WrongFile):
            evidence.complete(file, by=tutor)

    def test_five_files_and_no_more(self, dispute, tutor):
        first = hand_in(dispute, tutor)
        for _ in range(4):
            evidence.announce(dispute, content_type="image/png", by=tutor)
        with pytest.raises(evidence.TooManyFiles):
            evidence.announce(dispute, content_type="image/png", by=tutor)
        evidence.withdraw(first, by=tutor)
        outbox.drain()
        with pytest.raises(storage.MissingFile):
            storage.read(first.stored_key)
        evidence.announce(dispute, content_type="image/png", by=tutor)

    def test_a_file_that_is_taken_back_goes_also_when_the_storage_is_away(
        self, dispute, tutor, monkeypatch
    ):
        arrived = hand_in(dispute, tutor)
        waiting = evidence.announce(dispute, content_type="application/pdf", by=tutor)
        put(waiting)
        with monkeypatch.context() as patch:
            patch.setattr(storage, "delete", away)
            for file in (arrived, waiting):
                evidence.withdraw(file, by=tutor)
        outbox.drain()
        for key in (arrived.stored_key, waiting.upload_key):
            with pytest.raises(storage.MissingFile):
                storage.read(key)

    def test_a_file_that_no_row_knows_is_swept_after_a_day(self, dispute, tutor):
        kept, lost = hand_in(dispute, tutor), hand_in(dispute, tutor)
        EvidenceFile.objects.filter(pk=lost.pk).delete()
        with time_machine.travel(clock.now() + timedelta(days=1, minutes=1), tick=False):
            assert sweeping.sweep() == 1
        assert storage.read(kept.stored_key)
        with pytest.raises(storage.MissingFile):
            storage.read(lost.stored_key)

    def test_somebody_else_takes_nothing_in_and_nothing_back(self, dispute, tutor):
        file = evidence.announce(dispute, content_type="application/pdf", by=tutor)
        for act in (evidence.complete, evidence.withdraw):
            with pytest.raises(NotAllowed):
                act(file, by=TutorUserFactory())

    def test_words_replace_words(self, dispute, tutor):
        evidence.state(dispute, text=" I was there. ", by=tutor)
        evidence.state(dispute, text="I was there at 5.", by=tutor)
        dispute.refresh_from_db()
        assert (dispute.statement, dispute.stated_by) == ("I was there at 5.", tutor)
        evidence.state(dispute, text=" ", by=tutor)
        dispute.refresh_from_db()
        assert (dispute.statement, dispute.stated_by, dispute.stated_at) == ("", None, None)

    def test_too_many_words(self, dispute, tutor):
        with pytest.raises(evidence.TooLong):
            evidence.state(dispute, text="x" * 2001, by=tutor)

    def test_finance_looks_and_every_look_is_written_down(self, dispute, tutor, finance):
        file = hand_in(dispute, tutor)
        with pytest.raises(NotAllowed):
            evidence.open_file(file, by=tutor)
        answer = Client().get(evidence.open_file(file, by=finance))
        assert b"".join(answer.streaming_content) == storage.read(file.stored_key)
        assert AuditEvent.objects.filter(action="evidence.opened", actor_id=finance.pk).exists()


class TestDeadline:
    def test_two_days_before_the_bank_s_or_half_way(self, dispute):
        now = clock.now()
        dispute.opened_at, dispute.respond_by = now, now + timedelta(days=7)
        assert dispute.evidence_until == now + timedelta(days=5)
        dispute.respond_by = now + timedelta(days=2)
        assert dispute.evidence_until == now + timedelta(days=1)
        dispute.respond_by = None
        assert dispute.evidence_until is None
        assert dispute.takes_evidence

    @pytest.mark.parametrize("over", ["late", "answered", "ended"])
    def test_nothing_is_taken_after_it(self, dispute, tutor, finance, over):
        file = evidence.announce(dispute, content_type="application/pdf", by=tutor)
        put(file)
        if over == "late":
            late(dispute)
        elif over == "answered":
            disputes.accept(dispute, by=finance)
        else:
            GatewayDispute.objects.update(status="closed", closed_at=clock.now())
        file = EvidenceFile.objects.select_related("dispute").get()
        for act in (
            lambda: evidence.state(dispute, text="Late.", by=tutor),
            lambda: evidence.announce(dispute, content_type="image/png", by=tutor),
            lambda: evidence.upload_form(file),
            lambda: evidence.complete(file, by=tutor),
            lambda: evidence.withdraw(file, by=tutor),
        ):
            with pytest.raises(EvidenceClosed):
                act()

    def test_an_answer_while_the_file_arrives_is_faster(self, dispute, tutor, finance):
        file = evidence.announce(dispute, content_type="application/pdf", by=tutor)
        put(file)
        stale = EvidenceFile.objects.select_related("dispute").get(pk=file.pk)
        disputes.accept(dispute, by=finance)
        with pytest.raises(EvidenceClosed):
            evidence.complete(stale, by=tutor)
        assert EvidenceFile.objects.get().status == "UPLOADING"


class TestSending:
    def test_everything_that_was_chosen_and_nothing_else(
        self, dispute, tutor, finance, hear, razorpay_simulator
    ):
        chosen, other = hand_in(dispute, tutor), hand_in(dispute, tutor, files.pdf("Other"))
        receipt = submissions.receipt_of(dispute.payment.order)
        made = [
            PROOF,
            Made("receipt", invoice=receipt),
            Made("statement", {"title": "The tutor", "paragraphs": ["I was there."]}),
        ]
        disputes.contest(dispute, summary="Held.", files=[chosen.pk], made=made, by=finance)
        hear()
        (theirs,) = razorpay_simulator.state()["disputes"]
        assert theirs["status"] == "under_review"
        by_kind = {file.kind: file.razorpay_document_id for file in EvidenceFile.objects.chosen()}
        said = theirs["evidence"]
        assert said["proof_of_service"] == [by_kind["class"]]
        assert said["billing_proof"] == [by_kind["receipt"]]
        assert said["explanation_letter"] == [by_kind["statement"]]
        assert said["others"] == [
            {"type": "files_of_the_service_provider", "document_ids": [by_kind["tutor"]]}
        ]
        sizes = {one["name"]: one["size"] for one in razorpay_simulator.state()["documents"]}
        assert sizes[chosen.filename] == chosen.size
        assert len(sizes) == 4
        other.refresh_from_db()
        assert (other.is_chosen, other.razorpay_document_id, other.sent_at) == (False, None, None)
        assert not EvidenceFile.objects.chosen().filter(sent_at=None).exists()

    def test_a_document_is_needed(self, dispute, finance):
        with pytest.raises(submissions.NoEvidence):
            disputes.contest(dispute, summary="Held.", by=finance)
        dispute.refresh_from_db()
        assert dispute.answer == ""

    def test_files_of_another_dispute_and_half_files_do_not_count(self, dispute, tutor, finance):
        half = evidence.announce(dispute, content_type="application/pdf", by=tutor)
        with pytest.raises(submissions.NoEvidence):
            disputes.contest(dispute, summary="Held.", files=[half.pk], by=finance)

    def test_a_receipt_is_found_for_a_class(self, dispute):
        receipt = submissions.receipt_of(dispute.payment.order)
        assert receipt.series == Invoice.Series.RECEIPT

    @pytest.mark.parametrize("fault", ["api.lost", "api.500_after", "api.html502"])
    @pytest.mark.parametrize("path", ["/v1/documents", "/contest"])
    def test_a_crash_loses_nothing_and_doubles_nothing(
        self, dispute, tutor, finance, razorpay_simulator, drain, fault, path
    ):
        """Whatever is lost on the way: each file is there once, and the answer is given."""
        file = hand_in(dispute, tutor)
        disputes.contest(dispute, summary="Held.", files=[file.pk], made=[PROOF], by=finance)
        razorpay_simulator.faults(fault, path=path)
        with pytest.raises(gateway.Unknown):
            drain()
        dispute.refresh_from_db()
        assert (dispute.status, dispute.answer) == ("open", "contest")
        uploaded = EvidenceFile.objects.exclude(razorpay_document_id=None).count()
        assert uploaded == (0 if path == "/v1/documents" else 2)
        assert outbox.attempt(OutboxRow.objects.get(handler=disputes.ANSWER).pk)
        (theirs,) = razorpay_simulator.state()["disputes"]
        assert theirs["status"] == "under_review"
        ours = set(EvidenceFile.objects.values_list("razorpay_document_id", flat=True))
        assert gateway.documents_in(theirs) == ours
        assert len(ours) == 2
        copies = 1 if path == "/v1/documents" and fault != "api.html502" else 0
        assert len(razorpay_simulator.state()["documents"]) == 2 + copies
        assert not EvidenceFile.objects.filter(sent_at=None).exists()

    def test_a_crash_after_the_submission_is_seen_as_sent(
        self, dispute, finance, razorpay_simulator, drain, monkeypatch
    ):
        disputes.contest(dispute, summary="Held.", made=[PROOF], by=finance)
        contest = gateway.Gateway.contest_dispute

        def die_after_submitting(client, known_as, *, is_final, **values):
            entity = contest(client, known_as, is_final=is_final, **values)
            if is_final:
                raise gateway.Unknown("the line broke")
            return entity

        with monkeypatch.context() as patch:
            patch.setattr(gateway.Gateway, "contest_dispute", die_after_submitting)
            with pytest.raises(gateway.Unknown):
                drain()
        assert outbox.attempt(OutboxRow.objects.get(handler=disputes.ANSWER).pk)
        dispute.refresh_from_db()
        assert (dispute.status, dispute.answer, dispute.note) == ("under_review", "contest", "")
        assert EvidenceFile.objects.get().sent_at is not None

    def test_what_the_gateway_refuses_can_be_done_again(
        self, dispute, tutor, finance, razorpay_simulator, drain
    ):
        file = hand_in(dispute, tutor)
        storage.delete(file.stored_key)
        disputes.contest(dispute, summary="Held.", files=[file.pk], by=finance)
        drain()
        dispute.refresh_from_db()
        assert (dispute.status, dispute.answer) == ("open", "")
        assert "has not arrived" in dispute.note
        disputes.contest(dispute, summary="Held.", made=[PROOF], by=finance)
        drain()
        dispute.refresh_from_db()
        assert (dispute.status, dispute.note) == ("under_review", "")
        assert [one.kind for one in EvidenceFile.objects.chosen()] == ["class"]

    def test_a_draft_with_something_else_in_it_is_not_sent(
        self, dispute, finance, razorpay_simulator, drain
    ):
        """Somebody put a document into the draft in Razorpay's dashboard."""
        client = gateway.client()
        stray = client.create_document(
            content=PDF, filename="x.pdf", content_type="application/pdf"
        )
        client.contest_dispute(
            dispute.razorpay_dispute_id,
            amount_paise=100_000,
            summary="",
            evidence={"customer_communication": [stray["id"]]},
            is_final=False,
        )
        disputes.contest(dispute, summary="Held.", made=[PROOF], by=finance)
        drain()
        dispute.refresh_from_db()
        assert (dispute.status, dispute.answer) == ("open", "")
        assert "was not chosen" in dispute.note

    def test_the_bank_may_ask_again(self, dispute, tutor, finance, razorpay_simulator, hear):
        """What it has from the first answer does not stand in the way of the second."""
        disputes.contest(dispute, summary="Held.", made=[PROOF], by=finance)
        hear()
        razorpay_simulator.decide(dispute.razorpay_dispute_id, "action_required")
        hear()
        dispute.refresh_from_db()
        assert dispute.takes_evidence
        file = hand_in(dispute, tutor)
        disputes.contest(dispute, summary="More.", files=[file.pk], by=finance)
        hear()
        dispute.refresh_from_db()
        assert (dispute.status, dispute.note) == ("under_review", "")
        assert not EvidenceFile.objects.filter(sent_at=None).exists()

    def test_our_papers_are_the_same_at_every_try(self, dispute, finance):
        disputes.contest(dispute, summary="Held.", made=[PROOF], by=finance)
        first = submissions.content_of(EvidenceFile.objects.get())
        assert first == submissions.content_of(EvidenceFile.objects.get())
        assert first.startswith(b"%PDF-")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_locked", [True, False])
def test_race_for_the_last_place(dispute, tutor, monkeypatch, is_locked):
    """Two phones of one tutor; without the lock both get the fifth place."""
    for _ in range(4):
        evidence.announce(dispute, content_type="image/png", by=tutor)
    if not is_locked:
        monkeypatch.setattr(
            type(GatewayDispute.objects.all()), "locked", lambda self: self.order_by("pk")
        )
    new_key, counted = storage.new_key, []

    def new_key_slowly() -> str:
        """The files are counted by now, and not written yet: the other one waits, or counts too."""
        counted.append(1)
        wait_until(lambda: len(counted) == 2 or (is_locked and somebody_waits()))
        return new_key()

    monkeypatch.setattr(storage, "new_key", new_key_slowly)
    run_together(2, lambda _: evidence.announce(dispute, content_type="image/png", by=tutor))
    assert dispute.evidence.count() == (5 if is_locked else 6)
