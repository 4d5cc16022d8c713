"""The whole path through the HTTP API: found, paid, taught, rated, paid out, and the books closed.

Nothing is made behind the product's back but what a newcomer finds there: staff accounts and money
in the payout account. Codes come from the development inbox, money from the gateway's simulator.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from payments.services import ledger
from payments.tests.simulator import RazorpaySimulator
from tests.journey import (
    PAPER,
    PAYOUT_ACCOUNT_PAISE,
    Person,
    Town,
    balances,
    hire_staff,
    sign_in_staff,
)
from tutorhub.core import outbox
from tutorhub.core.clock import IST
from tutorhub.core.tests.files import text_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=IST)
CLASS_AT = MONDAY + timedelta(days=2, hours=7)
LEARNER = {
    "name": "Aarav Sharma",
    "grade": 11,
    "board": "CBSE",
    "subjects": ["physics"],
    "mode": "home",
    "budget_min_paise": 400_00,
    "budget_max_paise": 800_00,
    "pin_code": "560034",
    "languages": ["en", "hi"],
    "guardian": {"name": "Priya Sharma", "phone": "+919876543210", "relation": "mother"},
    "consent": {"accepted": True, "notice_version": "2026-11-01", "language": "en"},
}
PROFILE = {
    "name": "Meera Iyer",
    "headline": "Physics with experiments",
    "bio": "Ten years of physics for classes 9 to 12, with a box of magnets.",
    "gender": "female",
    "languages": ["en", "kn"],
    "experience_years": 10,
    "qualifications": ["M.Sc. Physics"],
    "pin_code": "560095",
    "radius_km": 8,
    "offerings": [
        {
            "subject": "physics",
            "boards": ["CBSE"],
            "grade_min": 9,
            "grade_max": 12,
            "online_rate_paise": 600_00,
            "home_rate_paise": 700_00,
        }
    ],
}
SEARCH = {
    "subject": "physics",
    "grade": 11,
    "board": "CBSE",
    "mode": "home",
    "budget_max_paise": 800_00,
    "pin_code": "560034",
}
OFFER = {
    "start_at": CLASS_AT.isoformat(),
    "duration_min": 90,
    "rate_paise": 700_00,
    "message": "I bring a pendulum.",
}
# ₹ 1,050.00: 15 % commission; 9 % CGST and 9 % SGST on it, each rounded up from 1417.5 paise; 5 %
# withheld, for the tutor's PAN is not known yet when the class ends.
MONEY = {
    "price_paise": 1_050_00,
    "commission_paise": 157_50,
    "commission_bps": 1500,
    "gst_paise": 14_18 + 14_18,
    "tax_withheld_paise": 52_50,
    "tax_withheld_bps": 500,
    "tcs_paise": 0,
    "net_paise": 811_64,
    "is_booked": True,
}
NET = MONEY["net_paise"]
BANK = {
    "kind": "bank",
    "holder_name": "Meera Iyer",
    "account_number": "123456789012",
    "ifsc": "HDFC0001234",
    "pan": "ABCDE1234F",
}
# What is left when everybody has gone home: income, taxes, fees, our own money and four credits.
LAST_BALANCES = {
    "rzp_clearing": 1_050_00 + 352_82 - (21_00 + 7_06 + 3_78 + 1_27),
    "gateway_fees": 21_00 + 7_06,
    "bank": -PAYOUT_ACCOUNT_PAISE,
    # The rupee went to the tutor's account to see whether it exists.
    "rzpx_float": PAYOUT_ACCOUNT_PAISE - NET - 5_90 - 1_00,
    "payout_fees": 5_00 + 1_00,
    "gst_input": 3_78 + 1_27 + 90,
    "gst_output_cgst": 14_18 + 26_91,
    "gst_output_sgst": 14_18 + 26_91,
    "tds_payable": 52_50,
    "commission_session": 157_50,
    "lead_revenue": 59_80,
    "lead_deferred": 4 * 59_80,
    "lead_issued": 4,
    "lead_credits": 4,
}


@pytest.fixture
def town(
    razorpay_simulator: RazorpaySimulator,
    drain: Callable[[], int],
    settings: Settings,
    tmp_path: Path,
) -> Iterator[Town]:
    settings.PRIVATE_ROOT = tmp_path
    with time_machine.travel(MONDAY) as clock:
        yield Town(razorpay_simulator, drain, clock)


def test_from_two_new_numbers_to_money_in_the_bank(town: Town) -> None:
    family, tutor = Person("+919876543210", "student"), Person("+919812345670", "tutor")
    town.people = [family, tutor]
    hire_staff()

    learner = join_as_family(family)
    profile = join_as_tutor(tutor)
    assert found(family) == []
    approve_tutor(sign_in_staff("moderator@example.com"), profile["id"])
    assert_found_with_reasons(family, profile["id"])

    enquiry = ask(family, learner)
    lead = read_inbox(tutor)
    buy_credits(town, tutor, refused_without_credit(tutor, lead))
    session = tutor.post(f"tutors/leads/{lead}/accept", OFFER, wants=201)["id"]
    assert_family_knows(family, enquiry, session)

    pay_in_any_order(town, family, session)
    assert_booked_once(family, tutor, session)
    town.wait_until(CLASS_AT)
    teach(family, tutor, session)
    confirm_and_review(family, tutor, session)

    ask_for_payout(town, tutor)
    approve_payout(
        finance=sign_in_staff("finance@example.com"),
        moderator=sign_in_staff("moderator@example.com"),
    )
    bank_pays(town, tutor)
    assert_review_counts(family, profile["id"])
    assert balances() == sorted(LAST_BALANCES.items())


def join_as_family(family: Person) -> str:
    assert family.sign_in() == "learner"
    refused = {**LEARNER, "consent": {**LEARNER["consent"], "accepted": False}}
    family.post("students/profile", refused, wants=422)
    learner = family.post("students/profile", LEARNER, wants=201)
    assert (learner["city"], learner["state"]) == ("Bengaluru", "Karnataka")
    return str(learner["id"])


def join_as_tutor(tutor: Person) -> Any:
    """A profile, a paper through the signed upload, and the wish to be checked."""
    assert tutor.sign_in() == "profile"
    profile = tutor.post("tutors/profile", PROFILE, wants=201)
    assert (profile["status"], profile["missing"]) == ("DRAFT", ["identity_document"])
    tutor.post("tutors/profile/submit", wants=422)
    paper = {
        "kind": "identity",
        "filename": "passport.pdf",
        "content_type": "application/pdf",
        "size": len(PAPER),
    }
    document = tutor.post("tutors/documents", paper, wants=201)
    upload = document["upload"]
    file = SimpleUploadedFile("passport.pdf", PAPER, "application/pdf")
    sent = Client().post(upload["url"], {**upload["fields"], "file": file})
    assert sent.status_code == 204, sent.content
    assert tutor.post(f"tutors/documents/{document['id']}/complete")["status"] == "CHECKING"
    outbox.drain()
    (seen,) = tutor.get("tutors/documents")["results"]
    assert (seen["id"], seen["status"]) == (document["id"], "RECEIVED")
    assert tutor.post("tutors/profile/submit")["status"] == "PENDING"
    return profile


def found(family: Person) -> Any:
    return family.get("tutors/", SEARCH)["results"]


def approve_tutor(moderator: Client, tutor_id: str) -> None:
    """As a person does it: queue, case, paper, yes to the paper, yes to the tutor."""
    desk = "/admin/tutors/tutorprofile/"
    assert "Meera Iyer" in moderator.get(f"{desk}desk/").content.decode()
    case = moderator.post(f"{desk}desk/next/")["Location"]
    assert case == f"{desk}{tutor_id}/change/"
    page = moderator.get(case).content.decode()
    looking = re.search(rf"{desk}document/[0-9a-f-]+/look/", page)
    verifying = re.search(rf"{desk}document/[0-9a-f-]+/review/verify/", page)
    assert looking is not None
    assert verifying is not None
    viewer = moderator.post(looking.group())["Location"]
    page = moderator.get(viewer).content.decode()
    picture = re.search(rf"{desk}document/[0-9a-f-]+/page/1.jpg", page)
    opening = re.search(rf"{desk}document/[0-9a-f-]+/open/", page)
    assert picture is not None
    assert opening is not None
    assert moderator.get(picture.group())["Content-Type"] == "image/jpeg"
    link = moderator.post(opening.group())
    assert link.status_code == 303
    opened = b"".join(moderator.get(link["Location"]))
    assert "a passport" in text_of(opened)
    assert opened != PAPER
    assert decided(moderator, desk, tutor_id) == 422
    read = re.findall(r'name="seen" value="(\w{16})"', page)[0]
    said = {"notes": "", "valid_until": "", "seen": read}
    assert moderator.post(verifying.group(), said).status_code == 302
    assert decided(moderator, desk, tutor_id) == 302


def decided(moderator: Client, desk: str, tutor_id: str) -> int:
    """The answer to an approval of what the page of the case shows now."""
    page = moderator.get(f"{desk}{tutor_id}/change/").content.decode()
    seen = re.findall(r"decide/approve/\?seen=(\w{16})", page)[0]
    answer = moderator.post(f"{desk}{tutor_id}/decide/approve/", {"notes": "", "seen": seen})
    return answer.status_code


def assert_found_with_reasons(family: Person, tutor_id: str) -> None:
    (result,) = found(family)
    assert (result["id"], result["name"]) == (tutor_id, "Meera Iyer")
    assert (result["rate_paise"], result["mode"]) == (700_00, "home")
    assert 0 < result["distance_km"] < 8
    assert [badge["claim"] for badge in result["badges"]] == ["identity"]
    assert len(result["why"]) >= 2


def ask(family: Person, learner: str) -> str:
    wish = {
        "learner": learner,
        "subject": "physics",
        "mode": "home",
        "budget_max_paise": 800_00,
        "pin_code": "560034",
        "preferred_times": ["Weekday evenings"],
        "note": "Numericals are hard. Call 98765 43210.",
    }
    enquiry = family.post("students/enquiries", wish, wants=201)
    assert (enquiry["status"], enquiry["leads_sent"]) == ("OPEN", 1)
    return str(enquiry["id"])


def read_inbox(tutor: Person) -> str:
    (lead,) = tutor.get("tutors/leads/inbox")["results"]
    assert (lead["status"], lead["credits"], lead["places_left"]) == ("NEW", 1, 3)
    assert lead["match"]["score"] > 0
    assert lead["match"]["reasons"]
    assert "98765" not in str(lead)
    assert "Sharma" not in str(lead)
    return str(lead["id"])


def refused_without_credit(tutor: Person, lead: str) -> str:
    """The refusal names the packs on sale and claims nothing; answers the smallest."""
    refusal = tutor.post(f"tutors/leads/{lead}/accept", OFFER, wants=402)
    assert tutor.get(f"tutors/leads/{lead}")["status"] == "VIEWED"
    pack = min(refusal["packs"], key=lambda pack: pack["credits"])
    assert (pack["credits"], pack["price_paise"]) == (5, 352_82)
    return str(pack["code"])


def buy_credits(town: Town, tutor: Person, pack: str) -> None:
    order = tutor.post("tutors/wallet/topup", {"pack": pack})
    paid = town.simulator.pay(order["razorpay_order_id"])
    assert tutor.post("payments/verify", paid)["status"] == "PAID"
    town.deliver()
    assert tutor.get("tutors/wallet")["credits"] == 5


def assert_family_knows(family: Person, enquiry: str, session: str) -> None:
    told = family.messages("offer_made")
    assert [message["channel"] for message in told] == ["whatsapp"]
    assert "Meera Iyer" in told[0]["body"]
    asked = family.get(f"students/enquiries/{enquiry}")
    assert asked["status"] == "MATCHED"
    assert [offer["id"] for offer in asked["offers"]] == [session]


def pay_in_any_order(town: Town, family: Person, session: str) -> None:
    """The same money is reported seven times, backwards first, and every report is welcome."""
    order = family.post(f"sessions/{session}/pay", {"method": "razorpay"})
    assert order["amount_paise"] == 1_050_00
    again = family.post(f"sessions/{session}/pay", {"method": "razorpay"})
    assert again["razorpay_order_id"] == order["razorpay_order_id"]
    paid = town.simulator.pay(order["razorpay_order_id"])
    town.deliver_again("order.paid")
    assert Client().post("/checkout/callback", paid).status_code == 302
    town.deliver_again("payment.captured")
    assert family.post("payments/verify", paid)["status"] == "PAID"
    town.deliver()
    town.deliver_again("order.paid")
    town.deliver_again("payment.captured")


def assert_booked_once(family: Person, tutor: Person, session: str) -> None:
    for reader in (family, tutor):
        seen = reader.get(f"sessions/{session}")
        assert seen["status"] == "SCHEDULED"
        assert [event["kind"] for event in seen["timeline"]].count("paid") == 1
        assert len(reader.messages("class_booked")) == 1
    assert ledger.balance("session_escrow", session) == 1_050_00


def teach(family: Person, tutor: Person, session: str) -> None:
    """A home visit begins and ends with the codes on the family's phone."""
    path = f"sessions/{session}"
    tutor.post(f"{path}/start", wants=422)
    tutor.post(f"{path}/start", {"code": family.get(path)["start_code"]})
    done = tutor.post(f"{path}/complete", {"code": family.get(path)["end_code"]})
    assert (done["status"], done["money"]) == ("COMPLETED", MONEY)
    assert family.get(path)["money"] == MONEY
    assert tutor.get("tutors/earnings")["held_paise"] == NET


