"""Step-up ("sudo"): before something sensitive a fresh code to the account's own number, or better.

One mechanism for all apps. Pages wear `accounts.decorators.strong_step_up_required`, operations of
the API `accounts.api.permissions.StrongCode`; both ask `check_enough`. The proof is the used code
itself, the answered challenge of a passkey or a row of an authenticator's code, and belongs to the
one sign-in it was asked from.

A proof by passkey or authenticator is *strong*: whoever took over the number does not have it.
Whoever has a second factor uses it for all of this (`check_enough`), and payouts may take one of
everybody (`check_for_payouts`).
"""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import messages, policies, queries
from accounts.clients import Client
from accounts.models import (
    KnownDevice,
    LoginAttempt,
    OtpChallenge,
    Passkey,
    PasskeyChallenge,
    User,
)
from accounts.services import (
    attempts,
    authenticator_codes,
    codes,
    factors,
    passkey_answers,
    passkey_sites,
)
from accounts.services.passkey_answers import Answer, Asker, Options
from tutorhub.core import clock
from tutorhub.core.errors import DomainError, NotAllowed

PURPOSE = OtpChallenge.Purpose.STEP_UP
BY_PASSKEY = PasskeyChallenge.Purpose.STEP_UP


class StepUpNeeded(NotAllowed):
    code = "step_up_required"
    message = _("Confirm first that it is you: we send a code to your mobile number.")


class StrongStepUpNeeded(StepUpNeeded):
    code = "strong_step_up_required"
    message = _("Confirm first that it is you, with a passkey or your authenticator app.")


class SecondFactorNeeded(NotAllowed):
    code = "second_factor_required"
    message = _(
        "Set up a passkey or an authenticator app first, so that nobody who gets hold of your "
        "number can send your earnings elsewhere."
    )


def is_strong(user: User, sign_in_id: UUID | None) -> bool:
    """Whether a second factor said within settings.STEP_UP_LIFE, in this sign-in, who it is."""
    if sign_in_id is None:
        return False
    since, holder = clock.now() - settings.STEP_UP_LIFE, str(sign_in_id)
    return passkey_answers.is_proved(
        user, BY_PASSKEY, holder, since=since
    ) or authenticator_codes.is_proved(user, holder, since=since)


def is_enough(user: User, sign_in_id: UUID | None) -> bool:
    """Whether the best was used that this person has: a second factor, or else the code."""
    if is_strong(user, sign_in_id):
        return True
    return _is_by_code(user, sign_in_id) and not factors.has_any(user)


def check_enough(user: User, sign_in_id: UUID | None) -> None:
    """Raise StepUpNeeded unless it was proved in this sign-in a moment ago who it is.

    Of whoever has a second factor StrongStepUpNeeded, unless it was proved by that.
    """
    if not is_enough(user, sign_in_id):
        raise StrongStepUpNeeded if factors.has_any(user) else StepUpNeeded


def check_for_payouts(user: User, sign_in_id: UUID | None) -> None:
    """Before earnings are sent, or told where to go: a strong proof, of everybody.

    Where settings.PAYOUTS_TAKE_SECOND_FACTOR is off, nothing. Raises SecondFactorNeeded of whoever
    has none, else StrongStepUpNeeded.
    """
    if not settings.PAYOUTS_TAKE_SECOND_FACTOR or is_strong(user, sign_in_id):
        return
    raise StrongStepUpNeeded if factors.has_any(user) else SecondFactorNeeded


@transaction.atomic
def request(user: User, sign_in_id: UUID | None, *, client: Client) -> codes.CodeSent:
    """Send a code to the account's own number. Raises SentTooOften, ProofDue, StepUpNeeded."""
    _check_sign_in(user, sign_in_id)
    ask = codes.Ask(
        phone=user.phone or "",
        purpose=PURPOSE,
        client=client,
        holder=str(sign_in_id),
        asked_by=str(sign_in_id),
    )
    return codes.send(ask, lambda code: messages.step_up_code(user, code))


def verify(user: User, sign_in_id: UUID | None, *, code: str, client: Client) -> None:
    """Enter the code. Raises CodeRefused, GuessedTooOften."""
    outcome = _verify(user, sign_in_id, code, client)
    if isinstance(outcome, DomainError):
        raise outcome


@transaction.atomic
def _verify(
    user: User, sign_in_id: UUID | None, code: str, client: Client
) -> OtpChallenge | DomainError:
    """Returns the error instead of raising it, so that the count of guesses and the log stay."""
    found = codes.enter(user.phone or "", code, purpose=PURPOSE, holder=str(sign_in_id))
    attempts.note_outcome(LoginAttempt.Kind.STEP_UP, found, client=client, user=user)
    return found


@transaction.atomic
def request_passkey(user: User, sign_in_id: UUID | None, *, client: Client) -> Options:
    """Ask for a passkey of theirs. Raises StepUpNeeded, ProofDue, NoPasskey, NoPasskeysHere."""
    _check_sign_in(user, sign_in_id)
    asker = Asker(str(sign_in_id), client, user)
    return passkey_answers.begin(BY_PASSKEY, asker, passkey_sites.public())


def verify_passkey(user: User, sign_in_id: UUID | None, *, answer: Answer, client: Client) -> None:
    """Its answer counts as a code does. Raises PasskeyRefused."""
    outcome = _verify_passkey(user, Asker(str(sign_in_id), client, user), answer)
    if isinstance(outcome, DomainError):
        raise outcome


@transaction.atomic
def _verify_passkey(user: User, asker: Asker, answer: Answer) -> Passkey | DomainError:
    """Returns the error instead of raising it, so that the challenge stays used."""
    found = passkey_answers.check(answer, BY_PASSKEY, asker, passkey_sites.public())
    attempts.note_outcome(LoginAttempt.Kind.STEP_UP, found, client=asker.client, user=user)
    return found


def verify_authenticator(user: User, sign_in_id: UUID | None, *, code: str, client: Client) -> None:
    """Enter the code of the authenticator.

    Raises WrongCode, WrongTooOften, NoAuthenticator, StepUpNeeded.
    """
    outcome = _verify_authenticator(user, sign_in_id, code, client)
    if isinstance(outcome, DomainError):
        raise outcome


@transaction.atomic
def _verify_authenticator(
    user: User, sign_in_id: UUID | None, code: str, client: Client
) -> TOTPDevice | DomainError:
    """Returns the error instead of raising it, so that the count of guesses and the log stay."""
    device = _check_sign_in(user, sign_in_id)
    found = authenticator_codes.check(user, code, str(sign_in_id), device)
    if not isinstance(found, DomainError):
        authenticator_codes.note(user, str(sign_in_id))
    attempts.note_outcome(LoginAttempt.Kind.STEP_UP, found, client=client, user=user)
    return found


def _is_by_code(user: User, sign_in_id: UUID | None) -> bool:
    if sign_in_id is None:
        return False
    since = clock.now() - settings.STEP_UP_LIFE
    proofs = OtpChallenge.objects.filter(purpose=PURPOSE, phone=user.phone, used_at__gt=since)
    return proofs.filter(holder=str(sign_in_id)).exists()


def _check_sign_in(user: User, sign_in_id: UUID | None) -> KnownDevice | None:
    """The device of this sign-in. Raises StepUpNeeded, ProofDue."""
    sign_in = queries.sign_in(user, sign_in_id)
    if sign_in is None or not user.phone:
        raise StepUpNeeded
    if sign_in.known_device is not None and sign_in.known_device.proof_due:
        raise policies.ProofDue
    return sign_in.known_device
