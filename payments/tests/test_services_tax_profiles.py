"""Names, addresses and GST numbers for the tax office."""

import pytest
from django.db import connection

from accounts.tests.factories import TutorUserFactory
from payments.models import TaxProfile
from payments.services import payout_methods, tax_profiles, taxes
from payments.tests import factories
from tutorhub.core.models import AuditEvent, Place

pytestmark = pytest.mark.django_db

ADDRESS = "12, 5th Cross, Koramangala, Bengaluru 560034"


def gstin_of(pan="ABCDE1234F", state="29", entity="1"):
    start = f"{state}{pan}{entity}Z"
    return start + tax_profiles.check_digit(start)


def save(user=None, **values):
    return tax_profiles.save(
        user=user or TutorUserFactory(),
        **{
            "legal_name": "Ravi Kumar",
            "address": ADDRESS,
            "state": "Karnataka",
            **values,
        },
    )


class TestCheckDigit:
    @pytest.mark.parametrize(
        "gstin", ["27AAPFU0939F1ZV", "29AAGCB7383J1Z4", "12AAACI1681G1Z0", "24AAACC1206D1ZM"]
    )
    def test_published_numbers(self, gstin):
        assert tax_profiles.check_digit(gstin[:14]) == gstin[14]

    def test_every_single_typing_error_is_noticed(self):
        right = "27AAPFU0939F1ZV"
        for place in range(14):
            for sign in tax_profiles.DIGITS:
                wrong = right[:place] + sign + right[place + 1 : 14]
                is_same = tax_profiles.check_digit(wrong) == right[14]
                assert is_same == (sign == right[place]), wrong


class TestSave:
    def test_without_gst(self):
        profile = save(address="")
        assert (profile.legal_name, profile.state, profile.gstin) == ("Ravi Kumar", "Karnataka", "")

    def test_people_may_write_with_spaces_and_small_letters(self):
        gstin = gstin_of()
        assert save(gstin=f" {gstin[:5].lower()} {gstin[5:]} ").gstin == gstin

    def test_saved_once_changed_in_place_and_on_record(self):
        user = TutorUserFactory()
        save(user)
        save(user)
        save(user, legal_name="Ravi  K Kumar")
        assert TaxProfile.objects.get(user=user).legal_name == "Ravi K Kumar"
        assert AuditEvent.objects.filter(action="tax_profile.saved").count() == 2
        assert tax_profiles.of(user).legal_name == "Ravi K Kumar"

    @pytest.mark.parametrize(
        ("field", "values"),
        [
            ("legal_name", {"legal_name": " R "}),
            ("state", {"state": "Atlantis"}),
            ("address", {"address": "here", "gstin": gstin_of()}),
            ("gstin", {"gstin": "29ABCDE1234F1Z"}),
            ("gstin", {"gstin": "29ABCDE1234F1Y5"}),
            ("gstin", {"gstin": gstin_of()[:14] + "?"}),
            ("gstin", {"gstin": gstin_of()[:14] + ("A" if gstin_of()[14] != "A" else "B")}),
            ("gstin", {"gstin": gstin_of(state="27")}),
        ],
    )
    def test_wrong_parts_are_named(self, field, values):
        with pytest.raises(tax_profiles.BadTaxProfile) as caught:
            save(**values)
        assert caught.value.extra["field"] == field
        assert not TaxProfile.objects.exists()

    def test_the_number_belongs_to_the_pan_that_we_pay(self):
        tutor = TutorUserFactory()
        factories.make_method(tutor, pan="ZZZZZ9999Z")
        with pytest.raises(tax_profiles.BadTaxProfile):
            save(tutor, gstin=gstin_of())
        assert save(tutor, gstin=gstin_of("ZZZZZ9999Z")).gstin


def test_every_state_with_a_pin_code_has_a_number():
    states = set(Place.objects.values_list("state", flat=True))
    assert len(states) > 30
    assert states <= set(tax_profiles.STATES)


class TestPan:
    def test_it_is_sealed_shown_by_its_end_and_kept_when_nothing_is_said(self):
        user = TutorUserFactory()
        save(user, pan=" abcde 1234f ")
        profile = save(user, legal_name="Ravi K Kumar")
        assert (profile.pan, profile.pan_hint) == ("ABCDE1234F", "••••••234F")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pan FROM payments_taxprofile")
            assert "ABCDE" not in cursor.fetchone()[0]
        assert save(user, pan="").pan == ""

    @pytest.mark.parametrize("pan", ["ABCDE1234", "ABCDE12345", "ABCD1234FF"])
    def test_what_is_no_pan(self, pan):
        with pytest.raises(tax_profiles.BadTaxProfile) as caught:
            save(pan=pan)
        assert caught.value.extra["field"] == "pan"

    def test_the_gstin_has_the_same_pan_inside(self):
        with pytest.raises(tax_profiles.BadTaxProfile) as caught:
            save(pan="ZZZZZ9999Z", gstin=gstin_of())
        assert caught.value.extra["field"] == "gstin"
        assert save(pan="ABCDE1234F", gstin=gstin_of()).gstin == gstin_of()

    def test_it_agrees_with_the_payout_account_whichever_comes_first(self):
        tutor, other = TutorUserFactory(), TutorUserFactory()
        factories.make_method(tutor, pan="ZZZZZ9999Z")
        with pytest.raises(tax_profiles.BadTaxProfile) as caught:
            save(tutor, pan="ABCDE1234F")
        assert caught.value.extra["field"] == "pan"
        save(other, gstin=gstin_of())
        with pytest.raises(payout_methods.BadMethod) as refused:
            factories.make_method(other, pan="ZZZZZ9999Z")
        assert refused.value.extra["field"] == "pan"
        save(other, gstin="", pan="")
        assert factories.make_method(other, pan="ZZZZZ9999Z")

    def test_tax_is_withheld_by_the_pan_of_either_place(self):
        tutor = TutorUserFactory()
        assert not taxes.position(tutor).has_pan
        save(tutor, pan="ABCCE1234F")
        position = taxes.position(tutor)
        assert (position.has_pan, position.is_individual) == (True, False)
        save(tutor, pan="ABCPE1234F")
        assert taxes.position(tutor).is_individual

    def test_the_page_never_shows_it_and_keeps_it(self, client):
        tutor = TutorUserFactory()
        save(tutor, pan="QWEPR9876T")
        client.force_login(tutor, backend="accounts.backends.PhoneBackend")
        page = client.get("/tax-profile/").content.decode()
        assert "QWEPR9876T" not in page
        assert "••••••876T" in page
        sent = {"legal_name": "Ravi Kumar", "state": "Karnataka", "address": ADDRESS}
        assert client.post("/tax-profile/", sent).status_code == 302
        assert tax_profiles.of(tutor).pan == "QWEPR9876T"
        assert client.post("/tax-profile/", {**sent, "forget_pan": "on"}).status_code == 302
        assert tax_profiles.of(tutor).pan == ""
