"""The queues, the cases and the lists of the moderators' desk."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.services import staff
from tutorhub.core import clock
from tutors.admin import TutorProfileAdmin, base
from tutors.models import AnswerTemplate, CaseNote, ReviewClaim, TutorPhoto, TutorProfile
from tutors.queries import desk as queues
from tutors.services import desk, profiles
from tutors.tests.desking import DESK, member, signed_in
from tutors.tests.factories import (
    BadgeFactory,
    DocumentFactory,
    PhotoFactory,
    TutorFactory,
    TutorPendingFactory,
    claimed,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def asha(db: None) -> Any:
    return member(staff.MODERATOR)


@pytest.fixture
def ben(db: None) -> Any:
    return member(staff.MODERATOR)


@pytest.fixture
def browser(asha: Any) -> Client:
    return signed_in(asha)


def ist(day: int, hour: int = 12, minute: int = 0) -> datetime:
    """In November 2026, whose first Monday is the second."""
    return datetime(2026, 11, day, hour, minute, tzinfo=clock.IST)


class TestThePromise:
    """Two working days. Saturday and Sunday do not count."""

    @pytest.mark.parametrize(
        ("handed_in", "due"),
        [
            (ist(2), ist(4)),
            (ist(5), ist(9)),
            (ist(6), ist(10)),
            (ist(7, 10), ist(11, 0)),
            (ist(8, 23, 59), ist(11, 0)),
        ],
    )
    def test_the_answer_is_due(self, handed_in: datetime, due: datetime) -> None:
        assert queues.answer_due(handed_in) == due

    @pytest.mark.parametrize(
        ("now", "tone"),
        [(ist(3), "good"), (ist(4, 0, 1), "soon"), (ist(4), "soon"), (ist(4, 12, 1), "bad")],
    )
    def test_the_colour_follows_the_promise(self, now: datetime, tone: str) -> None:
        with clock.at(now):
            wait = queues.Wait.since(ist(2))
        assert wait.tone == tone
        assert (wait.days, wait.hours) == divmod(int((now - ist(2)).total_seconds()) // 3600, 24)


class TestQueues:
    def rows(self, moderator: Any) -> dict[str, list[Any]]:
        return {queue.code: list(queue.rows) for queue in queues.queues(moderator)}

    def test_each_tutor_is_where_a_moderator_looks(self, asha: Any, ben: Any) -> None:
        late = TutorPendingFactory(submitted_at=clock.now() - timedelta(days=5))
        early = TutorPendingFactory()
        claimed(early, asha)
        claimed(late, ben)
        changed = TutorFactory()
        profiles.save(by=changed.user, details=profiles.ProfileDetails(experience_years=12))
        renewing = TutorFactory()
        DocumentFactory(tutor=renewing)
        lapsing = TutorFactory(badge=False)
        BadgeFactory(tutor=lapsing, valid_until=clock.today() + timedelta(days=9))
        portrait = PhotoFactory(tutor=TutorFactory())
        rows = self.rows(asha)
        assert [row.tutor for row in rows["mine"]] == [early]
        assert [(row.tutor, row.moderator) for row in rows["waiting"]] == [
            (late, ben),
            (early, asha),
        ]
        assert [row.tutor for row in rows["changes"]] == [changed, renewing]
        assert [row.tutor for row in rows["lapsing"]] == [lapsing]
        assert [row.tutor for row in rows["photos"]] == [portrait.tutor]

    def test_the_page_shows_age_and_colour_and_takes_the_next(
        self, browser: Client, asha: Any
    ) -> None:
        tutor = TutorPendingFactory(
            user__name="Meera Iyer", submitted_at=clock.now() - timedelta(days=9, hours=3)
        )
        page = browser.get(f"{DESK}desk/").content.decode()
        assert "Meera Iyer" in page
        assert "9 d 3 h" in page
        assert 'class="light bad"' in page
        assert tutor.user.phone not in page
        response = browser.post(f"{DESK}desk/next/")
        assert response["Location"] == f"{DESK}{tutor.pk}/change/"
        assert ReviewClaim.objects.get().moderator == asha
        assert browser.post(f"{DESK}desk/next/")["Location"] == f"{DESK}desk/"

    def test_a_long_queue_is_neither_listed_nor_counted_to_its_end(
        self, browser: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(queues, "ROWS", 3)
        monkeypatch.setattr(queues, "COUNTED", 4)
        TutorPendingFactory.create_batch(6)
        PhotoFactory.create_batch(6)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            page = browser.get(f"{DESK}desk/").content.decode()
        assert page.count("4+") >= 4
        assert page.count("<li>") < 10
        counts = [q["sql"] for q in seen if "COUNT(" in q["sql"]]
        # One for each list, and three for what changed: proposals, changes and papers.
        assert len(counts) == 7
        assert all("LIMIT 5" in sql for sql in counts)

    def test_the_number_of_queries_does_not_grow_with_the_queues(self, browser: Client) -> None:
        def fill() -> None:
            TutorPendingFactory()
            PhotoFactory(tutor=TutorFactory(badge__valid_until=clock.today() + timedelta(days=5)))
            DocumentFactory(tutor=TutorFactory())

        def number() -> int:
            with CaptureQueriesContext(connection) as seen:
                assert browser.get(f"{DESK}desk/").status_code == 200
            return len(seen)

        fill()
        number()
        first = number()
        for _ in range(4):
            fill()
        assert number() == first


class TestTheListOfAMillion:
    """No scan of names, no count without an end, no order that no index has."""

    def sql(self, browser: Client, query: str = "") -> list[str]:
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(f"{DESK}{query}").status_code == 200
        return [q["sql"] for q in seen if "tutors_tutorprofile" in q["sql"]]

    @pytest.mark.parametrize("query", ["", "?q=meera", "?status__exact=PENDING", "?p=2"])
    def test_every_statement_is_bounded(
        self, browser: Client, query: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # With no more rows than one page has, Django asks for all; here there are more.
        monkeypatch.setattr(TutorProfileAdmin, "list_per_page", 2)
        for number in range(3):
            TutorPendingFactory(slug=f"meera-{number}")
        statements = self.sql(browser, query)
        assert statements
        for sql in statements:
            assert "CASE" not in sql
            assert "UPPER(" not in sql
            assert "LIKE '%" not in sql
            assert "LIMIT" in sql, sql

    def test_leafing_ends_where_counting_ends(
        self, browser: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(base, "COUNTED", 2)
        TutorFactory.create_batch(4)
        assert "2 tutors" in browser.get(DESK).content.decode()

    @pytest.mark.parametrize(
        "term",
        [
            lambda tutor: str(tutor.pk),
            lambda tutor: tutor.slug,
            lambda tutor: "Meera  Iy",
            lambda tutor: tutor.user.phone,
            lambda tutor: f"{tutor.user.phone[3:8]} {tutor.user.phone[8:]}",
        ],
    )
    def test_a_tutor_is_found_by_id_address_name_or_number(
        self, browser: Client, term: Callable[[TutorProfile], str]
    ) -> None:
        tutor = TutorFactory(slug="meera-iyer-7f3a2", user__name="Meera Iyer")
        TutorFactory(slug="ravi-menon-00000", user__name="Ravi Menon")
        page = browser.get(DESK, {"q": term(tutor)}).content.decode()
        assert "Meera Iyer" in page
        assert "Ravi Menon" not in page

    @pytest.mark.parametrize("term", ["%", "--", "'", "12345", "नमस्ते"])
    def test_nothing_is_found_by_nonsense(self, browser: Client, term: str) -> None:
        TutorFactory(slug="meera-iyer-7f3a2", user__name="Meera Iyer")
        assert "Meera Iyer" not in browser.get(DESK, {"q": term}).content.decode()


class TestACase:
    def test_buttons_come_with_the_claim(self, browser: Client, asha: Any, ben: Any) -> None:
        tutor = TutorPendingFactory()
        path, decide = f"{DESK}{tutor.pk}/change/", f"{DESK}{tutor.pk}/decide/reject/"
        assert decide not in browser.get(path).content.decode()
        desk.claim(tutor, by=ben)
        page = browser.get(path).content.decode()
        assert ben.name in page
        assert decide not in page
        refused = browser.post(decide, {"notes": "x"})
        assert refused.status_code == 422
        assert "Take this case first" in refused.content.decode()
        browser.post(f"{DESK}{tutor.pk}/claim/")
        assert ReviewClaim.objects.get().moderator == ben
        browser.post(f"{DESK}{tutor.pk}/take-over/", {"reason": "It is urgent"})
        assert ReviewClaim.objects.get().moderator == asha
        assert decide in browser.get(path).content.decode()
        browser.post(f"{DESK}{tutor.pk}/hand-over/", {"to": ben.pk, "reason": "Speaks Tamil"})
        assert ReviewClaim.objects.get().moderator == ben

    def test_a_case_goes_to_moderators_only(self, browser: Client, asha: Any) -> None:
        tutor = claimed(TutorPendingFactory(), asha)
        clerk = member(staff.FINANCE)
        form = browser.get(f"{DESK}{tutor.pk}/hand-over/").content.decode()
        assert f'value="{clerk.pk}"' not in form
        assert f'value="{asha.pk}"' not in form
        sent = browser.post(f"{DESK}{tutor.pk}/hand-over/", {"to": clerk.pk, "reason": "x"})
        assert sent.status_code == 422

    def test_it_is_put_back(self, browser: Client, asha: Any) -> None:
        tutor = claimed(TutorPendingFactory(), asha)
        assert browser.post(f"{DESK}{tutor.pk}/release/")["Location"] == f"{DESK}desk/"
        assert not ReviewClaim.objects.exists()

    def test_internal_notes_stay_inside(self, browser: Client, asha: Any) -> None:
        tutor = claimed(TutorPendingFactory(), asha)
        browser.post(f"{DESK}{tutor.pk}/note/", {"text": "SEEN-BEFORE"})
        form = {"notes": "Too dark", "internal": "LOOKS-COPIED"}
        browser.post(f"{DESK}{tutor.pk}/decide/reject/", form)
        assert {note.text for note in CaseNote.objects.all()} == {"SEEN-BEFORE", "LOOKS-COPIED"}
        page = browser.get(f"{DESK}{tutor.pk}/change/").content.decode()
        assert "SEEN-BEFORE" in page
        assert "LOOKS-COPIED" in page
        own = Client()
        own.force_login(tutor.user, backend="accounts.backends.PhoneBackend")
        for path in ("/tutor/", "/tutor/profile/", "/tutor/documents/"):
            seen = own.get(path).content.decode()
            assert "SEEN-BEFORE" not in seen
            assert "LOOKS-COPIED" not in seen
        assert "Too dark" in own.get("/tutor/").content.decode()

    def test_a_ready_answer_fills_the_notes_in_the_tutors_language(
        self, browser: Client, asha: Any
    ) -> None:
        answer = AnswerTemplate.objects.create(
            use="reject", title="Blurred photo", text_en="Too blurred.", text_hi="धुँधला है।"
        )
        for language, text in (("en", "Too blurred."), ("hi", "धुँधला है।")):
            tutor = claimed(TutorPendingFactory(user__language=language), asha)
            path = f"{DESK}{tutor.pk}/decide/reject/"
            assert "Blurred photo" in browser.get(path).content.decode()
            assert text not in browser.get(path).content.decode()
            assert text in browser.get(path, {"answer": answer.pk}).content.decode()

    def test_an_answer_for_a_kind_of_paper_is_offered_for_that_kind(
        self, browser: Client, asha: Any
    ) -> None:
        for title, paper in (("For any", ""), ("For police", "police")):
            AnswerTemplate.objects.create(
                use="refuse", title=title, paper=paper, text_en="x", text_hi="x"
            )
        AnswerTemplate.objects.create(
            use="refuse", title="Retired", text_en="x", text_hi="x", is_offered=False
        )
        for kind, offered in (("identity", ["For any"]), ("police", ["For any", "For police"])):
            paper = DocumentFactory(kind=kind)
            page = browser.get(f"{DESK}document/{paper.pk}/review/refuse/").content.decode()
            titles = ["For any", "For police", "Retired"]
            assert [title for title in titles if title in page] == offered

    def test_moderators_keep_their_answers(self, browser: Client) -> None:
        form = {
            "use": "refuse",
            "paper": "",
            "title": "Torn",
            "text_en": "A corner is cut off.",
            "text_hi": "एक कोना कटा है।",
            "position": "1",
            "is_offered": "on",
        }
        assert browser.post("/admin/tutors/answertemplate/add/", form).status_code == 302
        answer = AnswerTemplate.objects.get(title="Torn")
        path = f"/admin/tutors/answertemplate/{answer.pk}/"
        assert browser.post(f"{path}change/", {**form, "title": "Rent"}).status_code == 302
        assert AnswerTemplate.objects.filter(title="Rent").exists()
        assert browser.post(f"{path}delete/", {"post": "yes"}).status_code == 403

    def test_finance_and_others_see_nothing(self) -> None:
        tutor = TutorPendingFactory()
        clerk = signed_in(member(staff.FINANCE))
        for path in ("desk/", f"{tutor.pk}/hand-over/", f"{tutor.pk}/take-over/"):
            assert clerk.get(f"{DESK}{path}").status_code == 403, path
        for path in ("desk/next/", f"{tutor.pk}/claim/", f"{tutor.pk}/release/"):
            assert clerk.post(f"{DESK}{path}").status_code == 403, path
        assert clerk.post(f"{DESK}{tutor.pk}/note/", {"text": "x"}).status_code == 403
        assert clerk.get("/admin/tutors/answertemplate/").status_code == 403
        assert not ReviewClaim.objects.exists()
        assert not CaseNote.objects.exists()


def test_a_photo_is_looked_at_and_decided_without_a_claim(browser: Client) -> None:
    photo = PhotoFactory()
    path = f"{DESK}photo/{photo.pk}/refuse/"
    assert browser.post(path, {"notes": "Not a face"}).status_code == 302
    assert TutorPhoto.objects.get().status == "REFUSED"


def test_a_lapsed_identity_is_said_on_the_case(browser: Client) -> None:
    tutor = TutorFactory(badge__checked_on=date(2024, 1, 1), badge__valid_until=date(2025, 1, 1))
    page = browser.get(f"{DESK}{tutor.pk}/change/").content.decode()
    assert "the proof of identity has lapsed" in page
