"""The number is let go at the moment in which its old owner proves the account."""

import pytest

from accounts.models import User
from accounts.services import proofs
from accounts.tests.digits import app_of, digits
from accounts.tests.factories import FamilyUserFactory
from accounts.tests.passkey_cast import HERE, sign_in
from tutorhub.core.tests.threads import Meeting, run_together

pytestmark = pytest.mark.django_db(transaction=True)


def together(monkeypatch: pytest.MonkeyPatch) -> tuple[User, list[object], Meeting]:
    """The proof stops once it has found the device; the same device lets the number go then."""
    user = FamilyUserFactory()
    here, code, meeting = sign_in(user, is_due=True), digits(app_of(user)), Meeting()
    settle = proofs.settle

    def slow_settle(*args: object, **kwargs: object) -> None:
        meeting.stop()
        settle(*args, **kwargs)

    monkeypatch.setattr(proofs, "settle", slow_settle)
    acts = [
        lambda: proofs.verify_authenticator(user, here, code=code, client=HERE),
        lambda: meeting.then(lambda: proofs.start_clean(user, here)),
    ]
    results = run_together(2, lambda n: acts[n]())
    user.refresh_from_db()
    return user, results, meeting


def test_sec_07_who_has_proved_it_keeps_the_number(monkeypatch: pytest.MonkeyPatch):
    user, results, meeting = together(monkeypatch)
    assert results[0] is None
    assert isinstance(results[1], proofs.NothingToProve)
    assert meeting.did_wait
    assert user.phone
