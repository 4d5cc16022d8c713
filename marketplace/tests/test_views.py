from datetime import timedelta

import pytest

from marketplace.models import Enquiry, Lead, TutoringSession
from marketplace.tests.factories import (
    EnquiryFactory,
    HomeOfferFactory,
    LeadAcceptedFactory,
    LeadFactory,
    OfferFactory,
    book,
    make_completed,
    make_released,
    make_scheduled,
)
from payments.tests.factories import make_method
from tutorhub.core import clock
from tutors.tests.factories import TutorFactory

pytestmark = pytest.mark.django_db

Status = TutoringSession.Status


def text(answer):
    return answer.content.decode()


def url(session, action=""):
    return f"/classes/{session.pk}/" + (f"{action}/" if action else "")


def family_of(session):
    return session.learner.family.user


def test_the_enquiry_form_knows_the_learner_and_the_tutor(browse, family, learner, tutor):
    page = text(browse(family).get(f"/enquiries/new/?tutor={tutor.slug}&subject=maths"))
    assert tutor.user.name in page
    assert '<option value="maths" selected>' in page
    assert 'value="560034"' in page


def test_without_a_learner_the_family_is_sent_to_add_one(browse, outsider):
    answer = browse(outsider).get("/enquiries/new/")
    assert answer.url == "/family/learners/new/"


def test_asking_leads_to_the_enquiry(browse, family, learner, tutor):
    answer = browse(family).post(
        "/enquiries/new/",
        {
            "learner": learner.pk,
            "subject": "physics",
            "mode": "online",
            "budget_max": "800",
            "pin_code": "560034",
            "preferred_times": ["Sundays"],
            "tutor": tutor.pk,
        },
    )
    enquiry = Enquiry.objects.get()
    assert answer.url == f"/enquiries/{enquiry.pk}/"
    assert enquiry.budget_max_paise == 800_00
    assert enquiry.leads.get().tutor == tutor


@pytest.mark.parametrize("change", [{"pin_code": "999999"}, {"subject": ""}, {"learner": "x"}])
def test_mistakes_stay_on_the_form(browse, family, learner, change):
    form = {
        "learner": learner.pk,
        "subject": "physics",
        "mode": "online",
        "budget_max": "800",
        "pin_code": "560034",
    }
    assert browse(family).post("/enquiries/new/", {**form, **change}).status_code == 422
    assert not Enquiry.objects.exists()


def test_the_enquiry_page_compares_offers(browse, family, learner, django_assert_max_num_queries):
    enquiry = EnquiryFactory(learner=learner, status="MATCHED")
    offers = [OfferFactory(lead=LeadAcceptedFactory(enquiry=enquiry)) for _ in range(3)]
    client = browse(family)
    with django_assert_max_num_queries(8):
        page = text(client.get(f"/enquiries/{enquiry.pk}/"))
    for offer in offers:
        assert offer.tutor.user.name in page
        assert url(offer, "pay") in page
    with django_assert_max_num_queries(8):
        assert str(enquiry.pk) in text(client.get("/enquiries/"))


def test_closing_an_enquiry(browse, family, learner):
    enquiry = EnquiryFactory(learner=learner)
    browse(family).post(f"/enquiries/{enquiry.pk}/close/")
    enquiry.refresh_from_db()
    assert enquiry.status == Enquiry.Status.CLOSED
    assert browse(family).get(f"/enquiries/{enquiry.pk}/").status_code == 200


def test_the_inbox_shows_leads_without_names(browse, tutor, django_assert_max_num_queries):
    LeadFactory.create_batch(4, tutor=tutor)
    OfferFactory(lead=LeadAcceptedFactory(tutor=tutor))
    client = browse(tutor.user)
    with django_assert_max_num_queries(8):
        page = text(client.get("/leads/"))
    assert page.count("Koramangala") == 4
    assert "Sharma" not in page
    assert "+91" not in page


def test_a_tutor_reads_and_accepts_a_lead(browse, tutor, django_assert_max_num_queries):
    lead = LeadFactory(tutor=tutor)
    client = browse(tutor.user)
    assert client.get(f"/leads/{lead.pk}/").status_code == 200
    lead.refresh_from_db()
    assert lead.status == Lead.Status.VIEWED
    with django_assert_max_num_queries(8):
        assert 'value="500"' in text(client.get(f"/leads/{lead.pk}/"))
    start = (clock.now() + timedelta(days=2)).astimezone(clock.IST)
    form = {"start_at": f"{start:%Y-%m-%dT%H:%M}", "duration_min": "60", "rate": "650"}
    answer = client.post(f"/leads/{lead.pk}/", form)
    session = TutoringSession.objects.get()
    assert answer.url == url(session)
    assert session.price_paise == 650_00
    assert session.start_at == start.replace(second=0, microsecond=0)


def test_without_a_credit_the_packs_are_shown(browse):
    lead = LeadFactory()
    start = (clock.now() + timedelta(days=2)).astimezone(clock.IST)
    form = {"start_at": f"{start:%Y-%m-%dT%H:%M}", "duration_min": "60", "rate": "650"}
    answer = browse(lead.tutor.user).post(f"/leads/{lead.pk}/", form)
    assert answer.status_code == 402
    assert 'href="/credits/"' in text(answer)
    assert "10 credits" in text(answer)


