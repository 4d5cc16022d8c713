"""What staff do for people who cannot prove it: lost second factors, and a long silence."""

import pytest
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import AuthenticatorProof, KnownDevice, Passkey, PasskeyChallenge, User
from accounts.services import factors, proofs, staff_codes, stepup, users
from accounts.tests.authenticator import Authenticator, passkey_of
from accounts.tests.cast import step_up, strong_step_up
from accounts.tests.digits import app_of
from accounts.tests.factories import StaffFactory, TutorUserFactory
from accounts.tests.passkey_cast import sign_in, step_up_by
from notifications.models import Message
from tutorhub.core import clock
from tutorhub.core.errors import NotAllowed
from tutorhub.core.models import AuditEvent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_of_passkeys")]

PAGE = "/admin/accounts/user/"


@pytest.fixture
def robbed() -> User:
    user: User = TutorUserFactory(email="ravi@example.com")
    passkey_of(user, Authenticator())
    app_of(user)
    return user


def desk(group: str, *, is_fresh: bool = True) -> Client:
    staff = StaffFactory(group=group)
    client = Client()
    client.force_login(staff, backend="accounts.backends.StaffBackend")
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = TOTPDevice.objects.get(user=staff).persistent_id
    if is_fresh:
        session[staff_codes.FRESH] = clock.now().timestamp()
    session.save()
    return client


def act(client: Client, user: User, reason: str = "came with the Aadhaar card") -> str:
    data = {"action": "forget_factors", "_selected_action": [str(user.pk)], "reason": reason}
    return client.post(PAGE, data, follow=True).content.decode()


def has_factors(user: User) -> int:
    keys = TOTPDevice.objects.filter(user=user).count()
    return keys + Passkey.objects.filter(user=user).count()


def test_both_go_with_a_reason_and_the_owner_hears_of_it(robbed: User):
    assert "without a second factor" in act(desk("moderator"), robbed)
    assert has_factors(robbed) == 0
    event = AuditEvent.objects.get(action="user.factors_forgotten")
    assert event.data["reason"] == "came with the Aadhaar card"
    told = Message.objects.filter(template="factors_forgotten").values_list("to", flat=True)
    assert set(told) == {robbed.phone, robbed.email}


def test_a_reason_a_fresh_code_and_the_right_group_are_needed(robbed: User):
    assert "Say why" in act(desk("moderator"), robbed, reason=" ")
    assert "Confirm that it is you" in act(desk("moderator", is_fresh=False), robbed)
    for group in ("finance", "support"):
        act(desk(group), robbed)
    assert has_factors(robbed) == 2
    assert not AuditEvent.objects.filter(action="user.factors_forgotten").exists()


def test_staff_are_not_for_the_desk():
    colleague = StaffFactory()
    assert "You cannot decide about this account." in act(desk("moderator"), colleague)
    with pytest.raises(NotAllowed):
        factors.forget(colleague, by=StaffFactory(is_superuser=True), reason="asked me")
    assert has_factors(colleague) == 1


def test_what_was_proved_with_them_counts_no_more(robbed: User):
    by_app, by_key, key = sign_in(robbed), sign_in(robbed), Authenticator()
    passkey_of(robbed, key)
    strong_step_up(robbed, by_app)
    step_up_by(robbed, by_key, key)
    factors.forget(robbed, by=StaffFactory(), reason="lost both")
    assert not stepup.is_strong(robbed, by_app)
    assert not stepup.is_strong(robbed, by_key)
    assert not AuthenticatorProof.objects.exists()
    assert not PasskeyChallenge.objects.exists()
    step_up(robbed, by_app)
    stepup.check_enough(robbed, by_app)


def test_without_one_there_is_nothing_to_forget():
    user = TutorUserFactory()
    with pytest.raises(factors.NoFactor):
        factors.forget(user, by=StaffFactory(), reason="lost both")
    with pytest.raises(users.ReasonMissing):
        factors.forget(user, by=StaffFactory(), reason="")
    assert not Message.objects.exists()


class TestVouching:
    """An account that was silent for long opens to a new device at the desk."""

    @pytest.fixture
    def silent(self) -> User:
        user: User = TutorUserFactory()
        sign_in(user, is_due=True)
        return user

    def send(self, user: User, reason: str, *, group: str = "moderator") -> str:
        data = {"action": "vouch", "_selected_action": [str(user.pk)], "reason": reason}
        return desk(group).post(PAGE, data, follow=True).content.decode()

    def test_with_a_reason_that_is_kept(self, silent: User):
        assert "1 devices opened" in self.send(silent, "showed the SIM card")
        assert not KnownDevice.objects.get(user=silent).proof_due
        event = AuditEvent.objects.get(action="user.vouched_for")
        assert event.data == {"reason": "showed the SIM card", "devices": 1}

    def test_not_without_one_and_not_by_others(self, silent: User):
        assert "Say why" in self.send(silent, " ")
        for group in ("finance", "support"):
            self.send(silent, "asked me to", group=group)
        assert KnownDevice.objects.get(user=silent).proof_due
        assert not AuditEvent.objects.filter(action="user.vouched_for").exists()

    def test_where_nothing_is_due_nothing_is_written(self):
        user = TutorUserFactory()
        assert "nothing to prove" in self.send(user, "showed the SIM card")
        with pytest.raises(proofs.NothingToProve):
            proofs.vouch(user, by=StaffFactory(), reason="showed the SIM card")
        assert not AuditEvent.objects.filter(action="user.vouched_for").exists()
