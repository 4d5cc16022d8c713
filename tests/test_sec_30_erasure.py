"""SEC-30: somebody with a canary in every column is erased, and no canary is found afterwards."""

from dataclasses import asdict
from datetime import timedelta

import pytest
import redis
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection

from accounts.models import (
    DataRequest,
    EmailChange,
    FormerAddress,
    LoginAttempt,
    OtpChallenge,
    PasskeyChallenge,
    User,
)
from accounts.services import erasures, exports
from accounts.services import users as accounts
from accounts.tests.authenticator import Authenticator, passkey_of
from accounts.tests.cast import strong_step_up, trusted_app, trusted_browser
from accounts.tests.digits import app_of
from accounts.tests.factories import StaffFactory
from marketplace.models import Enquiry, Lead, TutoringSession
from marketplace.services import reviews
from marketplace.tests.factories import LeadFactory, make_released
from notifications.models import Delivery, Message
from payments.models import (
    EvidenceFile,
    GatewayDispute,
    GatewayEvent,
    Invoice,
    Payment,
    Payout,
    PayoutMethod,
)
from payments.services import invoices, tax_profiles, webhook_traces
from payments.tests import factories as money
from students.models import Guardian
from students.tests.factories import invitation
from tests.canaries import Flock, in_database, in_redis, in_storage
from tests.forgetting import forget
from tutorhub.core import clock, datamap, outbox, storage, vault
from tutorhub.core.datamap import Erased
from tutorhub.core.models import IdempotencyKey, SealedRecord
from tutorhub.core.tests.storages import World
from tutors.models import TutorProfile, TutorReport
from tutors.services import desk, spellings, submissions, verification
from tutors.tests.factories import PhotoFactory, SavedSearchFactory, TutorFactory
from tutors.tests.uploading import received

pytestmark = pytest.mark.django_db

PRIVATE = "2EzW14geYo22oUpCyHBYOHoKlqNycxWCdCZuZwV+g0g="
HOUR = timedelta(hours=1)


@pytest.fixture
def session(disk: World):
    """A class that a family paid and a tutor held, with all that came before and after it."""
    session = make_released()
    now = session.end_at + 2 * HOUR
    with clock.at(now):
        family, tutor = session.learner.family.user, session.tutor
        _both(session, family, tutor)
        _of_family(session, family)
        _of_tutor(tutor, family, disk)
        _for_a_bank(session)
        outbox.drain()
        yield TutoringSession.objects.get(pk=session.pk)


def _both(session, family, tutor):
    reviews.write(session, by=family, stars=5, text="Aarav liked it")
    reviews.write(session, by=tutor.user, stars=5, text="Asha is kind")
    moderator = StaffFactory(group="moderator")
    for review in session.reviews.all():
        reviews.take_down(review, by=moderator, reason="It names Aarav")
    for user in (family, tutor.user):
        trusted_browser(user)
        trusted_app(user)
        LoginAttempt.objects.create(kind="code", phone=user.phone, user=user, ip="203.0.113.9")
        EmailChange.objects.create(
            user=user, email="a@b.in", token_hash=str(user.pk), expires_at=clock.now()
        )
        passkey_of(user, Authenticator())
        app_of(user)
        strong_step_up(user, user.pk)
        PasskeyChallenge.objects.create(
            purpose="step_up",
            user=user,
            holder=str(user.pk),
            network="203.0.113.9",
            expires_at=clock.now(),
        )
        # The number they had before, tried by nobody in particular.
        before = f"+9190000{str(user.pk.int)[-5:]}"
        LoginAttempt.objects.create(kind="code", phone=before, ip="203.0.113.9")
        FormerAddress.objects.create(user=user, address=before)
        IdempotencyKey.objects.create(
            user_id=user.pk,
            method="POST",
            path="/",
            key="k",
            fingerprint="f",
            holder=user.pk,
            leased_until=clock.now(),
            body="answer",
            created_at=clock.now(),
        )
        LogEntry.objects.create(
            user=StaffFactory(),
            content_type=ContentType.objects.get_for_model(User),
            object_id=str(user.pk),
            object_repr=user.name,
            action_flag=2,
        )
        DataRequest.objects.create(user=user, kind="grievance", words="w", due_at=clock.now())


def _of_family(session, family):
    money.fund_wallet(family, 0, promo_paise=5_000)
    invitation(family.family)
    Enquiry.objects.filter(learner=session.learner).update(note="shy")
    # Somebody who has no account here.
    Guardian.objects.filter(pk=session.learner.guardian_id).update(phone="+919000000077")
    OtpChallenge.objects.create(
        purpose="guardian",
        phone="+919000000077",
        code_hash="x",
        network="203.0.113.9",
        expires_at=clock.now(),
    )


