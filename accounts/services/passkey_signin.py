"""Sign-in of families and tutors with a passkey alone: the device says whose it is.

Nobody types a number, so nothing can be found out about one. A passkey says more than a number that
came by SMS: a device that is new to a silent account has thereby proved itself. The waits of new
devices stay. Staff never come in here.
"""

from django.db import transaction

from accounts.models import KnownDevice, LoginAttempt, PasskeyChallenge, User
from accounts.services import attempts, devices, locks, passkey_answers, passkey_sites, proofs
from accounts.services.passkey_answers import Answer, Asker, Options, PasskeyRefused
from accounts.services.signin import SignedIn
from accounts.services.standing import AccountSuspended
from tutorhub.core.errors import DomainError

PURPOSE = PasskeyChallenge.Purpose.SIGN_IN


@transaction.atomic
def request(asker: Asker) -> Options:
    """Ask for any passkey of this site. Raises NoPasskeysHere, AskedTooOften."""
    return passkey_answers.begin(PURPOSE, asker, passkey_sites.public())


def verify(*, answer: Answer, asker: Asker) -> SignedIn:
    """Sign in whose passkey has answered. Raises PasskeyRefused, AccountSuspended."""
    outcome = _verify(answer, asker)
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome


@transaction.atomic
def _verify(answer: Answer, asker: Asker) -> SignedIn | DomainError:
    """Returns the error instead of raising it, so that the challenge and the log stay."""
    claimed = passkey_answers.owner_of(answer)
    phone = (claimed.phone if claimed else "") or ""
    if phone:
        locks.hold("phone", phone)
    outcome = _outcome(answer, asker, phone)
    attempts.note(
        LoginAttempt.Kind.PASSKEY,
        client=asker.client,
        phone=phone,
        user=outcome.user if isinstance(outcome, SignedIn) else None,
        reason=outcome.code if isinstance(outcome, DomainError) else "",
    )
    return outcome


def _outcome(answer: Answer, asker: Asker, phone: str) -> SignedIn | DomainError:
    found = passkey_answers.check(answer, PURPOSE, asker, passkey_sites.public())
    if isinstance(found, DomainError):
        return found
    user = User.objects.get(pk=found.user_id)
    if user.is_staff or not user.phone or user.phone != phone:
        return PasskeyRefused()
    if not user.is_active:
        return AccountSuspended()
    kind = KnownDevice.Kind.BROWSER
    device = devices.recognise(user, asker.client, kind=kind, is_new_user=False)
    if device.proof_due:
        proofs.settle(user, device, by=user)
    return SignedIn(user, False, device)