def confirm_and_review(family: Person, tutor: Person, session: str) -> None:
    path = f"sessions/{session}"
    family.post(f"{path}/review", {"stars": 5}, wants=422)
    assert family.post(f"{path}/confirm")["status"] == "RELEASED"
    family.post(f"{path}/review", {"stars": 5, "text": "The pendulum did it."})
    assert tutor.get(path)["reviews"] == []
    earned = tutor.get("tutors/earnings")
    assert (earned["available_paise"], earned["held_paise"]) == (NET, 0)


def ask_for_payout(town: Town, tutor: Person) -> None:
    wish = {"amount_paise": NET}
    tutor.post("tutors/payouts", wish, wants=422)
    tutor.post("tutors/payout-method", BANK, verb="put", wants=403)
    tutor.step_up()
    tutor.post("tutors/payout-method", BANK, verb="put")
    assert "123456789012" not in str(tutor.get("tutors/payout-method"))
    tutor.post("tutors/payouts", wish, wants=409)
    town.wait_until(CLASS_AT + timedelta(days=7, minutes=1))
    tutor.post("tutors/payouts", wish, wants=201)
    earned = tutor.get("tutors/earnings")
    assert (earned["available_paise"], earned["pending_paise"]) == (0, NET)
    tutor.post("tutors/payouts", wish, wants=409)


def approve_payout(finance: Client, moderator: Client) -> None:
    """The back office's list of payouts, which is closed to moderators."""
    desk = "/admin/payments/payout/"
    assert moderator.get(desk).status_code == 403
    page = finance.get(desk).content.decode()
    payout = re.search(r'name="_selected_action" value="([0-9a-f-]+)"', page)
    assert payout is not None
    form = {"action": "approve", "_selected_action": payout.group(1)}
    assert moderator.post(desk, form).status_code == 403
    assert finance.post(desk, form).status_code == 302


def bank_pays(town: Town, tutor: Person) -> None:
    town.drain()
    (sent,) = town.simulator.state()["payouts"]
    assert (sent["amount"], sent["status"]) == (NET, "processing")
    town.simulator.payout(sent["id"], "processed")
    town.deliver()
    (payout,) = tutor.get("tutors/payouts")["results"]
    assert payout["status"] == "PROCESSED"
    assert payout["utr"]
    assert tutor.get("tutors/earnings")["paid_paise"] == NET


def assert_review_counts(family: Person, tutor_id: str) -> None:
    (result,) = found(family)
    assert (result["review_count"], result["hours_taught"]) == (1, 1)
