"""Chargebacks at the desk of finance."""

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.tests.factories import StaffFactory, TutorUserFactory
from marketplace import queries
from marketplace.services import evidence, sessions
from marketplace.tests.factories import HomeOfferFactory, book, make_completed, make_scheduled
from payments.models import GatewayDispute, Payment, PaymentOrder
from payments.policies import FINANCE
from payments.services import disputes
from payments.tests.factories import make_topup, pay
from payments.tests.test_admin import desk as desk_of
from students.models import Guardian
from tutorhub.core import clock
from tutorhub.core.tests import files

pytestmark = pytest.mark.django_db

PDF = files.pdf("Homework")
LIST = reverse("admin:payments_gatewaydispute_changelist")


def staff_client(group: str) -> Client:
    person = StaffFactory()
    person.groups.set([Group.objects.get_or_create(name=group)[0]] if group else [])
    return desk_of(person)


@pytest.fixture
def desk():
    return staff_client(FINANCE)


def disputed(session, known_as="disp_1", **values) -> GatewayDispute:
    payment = Payment.objects.get(order_id=session.order_id)
    disputes.apply(
        {
            "id": known_as,
            "payment_id": payment.razorpay_payment_id,
            "amount": payment.amount_paise,
            "amount_deducted": 0,
            "respond_by": int(clock.now().timestamp()) + 86400,
            "status": "open",
            **values,
        }
    )
    return GatewayDispute.objects.get(razorpay_dispute_id=known_as)


def act(desk, action, dispute, **values) -> str:
    return desk.post(
        LIST, {"action": action, "_selected_action": [dispute.pk], **values}, follow=True
    ).content.decode()


def test_the_page_shows_the_facts_of_the_class(desk):
    dispute = disputed(make_completed())
    html = desk.get(
        reverse("admin:payments_gatewaydispute_change", args=[dispute.pk])
    ).content.decode()
    assert "Class started by the tutor" in html
    assert "Paid by the payer" in html


def test_a_home_visit_says_that_the_code_was_given():
    session = book(HomeOfferFactory())
    with clock.at(session.start_at):
        sessions.start(session, by=session.tutor.user, code=session.start_code)
    facts = queries.facts_for_bank(PaymentOrder.objects.get(pk=session.order_id))
    assert facts[-1].endswith("Class started by the tutor, with the code from the payer's phone")
    assert session.tutor.user.name not in " ".join(facts)


def contest_page(dispute) -> str:
    return reverse("admin:payments_gatewaydispute_contest", args=[dispute.pk])


def test_finance_contests_with_words_facts_and_papers(desk):
    session = make_completed()
    # A number whose end stands nowhere by chance.
    Guardian.objects.filter(pk=session.learner.guardian.pk).update(phone="+919876543217")
    dispute = disputed(session)
    evidence.state(session, text="I was there.", by=session.tutor.user)
    html = act(desk, "contest", dispute)
    assert "I was there." in html
    assert "Class ended by the tutor" in html
    sent = {"words": "The class was held.", "has_ours": "on", "has_statement": "on"}
    assert "is being contested" in desk.post(contest_page(dispute), sent, follow=True).text
    dispute.refresh_from_db()
    assert dispute.answer == "contest"
    assert dispute.summary.startswith("The class was held.\nClass in ")
    assert "Class ended by the tutor" in dispute.summary
    assert len(dispute.summary) <= 1000
    papers = {file.kind: file for file in dispute.evidence.chosen()}
    assert set(papers) == {"class", "receipt", "statement"}
    assert papers["statement"].content["paragraphs"] == ["I was there."]
    said = str(papers["class"].content)
    assert "The tutor said so, signed in" in said
    assert session.learner.first_name not in said
    assert "3217" not in said


