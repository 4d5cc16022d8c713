"""The ledger keeps to its rules in the service and, for whoever goes around it, in PostgreSQL."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Consent, ConsentNotice
from accounts.services import consents, notices
from accounts.tests.factories import ConsentFactory, FamilyUserFactory, newer_notice
from tutorhub.core.ids import uuid7

pytestmark = pytest.mark.django_db


def execute(statement, *params):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)


def give(by, child, **values):
    return consents.give(
        **{
            "by": by,
            "subject_id": child,
            "purposes": list(Consent.Purpose),
            "notice": notices.in_force("en"),
            "guardian_name": "Meera",
            "guardian_phone": "+919876543210",
            "relation": "mother",
            **values,
        }
    )


@pytest.mark.parametrize(
    ("phone", "is_proved", "method"),
    [
        ("+919876543210", False, "own_number"),
        ("+919876543211", False, "checkbox"),
        ("+919876543211", True, "guardian_code"),
    ],
)
def test_the_method_says_how_the_number_was_proved(phone, is_proved, method):
    by = FamilyUserFactory(phone=phone)
    given = give(by, uuid7(), is_proved=is_proved)
    assert {consent.method for consent in given.values()} == {method}


def test_each_purpose_is_withdrawn_by_itself():
    child, other = uuid7(), uuid7()
    by = FamilyUserFactory()
    give(by, child)
    give(by, other)
    closed = consents.withdraw(child, by=by, purposes=["classes"])
    assert [consent.purpose for consent in closed] == ["classes"]
    assert set(consents.live(child)) == {"learner_profile"}
    assert set(consents.live(other)) == {"classes", "learner_profile"}


def test_a_withdrawal_closes_what_was_given_twice():
    child, by = uuid7(), FamilyUserFactory()
    give(by, child)
    give(by, child)
    assert len(consents.withdraw(child, by=by)) == 4
    assert consents.live(child) == {}


@pytest.mark.parametrize(
    "change",
    [
        "purpose = 'classes'",
        "subject_id = gen_random_uuid()",
        "given_at = now() - interval '1 year'",
        "method = 'guardian_code'",
        "relation = 'father'",
        "guardian_phone = '+919876500000'",
        "guardian_name = 'Somebody'",
    ],
)
def test_nothing_about_a_consent_is_rewritten(change):
    ConsentFactory()
    with pytest.raises(IntegrityError, match="never changed"):
        execute(f"UPDATE accounts_consent SET {change}")


def test_a_withdrawn_consent_does_not_come_back_to_life():
    consent = ConsentFactory()
    consents.withdraw(consent.subject_id, by=None)
    for change in ("NULL", "withdrawn_at + interval '1 hour'"):
        with pytest.raises(IntegrityError, match="never changed"):
            execute(f"UPDATE accounts_consent SET withdrawn_at = {change}")


def test_a_consent_is_not_deleted():
    ConsentFactory()
    with pytest.raises(IntegrityError, match="never changed"):
        execute("DELETE FROM accounts_consent")


def test_who_agreed_is_forgotten_once_it_is_withdrawn_and_not_before():
    consent = ConsentFactory()
    consents.forget_guardian(consent.subject_id)
    consent.refresh_from_db()
    assert consent.guardian_name == "Meera"
    with pytest.raises(IntegrityError, match="consent_complete"):
        execute("UPDATE accounts_consent SET guardian_name = ''")
    consents.withdraw(consent.subject_id, by=None)
    consents.forget_guardian(consent.subject_id)
    consent.refresh_from_db()
    assert (consent.guardian_name, consent.guardian_phone) == ("", "")


@pytest.mark.parametrize(
    "statement",
    ["UPDATE accounts_consentnotice SET title = 'x'", "DELETE FROM accounts_consentnotice"],
)
def test_a_notice_never_changes(statement):
    with pytest.raises(IntegrityError, match="never changes"):
        execute(statement)


@pytest.mark.parametrize(
    ("field", "value"),
    [("relation", "neighbour"), ("method", "shouting"), ("purpose", "advertising")],
)
def test_the_database_knows_the_values(field, value):
    with pytest.raises(IntegrityError, match=f"consent_{field}_valid"), transaction.atomic():
        ConsentFactory(**{field: value})


class TestNotices:
    def test_the_one_in_force_is_there_in_both_languages(self):
        assert notices.languages() == ["en", "hi"]
        english, hindi = notices.in_force("en"), notices.in_force("hi")
        assert (english.version, hindi.version) == ("2026-11-01", "2026-11-01")
        assert len(english.sections) == len(hindi.sections) >= 5
        assert english.title != hindi.title

    def test_who_reads_another_language_is_shown_the_english_one(self):
        assert notices.in_force("ta").language == "en"

    @pytest.mark.parametrize(
        ("version", "language"),
        [("2026-11-01", "ta"), ("2026-11-02", "en"), ("", "en"), ("whatever", "hi")],
    )
    def test_what_nobody_can_have_read_is_refused(self, version, language):
        with pytest.raises(notices.NoticeUnknown):
            notices.find(version, language)

    def test_one_that_is_not_in_force_yet_is_refused(self):
        ConsentNotice.objects.create(version="2031-01-01", language="en", title="", sections=[])
        with pytest.raises(notices.NoticeUnknown):
            notices.find("2031-01-01", "en")

    def test_a_newer_one_outdates_it_and_asks_again(self, settings):
        consent = ConsentFactory()
        assert notices.is_current(consent)
        newer_notice("2027-01-01", settings)
        assert not notices.is_current(consent)
        with pytest.raises(notices.NoticeOutdated):
            notices.find("2026-11-01", "en")

    def test_one_that_mends_words_asks_nobody_again(self, settings):
        consent = ConsentFactory()
        newer_notice("2027-01-01", settings, is_material=False)
        assert notices.is_current(consent)
        assert notices.find("2026-11-01", "hi").language == "hi"
        assert notices.find("2027-01-01", "en").version == "2027-01-01"