def _of_tutor(tutor, family, disk):
    user = tutor.user
    money.make_method(user)
    tax_profiles.save(user=user, legal_name="Ravi Kumar", address="1 Road", state="Karnataka")
    paper = received(disk, tutor)
    received(disk, tutor)
    moderator = StaffFactory(group="moderator")
    submissions.hand_in(tutor)
    accounts.update_profile(user, name="A new name that waits")
    SavedSearchFactory(user=family)
    TutorReport.objects.create(tutor=tutor, reported_by=family, reason="other", text="late")
    TutorReport.objects.create(
        tutor=TutorFactory(), reported_by=user, reason="other", text="copied my words"
    )
    desk.claim(tutor, by=moderator)
    verification.review_document(paper, by=moderator, is_genuine=True, notes="fine")
    desk.note(tutor, by=moderator, text="call back")
    storage.put(paper.stored_key, b"%PDF zq7x9997", content_type="application/pdf")
    photo = PhotoFactory(tutor=tutor)
    storage.put(photo.stored_key, b"face zq7x9999", content_type="image/jpeg")
    Payout.objects.create(
        tutor=user,
        method=PayoutMethod.objects.get(tutor=user),
        amount_paise=100,
        status="REJECTED",
        requested_by=user,
        reason="no",
    )


def _for_a_bank(session):
    payment = Payment.objects.get(order_id=session.order_id)
    tutor = session.tutor.user
    dispute = GatewayDispute.objects.create(
        razorpay_dispute_id="disp_canary",
        payment=payment,
        status="won",
        amount_paise=100,
        closed_at=clock.now(),
        statement="I was there",
        stated_by=tutor,
        stated_at=clock.now(),
    )
    key = f"accepted/{dispute.pk}"
    storage.put(key, b"evidence zq7x9998", content_type="image/jpeg")
    EvidenceFile.objects.create(
        dispute=dispute,
        kind="tutor",
        status="RECEIVED",
        giver=tutor,
        filename="a.jpg",
        content_type="image/jpeg",
        upload_key=storage.new_key(),
        stored_key=key,
        received_at=clock.now(),
    )
    for number, about in enumerate((payment.razorpay_payment_id, tutor.phone)):
        body = f'{{"{about}": 1}}'.encode()
        GatewayEvent.objects.create(
            event_key=f"e{number}",
            sha256="s",
            body=body,
            status=("DONE", "ORPHAN")[number],
            found_by=webhook_traces.of(body),
        )


def plant(session):
    """Put canaries into every row about the family and about the tutor."""
    flock = Flock()
    users = [session.learner.family.user, session.tutor.user]
    extra = {
        "notifications.Delivery": Delivery.objects.all(),
        "core.IdempotencyKey": IdempotencyKey.objects.all(),
        "payments.GatewayEvent": GatewayEvent.objects.filter(event_key__in=["e0", "e1"]),
        "payments.Invoice": Invoice.objects.all(),
        "admin.LogEntry": LogEntry.objects.all(),
        "accounts.OtpChallenge": OtpChallenge.objects.all(),
        "accounts.LoginAttempt": LoginAttempt.objects.all(),
    }
    for table in datamap.tables():
        if not table.is_personal or table.erased == Erased.AGED:
            continue
        if table.label in extra:
            flock.plant(table, extra[table.label])
        elif table.of is not None:
            for user in users:
                flock.plant(table, table.of(user))
        elif table.label == "accounts.RefreshToken":
            flock.plant(table, table.model.objects.all())
    _as_they_would_be(session)
    return flock


def _as_they_would_be(session):
    """TutorHub itself is no person, and a webhook names the number that the account has."""
    phone = User.objects.get(pk=session.tutor.user_id).phone
    GatewayEvent.objects.filter(event_key="e1").update(
        body=f"contact: {phone}".encode(), found_by=[webhook_traces.of_address(phone)]
    )
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        ours = Invoice.objects.exclude(series="RV", about="session")
        ours.update(seller=asdict(invoices.company()))
        cursor.execute("SET LOCAL session_replication_role = origin")


def books():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.code, a.unit, sum(e.debit), sum(e.credit), count(*) FROM ledger_entry e"
            " JOIN ledger_account a ON a.id = e.account_id GROUP BY 1, 2 ORDER BY 1, 2"
        )
        return cursor.fetchall()


def test_sec_30_every_personal_column_has_a_canary(session):
    """What is not planted cannot be missed: each table of the map has rows of these two people."""
    flock = plant(session)
    personal = {
        table.label
        for table in datamap.tables()
        if table.is_personal and table.erased not in (Erased.AGED, Erased.NOTHING)
    }
    # Numbers only, made by triggers from the profile and gone with it; and what is nobody's before.
    assert personal - set(flock.planted) == {
        *("tutors.SearchEntry", "tutors.SearchName", "core.SealedRecord"),
    }
    assert sum(len(columns) for columns in flock.planted.values()) > 80
    assert len(in_database()) > 25


