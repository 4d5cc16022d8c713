"""SEC-12: staff look at papers for a case and no other reason, and every look leaves a trace.

A paper is opened with an own live claim on its case and a fresh code of the second factor, which
writes one row; its pages are pictures with the moderator's mark, never kept by a browser. Whoever
opens more than work explains rings an alarm.
"""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.test import Client
from PIL import Image, ImageChops

from accounts.models import User
from accounts.services import staff, staff_codes
from accounts.tests.factories import totp_token
from notifications.models import Message
from tutorhub.core import clock, contents, storage
from tutorhub.core.models import AuditEvent
from tutorhub.core.tests import files
from tutors import policies
from tutors.models import ReviewClaim, TutorDocument
from tutors.queries import changes
from tutors.services import desk, documents, viewing
from tutors.tests.desking import DESK, confirmed, member, signed_in
from tutors.tests.factories import DocumentFactory, TutorPendingFactory, claimed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _disk(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = tmp_path


@pytest.fixture
def asha(db: None) -> Any:
    return member(staff.MODERATOR)


@pytest.fixture
def ben(db: None) -> Any:
    return member(staff.MODERATOR)


@pytest.fixture
def browser(asha: Any) -> Client:
    return confirmed(signed_in(asha))


def make_paper(pages: int = 2, **values: Any) -> TutorDocument:
    paper: TutorDocument = DocumentFactory(
        stored_key=storage.private_key("papers"), pages=pages, **values
    )
    data = files.pdf("Bachelor of Science", pages=pages)
    storage.put(paper.stored_key, data, content_type="application/pdf")
    return paper


def paths(paper: TutorDocument) -> dict[str, str]:
    base = f"{DESK}document/{paper.pk}/"
    return {
        "look": f"{base}look/",
        "view": f"{base}view/",
        "page": f"{base}page/1.jpg",
        "download": f"{base}open/",
    }


def looks() -> int:
    return AuditEvent.objects.filter(action=viewing.OPENED).count()


def requests(browser: Client, paper: TutorDocument) -> list[Any]:
    """Every way in."""
    to = paths(paper)
    return [
        browser.post(to["look"]),
        browser.get(to["view"]),
        browser.get(to["page"]),
        browser.post(to["download"]),
    ]


def refused(response: Any) -> bool:
    """Forbidden, or sent back to where a button was, with the reason."""
    if response.status_code == 302:
        return "/files/" not in response["Location"] and "/view/" not in response["Location"]
    return response.status_code in {403, 409}


def test_sec_12_without_a_case_nothing_is_seen(browser: Client) -> None:
    assert all(refused(response) for response in requests(browser, make_paper()))
    assert looks() == 0
    assert not AuditEvent.objects.filter(action="tutor_document.opened").exists()


def test_sec_12_nor_in_the_case_of_a_colleague(browser: Client, ben: Any) -> None:
    paper = make_paper()
    claimed(paper.tutor, ben)
    assert all(refused(response) for response in requests(browser, paper))
    assert looks() == 0


def test_sec_12_nor_once_the_claim_has_run_out(browser: Client, asha: Any) -> None:
    paper = make_paper()
    claimed(paper.tutor, asha)
    assert browser.post(paths(paper)["look"]).status_code == 302
    assert browser.get(paths(paper)["page"]).status_code == 200
    ReviewClaim.objects.update(
        claimed_at=clock.now() - timedelta(hours=1), expires_at=clock.now() - timedelta(seconds=1)
    )
    assert all(refused(response) for response in requests(browser, paper))
    assert looks() == 1


def test_sec_12_a_page_whose_paper_was_not_opened_is_not_drawn(browser: Client, asha: Any) -> None:
    paper = make_paper()
    claimed(paper.tutor, asha)
    assert refused(browser.get(paths(paper)["view"]))
    assert refused(browser.get(paths(paper)["page"]))
    assert browser.post(paths(paper)["look"])["Location"] == paths(paper)["view"]
    assert browser.get(paths(paper)["view"]).status_code == 200
    other = make_paper(tutor=paper.tutor)
    assert refused(browser.get(paths(other)["page"]))


def test_sec_12_each_paper_opened_makes_one_row(browser: Client, asha: Any) -> None:
    paper = make_paper()
    claimed(paper.tutor, asha)
    for _again in range(3):
        browser.post(paths(paper)["look"])
        browser.get(paths(paper)["view"])
        browser.get(paths(paper)["page"])
    row = AuditEvent.objects.get(action=viewing.OPENED)
    assert (row.object_id, row.actor_id) == (str(paper.pk), asha.pk)
    assert row.data == {"kind": "identity", "case": str(paper.tutor_id)}
    browser.post(paths(make_paper(tutor=paper.tutor))["look"])
    assert looks() == 2
    # A new claim is a new reason to look.
    desk.release(paper.tutor, by=asha)
    desk.claim(paper.tutor, by=asha)
    assert refused(browser.get(paths(paper)["page"]))
    browser.post(paths(paper)["look"])
    assert looks() == 3


def test_sec_12_a_look_at_a_page_writes_nothing_and_opening_renews_the_claim(
    browser: Client, asha: Any
) -> None:
    paper = make_paper()
    now = clock.now()
    with clock.at(now - timedelta(minutes=10)):
        claimed(paper.tutor, asha)
    browser.post(paths(paper)["look"])
    until = ReviewClaim.objects.get().expires_at
    assert until > now + timedelta(minutes=14)
    events = AuditEvent.objects.count()
    browser.get(paths(paper)["view"])
    browser.get(paths(paper)["page"])
    assert AuditEvent.objects.count() == events
    assert ReviewClaim.objects.get().expires_at == until


def test_sec_12_without_a_fresh_code_a_paper_stays_shut(asha: Any) -> None:
    browser = signed_in(asha)
    paper = make_paper()
    claimed(paper.tutor, asha)
    for way in ("look", "download"):
        response = browser.post(paths(paper)[way])
        assert response["Location"].startswith("/admin/confirm/?next="), way
    assert looks() == 0
    confirm = "/admin/confirm/?next=/admin/"
    assert browser.post(confirm, {"token": "000000"}).status_code == 422
    assert browser.post(paths(paper)["look"])["Location"] != paths(paper)["view"]
    token = totp_token(asha)
    # Guessing is slowed down: right after a wrong code none is looked at.
    assert browser.post(confirm, {"token": token}).status_code == 422
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        token = totp_token(asha)
        assert browser.post(confirm, {"token": token})["Location"] == "/admin/"
        assert browser.post(paths(paper)["look"])["Location"] == paths(paper)["view"]
        assert browser.post(confirm, {"token": token}).status_code == 422
    assert looks() == 1


def test_sec_12_the_code_of_the_sign_in_is_fresh_too(asha: Any) -> None:
    paper = make_paper()
    claimed(paper.tutor, asha)
    browser = Client()
    form = {"username": asha.email, "password": "correct horse battery", "next": "/admin/"}
    assert browser.post("/admin/login/", form).status_code == 200
    assert browser.post(paths(paper)["look"])["Location"].startswith("/admin/login/")
    signed = browser.post("/admin/login/", {**form, "otp_token": totp_token(asha)})
    assert signed.status_code == 302
    assert browser.post(paths(paper)["look"])["Location"] == paths(paper)["view"]
    with time_machine.travel(clock.now() + timedelta(minutes=5)):
        desk.claim(paper.tutor, by=asha)
        again = browser.post(paths(paper)["look"])["Location"]
    assert again.startswith("/admin/confirm/")


def test_sec_12_a_code_is_fresh_for_five_minutes() -> None:
    now = clock.now()
    session = {staff_codes.FRESH: now.timestamp()}
    assert timedelta(minutes=5) == django_settings.STEP_UP_LIFE
    with clock.at(now + timedelta(minutes=4, seconds=59)):
        assert staff_codes.is_fresh(session)
    with clock.at(now + timedelta(minutes=5)):
        assert not staff_codes.is_fresh(session)
    assert not staff_codes.is_fresh({})


def test_sec_12_the_code_page_leads_to_no_other_site(browser: Client, asha: Any) -> None:
    for goal in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        with time_machine.travel(clock.now() + timedelta(minutes=2)):
            page = browser.get("/admin/confirm/", {"next": goal}).content.decode()
        assert "evil" not in page
        assert "javascript" not in page


@pytest.mark.usefixtures("still_clock")
def test_sec_12_a_page_carries_the_mark_of_who_looks(
    browser: Client, asha: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = make_paper()
    claimed(paper.tutor, asha)
    browser.post(paths(paper)["look"])
    draw, marks = contents.render_page, []

    def watched(*args: Any, mark: str = "") -> contents.Clean:
        marks.append(mark)
        return draw(*args, mark=mark)

    monkeypatch.setattr(contents, "render_page", watched)
    response = browser.get(paths(paper)["page"])
    assert response["Content-Type"] == "image/jpeg"
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "no-referrer"
    (mark,) = marks
    assert asha.email in mark
    assert str(paper.tutor_id)[-12:] in mark
    assert clock.now().astimezone(clock.IST).strftime("%Y-%m-%d") in mark
    bare = contents.render_page(storage.read(paper.stored_key), paper.content_type, 1).data
    shown, plain = (Image.open(BytesIO(data)).convert("L") for data in (response.content, bare))
    assert shown.size == plain.size
    wide, high = shown.size
    # On every part of the page, so that none can be cut out without it.
    for across in range(4):
        for down in range(4):
            box = (across * wide // 4, down * high // 4, (across + 1) * wide // 4,
                   (down + 1) * high // 4)  # fmt: skip
            changed = ImageChops.difference(shown.crop(box), plain.crop(box))
            assert changed.getextrema()[1] > 25, (across, down)


@pytest.mark.parametrize("number", [0, 3, 99])
def test_sec_12_a_page_that_is_not_there(browser: Client, asha: Any, number: int) -> None:
    paper = make_paper(pages=2)
    claimed(paper.tutor, asha)
    browser.post(paths(paper)["look"])
    assert browser.get(f"{DESK}document/{paper.pk}/page/{number}.jpg").status_code == 404


def test_sec_12_one_paper_after_the_other_beside_the_claims(browser: Client, asha: Any) -> None:
    tutor = TutorPendingFactory(
        identity=False, user__name="Meera Iyer", qualifications=["M.Sc. Physics"]
    )
    claimed(tutor, asha)
    degree, identity = (make_paper(tutor=tutor, kind=kind) for kind in ("degree", "identity"))
    browser.post(paths(degree)["look"])
    page = browser.get(paths(degree)["view"]).content.decode()
    assert "Paper 1 of 2" in page
    assert "Meera Iyer" in page
    assert "M.Sc. Physics" in page
    assert paths(identity)["look"] in page
    assert "Not the certificate" in page
    assert "Aadhaar number" not in page
    for secret in (degree.stored_key, degree.upload_key, tutor.user.phone, "/files/"):
        assert secret not in page
    verdict = f"{DESK}document/{degree.pk}/review/verify/"
    assert verdict in page
    seen = changes.digest(tutor)
    assert f'name="seen" value="{seen}"' in page
    sent = {"notes": "", "internal": "Fine", "valid_until": "", "seen": seen}
    assert browser.post(verdict, sent).status_code == 302
    degree.refresh_from_db()
    assert degree.status == "VERIFIED"


def test_sec_12_more_than_thirty_an_hour_ring_an_alarm(
    asha: Any, settings: Any, drain: Any
) -> None:
    settings.ALARM_EMAIL = "watch@tutorhub.example"
    tutor = claimed(TutorPendingFactory(), asha)
    papers = [make_paper(pages=1, tutor=tutor) for _ in range(policies.PAPERS_AN_HOUR + 2)]
    for paper in papers[: policies.PAPERS_AN_HOUR]:
        viewing.open_paper(paper, by=asha)
    drain()
    alarms = AuditEvent.objects.filter(action="moderator.many_papers")
    assert not alarms.exists()
    for paper in papers[policies.PAPERS_AN_HOUR :]:
        viewing.open_paper(paper, by=asha)
    drain()
    assert alarms.get().object_id == str(asha.pk)
    alarm = Message.objects.get(template="alarm")
    assert alarm.to == "watch@tutorhub.example"
    assert asha.email in alarm.body


def test_sec_12_papers_of_the_hour_before_do_not_ring(
    asha: Any, monkeypatch: pytest.MonkeyPatch, drain: Any
) -> None:
    monkeypatch.setattr(viewing, "PAPERS_AN_HOUR", 2)
    tutor, now = TutorPendingFactory(), clock.now()

    def look_at(number: int) -> int:
        desk.claim(tutor, by=asha)
        for _ in range(number):
            viewing.open_paper(make_paper(pages=1, tutor=tutor), by=asha)
        drain()
        return AuditEvent.objects.filter(action="moderator.many_papers").count()

    with clock.at(now - timedelta(minutes=61)):
        assert look_at(2) == 0
    with clock.at(now):
        assert look_at(2) == 0
        assert look_at(1) == 1
        assert look_at(1) == 1


def test_sec_12_downloads_count_and_one_paper_counts_once(
    asha: Any, monkeypatch: pytest.MonkeyPatch, drain: Any
) -> None:
    monkeypatch.setattr(viewing, "PAPERS_AN_HOUR", 2)
    tutor = claimed(TutorPendingFactory(), asha)
    alarms = AuditEvent.objects.filter(action="moderator.many_papers")
    first, second, third = (make_paper(pages=1, tutor=tutor) for _ in range(3))
    for paper in (first, second):
        viewing.open_paper(paper, by=asha)
        documents.open_for_review(paper, by=asha)
        documents.open_for_review(paper, by=asha)
    drain()
    assert not alarms.exists()
    documents.open_for_review(third, by=asha)
    drain()
    assert alarms.get().data == {"papers": 3}


@pytest.mark.parametrize("group", [staff.FINANCE, None])
def test_sec_12_no_other_member_of_staff(group: str | None) -> None:
    paper = make_paper()
    user: User = member(*([group] if group else []))
    ReviewClaim.objects.create(
        tutor=paper.tutor, moderator=user, expires_at=clock.now() + timedelta(minutes=9)
    )
    assert all(refused(response) for response in requests(confirmed(signed_in(user)), paper))
    assert looks() == 0
