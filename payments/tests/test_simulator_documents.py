"""The simulator keeps Razorpay's rules for evidence: documents, drafts and submissions."""

from typing import Any

import pytest
import requests

from payments.tests.simulator import RazorpaySimulator

PDF = b"%PDF-1.7\n" + b"x" * 100
KEY = ("rzp_test_simulator", "sim_key_secret")
MEGABYTE = 1024 * 1024


class Desk:
    """Bare HTTP with the account's keys."""

    def __init__(self, simulator: RazorpaySimulator) -> None:
        self.simulator = simulator

    def upload(self, file: Any = ("a.pdf", PDF, "application/pdf"), **fields: str) -> Any:
        return self._call("post", "/v1/documents", files={"file": file} if file else {}, **fields)

    def document(self) -> str:
        return str(self.upload(purpose="dispute_evidence").json()["id"])

    def dispute(self, **values: Any) -> str:
        order = self._call("post", "/v1/orders", json={"amount": 100_000, "currency": "INR"}).json()
        payment = self.simulator.pay(order["id"])["razorpay_payment_id"]
        return str(self.simulator.dispute(payment, **values)["id"])

    def contest(self, dispute_id: str, **body: Any) -> Any:
        return self._call("patch", f"/v1/disputes/{dispute_id}/contest", json=body)

    def _call(self, method: str, path: str, files: Any = None, json: Any = None, **fields: str):
        return requests.request(
            method,
            self.simulator.url + path,
            auth=KEY,
            files=files,
            json=json,
            data=fields,
            timeout=5,
        )


def why(answer: Any) -> str:
    assert answer.status_code == 400, answer.text
    return str(answer.json()["error"]["description"])


@pytest.fixture
def desk(razorpay_simulator):
    return Desk(razorpay_simulator)


class TestDocuments:
    def test_has_razorpay_s_shape(self, desk):
        document = desk.upload(purpose="dispute_evidence").json()
        assert document.pop("created_at")
        assert document.pop("id").startswith("doc_")
        assert document == {
            "entity": "document",
            "purpose": "dispute_evidence",
            "name": "a.pdf",
            "mime_type": "application/pdf",
            "size": len(PDF),
        }

    def test_every_call_makes_another(self, desk):
        assert desk.document() != desk.document()

    def test_can_be_fetched(self, desk):
        known_as = desk.document()
        answer = requests.get(
            f"{desk.simulator.url}/v1/documents/{known_as}", auth=KEY, timeout=5
        ).json()
        assert (answer["id"], answer["size"]) == (known_as, len(PDF))

    def test_both_parts_are_needed(self, desk):
        assert why(desk.upload(None, purpose="dispute_evidence")) == "The file field is required."
        assert why(desk.upload()) == "The purpose field is required."
        assert why(desk.upload(purpose="holiday")) == "invalid document upload purpose:holiday"

    @pytest.mark.parametrize(
        "file",
        [
            ("a.webp", b"RIFF0000WEBP", "image/webp"),
            ("a.pdf", b"<html>", "application/pdf"),
            ("a.pdf", PDF + b"x" * 2 * MEGABYTE, "application/pdf"),
            ("a.png", b"\x89PNG\r\n\x1a\n" + b"x" * 4 * MEGABYTE, "image/png"),
        ],
        ids=["webp", "not a pdf", "large pdf", "large picture"],
    )
    def test_other_files_are_refused(self, desk, file):
        assert "The file" in why(desk.upload(file, purpose="dispute_evidence"))
        assert desk.simulator.state()["documents"] == []

    def test_a_large_picture_is_fine(self, desk):
        file = ("a.png", b"\x89PNG\r\n\x1a\n" + b"x" * 3 * MEGABYTE, "image/png")
        assert desk.upload(file, purpose="dispute_evidence").status_code == 200


class TestContest:
    def test_a_draft_keeps_the_dispute_open_and_what_earlier_drafts_named(self, desk):
        one, two, dispute = desk.document(), desk.document(), desk.dispute()
        desk.contest(dispute, summary="Held.", proof_of_service=[one])
        other = {"type": "tutor", "document_ids": [two]}
        answer = desk.contest(dispute, others=[other], action="draft").json()
        assert (answer["status"], answer["evidence"]["submitted_at"]) == ("open", None)
        assert answer["evidence"]["summary"] == "Held."
        assert answer["evidence"]["proof_of_service"] == [one]
        assert answer["evidence"]["others"] == [other]

    def test_a_submission_goes_to_the_bank_once(self, desk):
        dispute = desk.dispute()
        answer = desk.contest(dispute, proof_of_service=[desk.document()], action="submit").json()
        assert answer["status"] == "under_review"
        assert answer["evidence"]["submitted_at"]
        again = desk.contest(dispute, summary="More.")
        assert why(again) == "Action not allowed when dispute is in under_review status."

    def test_a_submission_without_a_document_is_refused(self, desk):
        dispute = desk.dispute()
        assert "At least one document" in why(desk.contest(dispute, summary="x", action="submit"))
        assert desk.simulator.state()["disputes"][0]["status"] == "open"

    @pytest.mark.parametrize(
        ("body", "words"),
        [
            ({"proof_of_service": ["doc_Nobody"]}, "Invalid file id provided"),
            ({"others": [{"type": "x", "document_ids": ["doc_Nobody"]}]}, "Invalid file id"),
            ({"amount": 100_001}, "contest amount cannot be greater"),
            ({"action": "sumbit"}, "The selected action is invalid"),
            ({"proof_of_love": []}, "not required and should not be sent"),
            ({"summary": "x" * 1001}, "may not be greater than 1000"),
        ],
    )
    def test_what_is_wrong_is_refused(self, desk, body, words):
        assert words in why(desk.contest(desk.dispute(), **body))

    def test_nothing_goes_after_the_last_day(self, desk):
        dispute = desk.dispute(respond_in=60)
        desk.simulator.advance(61)
        assert "deadline to respond has elapsed" in why(desk.contest(dispute, summary="x"))
        accepted = requests.post(
            f"{desk.simulator.url}/v1/disputes/{dispute}/accept", auth=KEY, json={}, timeout=5
        )
        assert "deadline to respond has elapsed" in why(accepted)
