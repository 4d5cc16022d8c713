"""Step-up ("sudo"): a fresh code to the account's own number, or a passkey, before something
sensitive.

One mechanism for all apps. Pages wear `accounts.decorators.step_up_required`, operations of the API
`accounts.api.permissions.FreshCode`; both ask `check_fresh`. The proof is the used code itself, or
the answered challenge, and belongs to the one sign-in it was asked from.
"""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import messages, policies, queries
from accounts.clients import Client
from accounts.models import LoginAttempt, OtpChallenge, Passkey, PasskeyChallenge, User
from accounts.services import attempts, codes, locks, passkey_answers, passkey_sites
from accounts.services.passkey_answers import Answer, Asker, Options
from tutorhub.core import clock
from tutorhub.core.errors import DomainError, NotAllowed

PURPOSE = OtpChallenge.Purpose.STEP_UP
BY_PASSKEY = PasskeyChallenge.Purpose.STEP_UP


class StepUpNeeded(NotAllowed):
    code = "step_up_required"
    message = _("Confirm first that it is you: we send a code to your mobile number.")


def is_fresh(user: User, sign_in_id: UUID | None) -> bool:
    """Whether a code or a passkey was used in this sign-in within settings.STEP_UP_LIFE."""
    if sign_in_id is None:
        return False
    since, holder = clock.now() - settings.STEP_UP_LIFE, str(sign_in_id)
    proofs = OtpChallenge.objects.filter(purpose=PURPOSE, phone=user.phone, used_at__gt=since)
    return proofs.filter(holder=holder).exists() or passkey_answers.is_proved(
        user, BY_PASSKEY, holder, since=since
    )


def check_fresh(user: User, sign_in_id: UUID | None) -> None:
    """Raise StepUpNeeded unless it was proved in this sign-in a moment ago who it is."""
    if not is_fresh(user, sign_in_id):
        raise StepUpNeeded


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
    locks.hold("phone", user.phone or "")
    found = codes.answer(user.phone or "", code, purpose=PURPOSE, holder=str(sign_in_id))
    if not isinstance(found, DomainError):
        codes.use(found)
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


def _check_sign_in(user: User, sign_in_id: UUID | None) -> None:
    sign_in = queries.sign_in(user, sign_in_id)
    if sign_in is None or not user.phone:
        raise StepUpNeeded
    if sign_in.known_device is not None and sign_in.known_device.proof_due:
        raise policies.ProofDue
