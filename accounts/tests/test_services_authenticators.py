"""The authenticator apps of families and tutors: set up, replaced, removed, asked for."""

import io
import json
import zipfile
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import policies
from accounts.models import AuthenticatorProof, KnownDevice, LoginAttempt, Passkey, User
from accounts.services import (
    authenticator_codes,
    authenticators,
    clearing,
    exports,
    passkeys,
    proofs,
    stepup,
)
from accounts.services.authenticator_codes import NoAuthenticator, WrongCode
from accounts.tests.authenticator import Authenticator, passkey_of
from accounts.tests.cast import step_up, strong_step_up
from accounts.tests.digits import app_of, digits, wrong
from accounts.tests.factories import FamilyUserFactory, StaffFactory, TutorUserFactory
from accounts.tests.passkey_cast import HERE, made, sign_in, step_up_by
from notifications.models import Message
from tests.forgetting import forget
from tutorhub.core import clock
from tutorhub.core.errors import NotAllowed
from tutorhub.core.models import AuditEvent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_of_passkeys")]


@pytest.fixture
def user() -> User:
    return TutorUserFactory(email="ravi@example.com")


def by_sms(user: User) -> UUID:
    """A sign-in on a device that is not new, in which a code by SMS was entered a moment ago."""
    here = sign_in(user)
    step_up(user, here)
    return here


def enter(user: User, here: UUID, code: str) -> None:
    stepup.verify_authenticator(user, here, code=code, client=HERE)


def told(template: str) -> set[str]:
    return set(Message.objects.filter(template=template).values_list("to", flat=True))


def audited(action: str) -> int:
    return AuditEvent.objects.filter(action=action).count()


class TestSettingUp:
    def test_its_first_code_makes_it_count_and_its_owner_hears_of_it(self, user: User):
        here = by_sms(user)
        device = authenticators.begin(user, here)
        assert authenticator_codes.of(user) is None
        authenticators.confirm(user, here, token=digits(device))
        assert authenticator_codes.of(user) == device
        assert told("authenticator_added") == {user.phone, user.email}
        assert audited("authenticator.added") == 1
        assert stepup.is_strong(user, here)

    def test_it_takes_a_step_up_and_a_settled_device(self, user: User):
        with pytest.raises(stepup.StepUpNeeded):
            authenticators.begin(user, sign_in(user))
        new = sign_in(user, days=0)
        step_up(user, new)
        with pytest.raises(policies.DeviceTooNew):
            authenticators.begin(user, new)
        here = by_sms(user)
        device = authenticators.begin(user, here)
        later = clock.now() + timedelta(minutes=5, seconds=1)
        with clock.at(later), pytest.raises(stepup.StepUpNeeded):
            authenticators.confirm(user, here, token=digits(device))
        with pytest.raises(stepup.StepUpNeeded):
            authenticators.confirm(user, sign_in(user), token=digits(device))
        assert authenticator_codes.of(user) is None

    def test_whoever_saw_the_key_before_has_nothing_from_it(self, user: User):
        here = by_sms(user)
        seen = authenticators.begin(user, here)
        device = authenticators.begin(user, here)
        assert seen.key != device.key
        with pytest.raises(WrongCode):
            authenticators.confirm(user, here, token=digits(seen))
        assert TOTPDevice.objects.get(user=user).key == device.key

    def test_a_key_waits_for_an_hour(self, user: User):
        here = by_sms(user)
        device = authenticators.begin(user, here)
        assert authenticators.waiting(user, here) == device
        TOTPDevice.objects.update(created_at=clock.now() - timedelta(minutes=61))
        assert authenticators.waiting(user, here) is None
        with pytest.raises(WrongCode):
            authenticators.confirm(user, here, token=digits(device))
        assert authenticator_codes.of(user) is None

    def test_wrong_codes_are_counted_and_slow_the_next_try(self, user: User):
        here = by_sms(user)
        device = authenticators.begin(user, here)
        for code in (wrong(device), digits(device), ""):
            with pytest.raises(WrongCode):
                authenticators.confirm(user, here, token=code)
        device.refresh_from_db()
        assert device.throttling_failure_count == 1
        assert not device.confirmed
        assert not stepup.is_strong(user, here)

    def test_a_new_one_takes_the_place_of_the_old_one(self, user: User):
        old, here = app_of(user), sign_in(user)
        enter(user, here, digits(old))
        new = authenticators.begin(user, here)
        assert authenticator_codes.of(user) == old
        authenticators.confirm(user, here, token=digits(new))
        assert list(TOTPDevice.objects.filter(user=user)) == [new]
        with pytest.raises(WrongCode):
            enter(user, here, digits(old, ahead=1))

    def test_staff_have_another_way(self):
        staff = StaffFactory()
        with pytest.raises(NotAllowed):
            authenticators.begin(staff, None)

    def test_what_the_app_reads_has_the_key_and_no_whole_number(self):
        user = FamilyUserFactory()
        device = authenticators.begin(user, by_sms(user))
        address = authenticator_codes.address_of(device, user)
        parts = parse_qs(urlsplit(address).query)
        assert parts["secret"] == [authenticator_codes.key_of(device)]
        assert parts["issuer"] == ["TutorHub"]
        assert str(user.phone)[3:9] not in address


