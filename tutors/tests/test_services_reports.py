"""Saying that something is wrong with a tutor."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from accounts.services import staff
from accounts.tests.factories import FamilyUserFactory, StaffFactory
from tutorhub.core.errors import InvalidTransition, NotAllowed
from tutorhub.core.models import AuditEvent
from tutors import policies
from tutors.models import TutorReport
from tutors.services import reports
from tutors.tests.factories import TutorFactory, TutorPendingFactory
from tutors.tests.test_admin import member, signed_in

pytestmark = pytest.mark.django_db

PHONE = "accounts.backends.PhoneBackend"


def moderator() -> Any:
    staff.ensure_groups()
    user = StaffFactory()
    user.groups.set(Group.objects.filter(name=staff.MODERATOR))
    return user


class TestReporting:
    def test_once_open_is_added_to(self) -> None:
        tutor, family = TutorFactory(), FamilyUserFactory()
        first = reports.report(tutor, by=family, reason="contact", text="Wants cash.")
        second = reports.report(tutor, by=family, reason="conduct", text="Shouted.")
        assert first.pk == second.pk
        assert (second.reason, second.text) == ("conduct", "Wants cash.\n\nShouted.")
        assert AuditEvent.objects.filter(action__startswith="tutor_report.").count() == 2

    def test_what_does_not_fit_is_refused_and_nothing_is_lost(self) -> None:
        tutor, family = TutorFactory(), FamilyUserFactory()
        reports.report(tutor, by=family, reason="contact", text="a" * 1500)
        with pytest.raises(reports.ReportTooLong):
            reports.report(tutor, by=family, reason="conduct", text="b" * 600)
        kept = TutorReport.objects.get()
        assert (kept.reason, kept.text) == ("contact", "a" * 1500)

    def test_five_a_day(self) -> None:
        family = FamilyUserFactory()
        for _ in range(5):
            reports.report(TutorFactory(), by=family, reason="other")
        with pytest.raises(reports.TooManyReports):
            reports.report(TutorFactory(), by=family, reason="other")
        assert reports.report(TutorFactory(), by=FamilyUserFactory(), reason="other")

    def test_not_about_oneself(self) -> None:
        tutor = TutorFactory()
        with pytest.raises(NotAllowed):
            reports.report(tutor, by=tutor.user, reason="other")


class TestDeciding:
    def test_once_with_a_note_by_a_moderator(self) -> None:
        made = reports.report(TutorFactory(), by=FamilyUserFactory(), reason="false")
        with pytest.raises(policies.NotModerator):
            reports.decide(made, by=FamilyUserFactory(), is_founded=True, notes="x")
        desk = moderator()
        with pytest.raises(reports.VerdictReasonMissing):
            reports.decide(made, by=desk, is_founded=True, notes=" ")
        decided = reports.decide(made, by=desk, is_founded=False, notes="The degree is real.")
        assert (decided.status, decided.decided_by) == ("DISMISSED", desk)
        assert AuditEvent.objects.filter(action="tutor_report.dismissed").exists()
        with pytest.raises(InvalidTransition):
            reports.decide(made, by=desk, is_founded=True, notes="After all.")

    def test_at_the_desk(self) -> None:
        made = reports.report(TutorFactory(), by=FamilyUserFactory(), reason="false", text="<b>no")
        desk = "/admin/tutors/tutorreport/"
        assert signed_in(member(staff.FINANCE)).get(f"{desk}{made.pk}/change/").status_code == 403
        client = signed_in(moderator())
        assert client.get(desk).status_code == 200
        page = client.get(f"{desk}{made.pk}/change/").content.decode()
        assert "&lt;b&gt;no" in page
        assert client.post(f"{desk}{made.pk}/change/", {"notes": "x"}).status_code == 422
        sent = {"is_founded": "yes", "notes": "Spoke to the tutor."}
        assert client.post(f"{desk}{made.pk}/change/", sent).status_code == 302
        made.refresh_from_db()
        assert made.status == "ACTED"


class TestPage:
    def test_sign_in_first_then_it_is_sent(self) -> None:
        tutor, client = TutorFactory(), Client()
        path = f"/tutors/{tutor.slug}/report/"
        assert "/signin/" in client.get(path).url
        client.force_login(FamilyUserFactory(), backend=PHONE)
        assert "1098" in client.get(path).content.decode()
        assert client.post(path, {"text": "Only words."}).status_code == 422
        assert client.post(path, {"reason": "contact"}).status_code == 302
        assert TutorReport.objects.get().reason == "contact"

    def test_the_limit_is_said_on_the_form(self) -> None:
        client, family = Client(), FamilyUserFactory()
        client.force_login(family, backend=PHONE)
        for _ in range(5):
            reports.report(TutorFactory(), by=family, reason="other")
        answer = client.post(f"/tutors/{TutorFactory().slug}/report/", {"reason": "other"})
        assert answer.status_code == 422
        assert "enough for one day" in answer.content.decode()

    def test_who_is_not_listed_cannot_be_reported(self) -> None:
        client = Client()
        client.force_login(FamilyUserFactory(), backend=PHONE)
        assert client.get(f"/tutors/{TutorPendingFactory().slug}/report/").status_code == 404
