"""Names, addresses and GST numbers for the tax office."""

import pytest

from accounts.tests.factories import TutorUserFactory
from payments.models import TaxProfile
from payments.services import tax_profiles
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
