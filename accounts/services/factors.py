"""The second factors of families and tutors, passkeys and authenticator together."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import messages
from accounts.models import Passkey, User
from accounts.services import authenticator_codes, passkey_answers, users
from tutorhub.core import audit
from tutorhub.core.errors import Conflict


class NoFactor(Conflict):
    code = "no_second_factor"
    message = _("This account has no second factor.")


def has_any(user: User) -> bool:
    """Whether they have something better than the code by SMS. One query."""
    passkeys = Passkey.objects.filter(user=user).values("user_id")
    authenticators = TOTPDevice.objects.filter(user=user, confirmed=True).values("user_id")
    return bool(passkeys.union(authenticators).exists())


@transaction.atomic
def forget(user: User, *, by: User, reason: str) -> User:
    """Take all of them from somebody who has lost them, and has shown staff who they are.

    What was proved with them a moment ago counts no more. Staff have `setup_staff --new-device`.
    Raises ReasonMissing, NotAllowed, NoFactor.
    """
    # A passkey that is used is locked before its account (`passkey_signin`); so is it here.
    list(Passkey.objects.select_for_update().filter(user=user).order_by("pk"))
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    users.check_can_decide(user, by, reason, may_about_staff=False)
    if not has_any(user):
        raise NoFactor
    Passkey.objects.filter(user=user).delete()
    TOTPDevice.objects.filter(user=user).delete()
    passkey_answers.forget_proofs(user)
    authenticator_codes.forget_proofs(user)
    audit.record("user.factors_forgotten", user, by=by, reason=reason)
    messages.factors_forgotten(user)
    return user