def test_sec_30_after_both_are_erased_no_canary_is_left_anywhere(session):
    plant(session)
    family = User.objects.get(pk=session.learner.family.user_id)
    tutor = User.objects.get(pk=session.tutor.user_id)
    _more_by_name(session, tutor)
    for user in (family, tutor):
        exports.ask(user)
    outbox.drain()
    before = books()
    assert in_database()
    assert in_storage()
    forget(family)
    forget(tutor)
    # One list of the words of all names, which is gone through at night.
    assert spellings.forget_unused() > 0
    assert in_database() == {}
    assert in_storage() == {}
    assert in_redis() == set()
    assert books() == before
    assert not DataRequest.objects.filter(kind="erasure").exclude(status="DONE").exists()


def _more_by_name(session, tutor):
    """What names the child to another tutor, of which only the name itself tells."""
    other = TutorFactory()
    LeadFactory(enquiry=session.enquiry, tutor=other)
    child = type(session.learner).objects.get(pk=session.learner_id)
    guardian = Guardian.objects.get(pk=child.guardian_id)
    for words in (child.name, guardian.phone):
        Message.objects.create(
            user_id=other.user_id,
            to=other.user.phone,
            channel="sms",
            template="t",
            body=f"Class with {words} at 5",
            values_text=f'["{words}", "5"]',
            status="sent",
            sent_at=clock.now(),
        )


def test_sec_30_one_side_goes_and_the_other_keeps_its_own(session):
    plant(session)
    tutor = TutorProfile.objects.get(pk=session.tutor_id)
    forget(session.learner.family.user)
    after = TutorProfile.objects.get(pk=session.tutor_id)
    assert after.bio == tutor.bio
    assert PayoutMethod.objects.get(tutor=tutor.user_id).pan.startswith("zq7x")
    left = in_database()
    for table in ("students_learner", "students_guardian", "accounts_consent"):
        assert table not in left


def test_sec_30_what_tax_law_keeps_is_there_for_whoever_has_the_key(session):
    plant(session)
    names = {invoice.pk: invoice.buyer["name"] for invoice in Invoice.objects.all()}
    forget(session.learner.family.user)
    forget(session.tutor.user)
    kept = {}
    for record in SealedRecord.objects.filter(kind="invoice"):
        opened = vault.unseal(record.sealed, PRIVATE)
        if opened["side"] == "buyer":
            kept[record.about] = opened["party"]["name"]
    assert kept == names


@pytest.mark.parametrize("place", ["text", "json", "bytes", "sealed", "array", "file", "redis"])
def test_sec_30_the_search_finds_a_canary_that_was_left(session, place):
    """The control: without it, a search that finds nothing proves nothing."""
    assert (in_database(), in_redis()) == ({}, set())
    assert set().union(*in_storage().values()) == {"zq7x9997", "zq7x9998", "zq7x9999"}
    if place == "text":
        Lead.objects.update(decline_reason="before zq7x0042 after")
    elif place == "json":
        Enquiry.objects.update(preferred_times=[{"day": "zq7x0042"}])
    elif place == "bytes":
        GatewayEvent.objects.update(body=b"before zq7x0042 after")
    elif place == "sealed":
        PayoutMethod.objects.update(pan="zq7x0042")
    elif place == "array":
        TutorProfile.objects.update(qualifications=["zq7x0042"])
    elif place == "file":
        storage.put(storage.private_key("papers"), b"\x00zq7x0042", content_type="image/png")
        assert {"zq7x0042"} in in_storage().values()
        return
    else:
        client = redis.Redis.from_url(settings.REDIS_URL, db=1)
        client.set("left", "zq7x0042")
        found = in_redis()
        client.delete("left")
        client.close()
        assert found == {"zq7x0042"}
        return
    assert len(in_database()) == 1


def test_sec_30_a_restored_backup_is_erased_again(session):
    family = User.objects.get(pk=session.learner.family.user_id)
    kept = {"name": family.name, "phone": family.phone, "is_active": True}
    forget(family)
    # As a backup from before has it: the account is back, and nothing knows of the request.
    DataRequest.objects.all().delete()
    User.objects.filter(pk=family.pk).update(**kept)
    call_command("reapply_erasures")
    assert User.objects.get(pk=family.pk).phone is None
    assert erasures.reapply() == 0


def test_sec_30_an_overdue_erasure_alarms(session):
    erasures.erase(session.tutor.user, by=None)
    assert erasures.watch() == 0
    DataRequest.objects.exclude(kind="erasure").delete()
    with clock.at(clock.now() + settings.ERASURE_DUE + HOUR):
        assert erasures.watch() == 1