def test_a_tutor_s_file_is_looked_at_and_chosen(desk, settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path
    session = make_completed()
    dispute = disputed(session)
    file = hand_in(session)
    opened = desk.post(reverse("admin:payments_evidencefile_open", args=[file.pk]))
    assert opened.status_code == 303
    assert "no-store" in opened["Cache-Control"]
    shown = b"".join(desk.get(opened.url).streaming_content)
    assert "Homework" in files.text_of(shown)
    page = contest_page(dispute)
    assert file.filename in desk.get(page).text
    desk.post(page, {"words": "Held.", "tutor_files": [str(file.pk)]})
    assert [one.kind for one in dispute.evidence.chosen()] == ["tutor"]


def hand_in(session):
    file = evidence.announce(session, content_type="application/pdf", by=session.tutor.user)
    upload = evidence.upload_form(file, by=session.tutor.user)
    form = {**upload.fields, "file": SimpleUploadedFile("x.pdf", PDF)}
    assert Client().post(upload.url, form).status_code == 204
    return evidence.complete(file, by=session.tutor.user)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"has_ours": "on"}, "This field is required."),
        ({"words": "Held."}, "The bank wants at least one document"),
    ],
)
def test_contesting_needs_words_and_a_document(desk, sent, words):
    dispute = disputed(make_completed())
    answer = desk.post(contest_page(dispute), sent)
    assert answer.status_code == 422
    assert words in answer.text
    dispute.refresh_from_db()
    assert dispute.answer == ""


def test_one_is_contested_at_a_time(desk):
    one, two = disputed(make_scheduled()), disputed(make_scheduled(), "disp_2")
    both = {"action": "contest", "_selected_action": [one.pk, two.pk]}
    assert "Contest one at a time" in desk.post(LIST, both, follow=True).text


def test_money_for_credits_is_contested_with_its_invoice(desk):
    payment = pay(make_topup(TutorUserFactory()))
    disputes.apply(
        {
            "id": "disp_1",
            "payment_id": payment.razorpay_payment_id,
            "amount": payment.amount_paise,
            "status": "open",
        }
    )
    dispute = GatewayDispute.objects.get()
    desk.post(contest_page(dispute), {"words": "Delivered.", "has_ours": "on"})
    papers = {file.kind: file for file in dispute.evidence.chosen()}
    assert papers["receipt"].invoice.series == "TH"
    assert papers["class"].content["title"] == "Evidence of the payment"


@pytest.mark.parametrize("group", ["moderator", ""])
def test_nobody_else_contests_or_opens(group, settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path
    session = make_completed()
    dispute = disputed(session)
    file = hand_in(session)
    client = staff_client(group)
    assert client.get(contest_page(dispute)).status_code == 403
    opened = client.post(reverse("admin:payments_evidencefile_open", args=[file.pk]))
    assert opened.status_code == 403


def test_finance_accepts_once(desk):
    dispute = disputed(make_scheduled())
    assert "is being accepted" in act(desk, "accept", dispute)
    assert "cannot be answered now" in act(desk, "accept", dispute)


def test_it_is_accepted_after_a_fresh_code_only(desk, settings):
    dispute = disputed(make_scheduled())
    with clock.at(clock.now() + settings.STEP_UP_LIFE):
        said = act(desk, "accept", dispute)
    assert "Confirm that it is you" in said
    dispute.refresh_from_db()
    assert dispute.answer == ""


def test_those_to_be_answered_come_first(desk):
    late = disputed(
        make_scheduled(), "disp_late", respond_by=int(clock.now().timestamp()) + 999_999
    )
    done = disputed(make_scheduled(), "disp_done")
    closing = {"id": "disp_done", "amount": done.amount_paise, "status": "won"}
    disputes.apply({**closing, "payment_id": done.payment.razorpay_payment_id})
    soon = disputed(make_scheduled(), "disp_soon")
    html = desk.get(LIST).content.decode()
    places = [html.index(str(one)) for one in (soon, late, done)]
    assert places == sorted(places)


def test_moderators_do_not_see_them():
    assert staff_client("moderator").get(LIST).status_code == 403
