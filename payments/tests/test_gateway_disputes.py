"""Evidence and answers to disputes through the gateway, over real HTTP."""

import socket
import threading
import time

import pytest

from payments import gateway

PDF = b"%PDF-1.7\n" + b"x" * 100


@pytest.fixture
def dispute_id(razorpay_simulator):
    order = gateway.client().create_order(
        amount_paise=100_000, receipt="bk-1", notes={}, expiry_minutes=15
    )
    payment = razorpay_simulator.pay(order["id"])["razorpay_payment_id"]
    return razorpay_simulator.dispute(payment)["id"]


def upload(content: bytes = PDF) -> str:
    document = gateway.client().create_document(
        content=content, filename="class.pdf", content_type="application/pdf"
    )
    return str(document["id"])


def contest(dispute_id: str, *, is_final: bool, **evidence: list[str]) -> gateway.Entity:
    return gateway.client().contest_dispute(
        dispute_id,
        amount_paise=100_000,
        summary="The class was held.",
        evidence=evidence,
        is_final=is_final,
    )


def test_a_file_keeps_its_name_and_type(razorpay_simulator):
    upload()
    (document,) = razorpay_simulator.state()["documents"]
    found = [document[name] for name in ("name", "mime_type", "size", "purpose")]
    assert found == ["class.pdf", "application/pdf", len(PDF), "dispute_evidence"]


def test_a_refused_file_is_a_definite_no(razorpay_simulator):
    with pytest.raises(gateway.Refused):
        upload(b"<html>")


@pytest.mark.parametrize("fault", ["api.lost", "api.500_after", "api.html502"])
def test_an_upload_without_an_answer_is_unknown(razorpay_simulator, fault):
    razorpay_simulator.faults(fault, path="/v1/documents")
    with pytest.raises(gateway.Unknown):
        upload()


def test_a_draft_and_then_the_submission(dispute_id, razorpay_simulator):
    first, second = upload(), upload()
    evidence = {"proof_of_service": [first], "statement_of_the_tutor": [second]}
    draft = contest(dispute_id, is_final=False, **evidence)
    assert draft["status"] == "open"
    assert gateway.documents_in(draft) == {first, second}
    assert draft["evidence"]["others"] == [
        {"type": "statement_of_the_tutor", "document_ids": [second]}
    ]
    assert contest(dispute_id, is_final=True, **evidence)["status"] == "under_review"
    with pytest.raises(gateway.Refused, match="under_review status"):
        contest(dispute_id, is_final=False, **evidence)


def test_documents_of_a_dispute_without_evidence():
    assert gateway.documents_in({"id": "disp_1"}) == set()
    assert gateway.documents_in({"evidence": {"others": None, "summary": "doc_1"}}) == set()


def test_a_file_may_take_longer_to_send_than_a_connection_to_make(settings, monkeypatch):
    """The time-out for connecting would end an upload from a slow line in the middle."""
    monkeypatch.setattr(gateway, "TIMEOUT", (0.2, 0.2))
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.RAZORPAY_BASE_URL = f"http://127.0.0.1:{server.getsockname()[1]}"
        threading.Thread(target=read_slowly, args=(server,), daemon=True).start()
        assert upload(PDF + b"x" * 8_000_000) == "doc_1"


def read_slowly(server: socket.socket) -> None:
    connection, _address = server.accept()
    with connection:
        time.sleep(0.6)
        got = b""
        while not got.rstrip(b"\r\n").endswith(b"--"):
            got = got[-200:] + connection.recv(1 << 20)
        body = b'{"id": "doc_1"}'
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        connection.sendall(head + body)