def test_wrong_offers_stay_on_the_form(browse, tutor):
    lead = LeadFactory(tutor=tutor)
    client = browse(tutor.user)
    for form in ({}, {"start_at": "2020-01-01T10:00", "duration_min": "60", "rate": "650"}):
        assert client.post(f"/leads/{lead.pk}/", form).status_code == 422


def test_declining_a_lead(browse, tutor):
    lead = LeadFactory(tutor=tutor)
    answer = browse(tutor.user).post(f"/leads/{lead.pk}/decline/", {"reason": "Too far"})
    assert answer.url == "/leads/"
    lead.refresh_from_db()
    assert lead.status == Lead.Status.DECLINED


def test_paying_leads_to_the_checkout(browse, razorpay_simulator):
    offer = OfferFactory()
    answer = browse(family_of(offer)).post(url(offer, "pay"))
    assert answer.url.startswith("/checkout/")


def test_both_sides_see_the_class_and_the_same_rupees(browse, django_assert_max_num_queries):
    session = make_completed()
    for user in (family_of(session), session.tutor.user):
        client = browse(user)
        with django_assert_max_num_queries(8):
            page = text(client.get(url(session)))
        assert "600.00" in page
        assert "90.00" in page
        with django_assert_max_num_queries(8):
            assert str(session.pk) in text(client.get("/classes/"))


def test_a_tutor_without_pan_is_told_what_it_costs(browse):
    session = make_scheduled()
    family, tutor = browse(family_of(session)), browse(session.tutor.user)
    assert "We do not know your PAN" in text(tutor.get(url(session)))
    assert "We do not know your PAN" not in text(family.get(url(session)))
    make_method(session.tutor.user)
    assert "We do not know your PAN" not in text(tutor.get(url(session)))


def test_the_start_code_is_on_the_familys_page_only(browse):
    session = book(HomeOfferFactory())
    assert "4719" in text(browse(family_of(session)).get(url(session)))
    assert "4719" not in text(browse(session.tutor.user).get(url(session)))


def test_the_buttons_walk_through_a_class(browse):
    session = make_scheduled()
    tutor, family = browse(session.tutor.user), browse(family_of(session))
    with clock.at(session.start_at):
        assert url(session, "start") in text(tutor.get(url(session)))
        tutor.post(url(session, "start"))
        tutor.post(url(session, "complete"))
    assert url(session, "confirm") in text(family.get(url(session)))
    family.post(url(session, "confirm"))
    session.refresh_from_db()
    assert session.status == Status.RELEASED
    assert url(session, "review") in text(family.get(url(session)))
    family.post(url(session, "review"), {"stars": "5", "text": "Good"})
    assert session.reviews.get().stars == 5
    assert "Good" in text(family.get(url(session)))
    assert str(session.pk) in text(family.get("/classes/?past"))


def test_a_wrong_code_is_told_on_the_page_it_came_from(browse):
    session = book(HomeOfferFactory())
    client = browse(session.tutor.user)
    page = f"http://testserver{url(session)}"
    with clock.at(session.start_at):
        answer = client.post(
            url(session, "start"), {"code": "0000"}, headers={"referer": page}, follow=True
        )
    assert "not the code" in text(answer)


def test_a_review_without_stars_is_not_written(browse):
    session = make_released()
    browse(family_of(session)).post(url(session, "review"), {"text": "Good"})
    assert not session.reviews.exists()


def test_an_offer_is_withdrawn(browse):
    offer = OfferFactory()
    browse(offer.tutor.user).post(url(offer, "cancel"))
    offer.refresh_from_db()
    assert offer.status == Status.CANCELLED
    page = browse(family_of(offer)).get(url(offer))
    assert page.status_code == 200


def test_an_offer_counts_as_read_once_the_family_has_opened_its_page(browse):
    offer = OfferFactory()
    browse(offer.tutor.user).get(url(offer))
    offer.lead.refresh_from_db()
    assert offer.lead.opened_by_family_at is None
    browse(family_of(offer)).get(url(offer))
    offer.lead.refresh_from_db()
    assert offer.lead.opened_by_family_at


def test_what_is_not_mine_is_not_found(browse, outsider):
    session = make_scheduled()
    stranger, other_tutor = browse(outsider), browse(TutorFactory().user)
    assert stranger.get(url(session)).status_code == 404
    assert other_tutor.get(url(session)).status_code == 404
    assert stranger.get(f"/enquiries/{session.enquiry_id}/").status_code == 404
    assert stranger.post(f"/enquiries/{session.enquiry_id}/close/").status_code == 404
    assert other_tutor.get(f"/leads/{session.lead_id}/").status_code == 404
    assert other_tutor.post(f"/leads/{session.lead_id}/decline/").status_code == 404
    for action in ("pay", "confirm", "review", "cancel"):
        assert stranger.post(url(session, action)).status_code == 404
    for action in ("start", "complete"):
        assert other_tutor.post(url(session, action)).status_code == 404


def test_strangers_sign_in_first_and_roles_are_kept_apart(client, browse, family, tutor):
    for path in ("/enquiries/new/", "/enquiries/", "/leads/", "/classes/"):
        assert client.get(path).url.startswith("/signin/")
    assert browse(tutor.user).get("/enquiries/new/").status_code == 403
    assert browse(family).get("/leads/").status_code == 403
