"""The first page of families and tutors: what to do next comes first, in few queries."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import FamilyUserFactory, StaffFactory, TutorUserFactory
from marketplace.models import Enquiry, Lead, TutoringSession
from students.models import Learner
from students.tests.factories import LearnerFactory
from tutors.models import TutorProfile
from tutors.tests.factories import TutorDraftFactory, TutorFactory

pytestmark = pytest.mark.django_db

PHONE = "accounts.backends.PhoneBackend"
Status = TutoringSession.Status


def page_of(client: Client, user: User, path: str) -> str:
    client.force_login(user, backend=PHONE)
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.text


def enquiry_of(learner: Learner, **values: Any) -> Enquiry:
    details = {"subject_id": "physics", "grade": 11, "board_id": "CBSE", "mode": "home"}
    budget = {"budget_max_paise": 800_00, "place": learner.place}
    return Enquiry.objects.create(learner=learner, **{**details, **budget, **values})


def session_of(learner: Learner, tutor: TutorProfile, status: str, **values: Any) -> Any:
    start = values.pop("start_at", timezone.now() + timedelta(days=1))
    return TutoringSession.objects.create(
        learner=learner,
        tutor=tutor,
        status=status,
        start_at=start,
        end_at=start + timedelta(hours=1),
        subject_id="physics",
        mode="home",
        rate_paise=650_00,
        price_paise=650_00,
        commission_bps=1500,
        pay_by=start - timedelta(hours=2),
        **values,
    )


@pytest.fixture
def learner() -> Learner:
    return LearnerFactory()


@pytest.fixture
def meera() -> TutorProfile:
    return TutorFactory(user__name="Meera Iyer")


def test_dashboard_sends_everybody_to_their_own_page(client: Client, learner: Learner) -> None:
    client.force_login(learner.family.user, backend=PHONE)
    assert client.get("/dashboard/")["Location"] == "/family/"
    client.force_login(TutorFactory().user, backend=PHONE)
    assert client.get("/dashboard/")["Location"] == "/tutor/"
    client.force_login(StaffFactory(), backend="accounts.backends.StaffBackend")
    assert client.get("/dashboard/")["Location"].startswith("/admin/")


def test_dashboard_sends_newcomers_to_what_is_missing(client: Client) -> None:
    client.force_login(FamilyUserFactory(), backend=PHONE)
    assert client.get("/dashboard/")["Location"] == "/family/learners/new/"


def test_pages_are_for_their_own_role(client: Client, learner: Learner) -> None:
    client.force_login(learner.family.user, backend=PHONE)
    assert client.get("/tutor/").status_code == 403
    client.force_login(TutorUserFactory(), backend=PHONE)
    assert client.get("/family/").status_code == 403


def test_new_family_is_asked_for_a_learner_then_for_an_enquiry(client: Client) -> None:
    user = FamilyUserFactory()
    assert "/family/learners/new/" in page_of(client, user, "/family/")
    LearnerFactory(family__user=user)
    assert "Ask for a tutor" in page_of(client, user, "/family/")


def test_family_sees_offers_codes_and_classes_to_confirm_and_rate(
    client: Client, learner: Learner, meera: TutorProfile
) -> None:
    now = timezone.now()
    enquiry = enquiry_of(learner, status="MATCHED")
    session_of(learner, meera, Status.PENDING_PAYMENT, enquiry=enquiry)
    session_of(learner, TutorFactory(), Status.PENDING_PAYMENT, enquiry=enquiry)
    soon = {"start_at": now + timedelta(hours=1), "start_code": "4719", "end_code": "0000"}
    session_of(learner, meera, Status.SCHEDULED, **soon)
    held = {"start_at": now - timedelta(days=1), "release_due_at": now + timedelta(days=1)}
    session_of(learner, meera, Status.COMPLETED, **held)
    over = {"start_at": now - timedelta(days=3), "released_at": now - timedelta(days=2)}
    session_of(learner, meera, Status.RELEASED, **over)
    html = page_of(client, learner.family.user, "/family/")
    assert "2 tutors have answered for Physics" in html
    assert "4719" in html
    assert "0000" not in html
    assert "Did Physics with Meera Iyer take place?" in html
    assert "How was Physics with Meera Iyer?" in html
    assert html.index("4719") < html.index("take place?") < html.index("2 tutors have answered")


def test_family_does_not_see_what_is_not_its_own(
    client: Client, learner: Learner, meera: TutorProfile
) -> None:
    session_of(LearnerFactory(name="Somebody Else"), meera, Status.COMPLETED)
    html = page_of(client, learner.family.user, "/family/")
    assert "Meera" not in html
    assert "Somebody" not in html


def test_tutor_sees_leads_with_places_and_no_code(
    client: Client, learner: Learner, meera: TutorProfile
) -> None:
    enquiry = enquiry_of(learner)
    Lead.objects.create(enquiry=enquiry, tutor=meera, score=1, reasons=["1.2 km from you"])
    soon = {"start_at": timezone.now() + timedelta(hours=1), "start_code": "4719"}
    session_of(learner, meera, Status.SCHEDULED, **soon)
    html = page_of(client, meera.user, "/tutor/")
    assert "3 places left" in html
    assert "1.2 km from you" in html
    assert "Physics with Aarav at" in html
    assert "4719" not in html
    assert learner.guardian.phone not in html


def test_unapproved_tutor_sees_what_is_missing(client: Client) -> None:
    html = page_of(client, TutorDraftFactory(bio="").user, "/tutor/")
    assert "Tell families how you teach" in html
    assert "/tutor/profile/" in html


def test_tutor_without_a_profile_is_led_to_it(client: Client) -> None:
    assert "/tutor/profile/" in page_of(client, TutorUserFactory(), "/tutor/")


def test_dashboards_cost_few_queries(
    client: Client, learner: Learner, meera: TutorProfile, django_assert_max_num_queries: Any
) -> None:
    enquiry = enquiry_of(learner)
    Lead.objects.create(enquiry=enquiry, tutor=meera)
    for days in range(1, 4):
        start = timezone.now() + timedelta(days=days)
        session_of(learner, meera, Status.SCHEDULED, start_at=start)
    signed_in = 2
    for user, path in ((learner.family.user, "/family/"), (meera.user, "/tutor/")):
        client.force_login(user, backend=PHONE)
        with django_assert_max_num_queries(8 + signed_in):
            client.get(path)