class TestStepUp:
    def test_its_code_proves_this_sign_in_for_five_minutes(self, user: User):
        device, here, there = app_of(user), sign_in(user), sign_in(user)
        enter(user, here, digits(device))
        assert stepup.is_strong(user, here)
        assert not stepup.is_strong(user, there)
        assert not stepup.is_strong(user, None)
        with clock.at(clock.now() + timedelta(minutes=5, seconds=1)):
            assert not stepup.is_strong(user, here)
        assert LoginAttempt.objects.get(kind="step_up").is_success

    def test_a_code_counts_once(self, user: User):
        device, here, there = app_of(user), sign_in(user), sign_in(user)
        code = digits(device)
        enter(user, here, code)
        for sign_in_id in (here, there):
            with pytest.raises(WrongCode):
                enter(user, sign_in_id, code)
        assert not stepup.is_strong(user, there)
        refused = LoginAttempt.objects.filter(kind="step_up", is_success=False)
        assert {row.reason for row in refused} == {"code_invalid"}
        assert AuthenticatorProof.objects.filter(is_right=True).count() == 1

    def test_guesses_are_counted_and_refused_with_the_same_words(self, user: User):
        device, here = app_of(user), sign_in(user)
        used, said = digits(device, ahead=-1), set()
        enter(user, here, used)
        for code in (wrong(device), used, "x" * 12, ""):
            with pytest.raises(WrongCode) as refused:
                enter(user, here, code)
            said.add(str(refused.value))
        assert len(said) == 1
        assert AuthenticatorProof.objects.filter(is_right=False).count() == 4
        enter(user, here, digits(device))

    def test_anothers_code_is_worth_nothing(self, user: User):
        other, here = app_of(FamilyUserFactory()), sign_in(user)
        with pytest.raises(NoAuthenticator):
            enter(user, here, digits(other))
        app_of(user)
        with pytest.raises(WrongCode):
            enter(user, here, digits(other))

    def test_it_takes_a_sign_in_of_theirs_and_no_device_that_owes_a_proof(self, user: User):
        device, other = app_of(user), sign_in(FamilyUserFactory())
        for here in (None, other):
            with pytest.raises(stepup.StepUpNeeded):
                enter(user, here, digits(device))
        with pytest.raises(policies.ProofDue):
            enter(user, sign_in(user, is_due=True), digits(device))
        assert not AuthenticatorProof.objects.exists()

    def test_a_key_that_waits_proves_nothing(self, user: User):
        here = by_sms(user)
        device = authenticators.begin(user, here)
        with pytest.raises(NoAuthenticator):
            enter(user, here, digits(device))

    def test_its_code_opens_an_account_that_was_silent(self, user: User):
        device, here = app_of(user), sign_in(user, is_due=True)
        with pytest.raises(WrongCode):
            proofs.verify_authenticator(user, here, code=wrong(device), client=HERE)
        assert proofs.is_due(user, here)
        proofs.verify_authenticator(user, here, code=digits(device), client=HERE)
        assert not proofs.is_due(user, here)
        assert KnownDevice.objects.get(user=user).proof_due is False
        with pytest.raises(proofs.NothingToProve):
            proofs.verify_authenticator(user, here, code=digits(device, ahead=1), client=HERE)


class TestRemoving:
    def test_it_takes_its_code_and_its_owner_hears_of_it(self, user: User):
        device, here = app_of(user), by_sms(user)
        with pytest.raises(stepup.StrongStepUpNeeded):
            authenticators.remove(user, here)
        enter(user, here, digits(device))
        for _ in range(2):
            authenticators.remove(user, here)
        assert not TOTPDevice.objects.exists()
        assert told("authenticator_removed") == {user.phone, user.email}
        assert audited("authenticator.removed") == 1

    def test_the_proof_of_another_sign_in_does_not_do(self, user: User):
        device, here, there = app_of(user), by_sms(user), sign_in(user)
        enter(user, there, digits(device))
        with pytest.raises(stepup.StrongStepUpNeeded):
            authenticators.remove(user, here)
        assert TOTPDevice.objects.exists()

    def test_a_passkey_does_as_well_and_the_other_way_round(self, user: User):
        device, key, here = app_of(user), Authenticator(), sign_in(user)
        passkey = passkey_of(user, key)
        step_up_by(user, here, key)
        authenticators.remove(user, here)
        app, there = app_of(user), sign_in(user)
        assert app.key != device.key
        enter(user, there, digits(app))
        passkeys.remove(passkey, there, by=user)
        assert not Passkey.objects.exists()


@pytest.mark.parametrize("has", ["passkey", "authenticator"])
class TestWhoeverTookOverTheNumber:
    """They get codes by SMS, and waited until their device was not new any more."""

    @pytest.fixture
    def here(self, user: User, has: str) -> UUID:
        self.passkey = passkey_of(user, Authenticator()) if has == "passkey" else None
        self.app = app_of(user) if has == "authenticator" else None
        return by_sms(user)

    def test_they_add_no_factor(self, user: User, here: UUID):
        with pytest.raises(stepup.StrongStepUpNeeded):
            authenticators.begin(user, here)
        with pytest.raises(stepup.StrongStepUpNeeded):
            authenticators.confirm(user, here, token="123456")
        with pytest.raises(stepup.StrongStepUpNeeded):
            passkeys.begin(user, here, client=HERE)
        with pytest.raises(stepup.StrongStepUpNeeded):
            passkeys.add(user, here, answer={}, name="", client=HERE)

    def test_they_take_none_away(self, user: User, here: UUID):
        with pytest.raises(stepup.StrongStepUpNeeded):
            authenticators.remove(user, here)
        if self.passkey:
            with pytest.raises(stepup.StrongStepUpNeeded):
                passkeys.remove(self.passkey, here, by=user)
        assert Passkey.objects.count() + TOTPDevice.objects.count() == 1

    def test_the_owner_does_both(self, user: User, here: UUID):
        strong_step_up(user, here)
        made(user, here, Authenticator())
        device = authenticators.begin(user, here)
        authenticators.confirm(user, here, token=digits(device))
        authenticators.remove(user, here)
        assert (Passkey.objects.filter(user=user).exists(), TOTPDevice.objects.count()) == (True, 0)


def test_payouts_ask_for_nothing_where_they_are_told_so(user: User, settings):
    settings.PAYOUTS_TAKE_SECOND_FACTOR = False
    here = sign_in(user)
    assert not stepup.is_enough(user, here)
    stepup.check_for_payouts(user, here)


def test_payouts_take_a_strong_proof_of_everybody(user: User, settings):
    settings.PAYOUTS_TAKE_SECOND_FACTOR = True
    here = by_sms(user)
    with pytest.raises(stepup.SecondFactorNeeded):
        stepup.check_for_payouts(user, here)
    device = app_of(user)
    with pytest.raises(stepup.StrongStepUpNeeded):
        stepup.check_for_payouts(user, here)
    enter(user, here, digits(device))
    stepup.check_for_payouts(user, here)


def test_an_erased_account_leaves_no_authenticator(user: User):
    device, here = app_of(user), sign_in(user)
    enter(user, here, digits(device))
    for place in (here, sign_in(user)):
        with pytest.raises(WrongCode):
            enter(user, place, wrong(device))
    assert AuthenticatorProof.objects.filter(device__isnull=False).count() == 1
    forget(user)
    assert not TOTPDevice.objects.exists()
    assert not AuthenticatorProof.objects.exists()


def test_the_copy_of_ones_data_says_that_there_is_one_and_not_its_key(user: User):
    device = app_of(user)
    with zipfile.ZipFile(io.BytesIO(exports.archive(user))) as packed:
        texts = {name: packed.read(name).decode() for name in packed.namelist()}
    tables = {table["title"]: table for table in json.loads(texts["sign_ins.json"])["tables"]}
    assert [row["id"] for row in tables["Authenticator app"]["rows"]] == [device.pk]
    for secret in (device.key, authenticator_codes.key_of(device)):
        assert not any(secret in text for text in texts.values())


def test_proofs_and_keys_that_waited_go_after_two_days(user: User):
    device, here, other = app_of(user), sign_in(user), FamilyUserFactory()
    enter(user, here, digits(device))
    authenticator_codes.new(other)
    staff = StaffFactory(device=False)
    authenticator_codes.new(staff)
    codes = next(rule for rule in clearing.RULES if rule.name == "codes")
    assert codes.clear(clock.now() - codes.after) == 0
    assert codes.clear(clock.now() + timedelta(seconds=1)) == 2
    assert set(TOTPDevice.objects.values_list("user", flat=True)) == {user.pk, staff.pk}


def test_a_device_that_is_forgotten_takes_its_wrong_codes_with_it(user: User):
    key, here = app_of(user), sign_in(user)
    enter(user, here, digits(key))
    with pytest.raises(WrongCode):
        enter(user, here, wrong(key))
    rule = next(rule for rule in clearing.RULES if rule.name == "devices")
    assert rule.clear(clock.now() + timedelta(days=1)) > 0
    assert not KnownDevice.objects.filter(user=user).exists()
    assert not AuthenticatorProof.objects.filter(is_right=False).exists()
