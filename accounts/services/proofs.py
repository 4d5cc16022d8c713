"""A number that came back after a long silence on a new device: whose is it now?

Holding the number is not enough, since numbers are given to others. The account opens by a code to
its e-mail address, by a passkey, by its authenticator or by our staff; or the holder of the number
lets it go and begins anew.
"""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import messages, queries
from accounts.clients import Client
from accounts.models import (
    AppSession,
    BrowserSession,
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
    devices,
    former_addresses,
    locks,
    passkey_answers,
    passkey_sites,
    tokens,
    users,
)
from accounts.services.passkey_answers import Answer, Asker, Options
from tutorhub.core import audit
from tutorhub.core.errors import Conflict, DomainError

PURPOSE = OtpChallenge.Purpose.PROOF
BY_PASSKEY = PasskeyChallenge.Purpose.PROOF


class NothingToProve(Conflict):
    code = "nothing_to_prove"
    message = _("There is nothing to prove on this device.")


class NoEmail(Conflict):
    code = "no_email"
    message = _("This account has no e-mail address. Write to us, or begin anew.")


@transaction.atomic
def request(user: User, sign_in_id: UUID | None, *, client: Client) -> codes.CodeSent:
    """Send a code to the account's e-mail address. Raises NothingToProve, NoEmail, SentTooOften."""
    _device(user, sign_in_id)
    if not user.email:
        raise NoEmail
    ask = codes.Ask(
        phone=user.phone or "",
        purpose=PURPOSE,
        client=client,
        holder=str(sign_in_id),
        asked_by=str(sign_in_id),
        is_free=True,
    )
    return codes.send(ask, lambda code: messages.proof_code(user, code))


def verify(user: User, sign_in_id: UUID | None, *, code: str, client: Client) -> None:
    """Enter the code. Raises NothingToProve, CodeRefused, GuessedTooOften."""
    outcome = _verify(user, sign_in_id, code, client)
    if isinstance(outcome, DomainError):
        raise outcome


@transaction.atomic
def _verify(
    user: User, sign_in_id: UUID | None, code: str, client: Client
) -> OtpChallenge | DomainError:
    """Returns the error instead of raising it, so that the count of guesses and the log stay."""
    locks.hold("phone", user.phone or "")
    device = _locked_device(user, sign_in_id)
    found = codes.enter(user.phone or "", code, purpose=PURPOSE, holder=str(sign_in_id))
    if not isinstance(found, DomainError):
        settle(user, device, by=user)
    attempts.note_outcome(LoginAttempt.Kind.PROOF, found, client=client, user=user)
    return found


@transaction.atomic
def request_passkey(user: User, sign_in_id: UUID | None, *, client: Client) -> Options:
    """Ask for a passkey of the account. Raises NothingToProve, NoPasskey, NoPasskeysHere."""
    _device(user, sign_in_id)
    asker = Asker(str(sign_in_id), client, user)
    return passkey_answers.begin(BY_PASSKEY, asker, passkey_sites.public())


def verify_passkey(user: User, sign_in_id: UUID | None, *, answer: Answer, client: Client) -> None:
    """Its answer opens the account on this device. Raises NothingToProve, PasskeyRefused."""
    outcome = _verify_passkey(user, sign_in_id, answer, client)
    if isinstance(outcome, DomainError):
        raise outcome


@transaction.atomic
def _verify_passkey(
    user: User, sign_in_id: UUID | None, answer: Answer, client: Client
) -> Passkey | DomainError:
    """Returns the error instead of raising it, so that the challenge stays used."""
    device = _device(user, sign_in_id)
    asker = Asker(str(sign_in_id), client, user)
    found = passkey_answers.check(answer, BY_PASSKEY, asker, passkey_sites.public())
    if not isinstance(found, DomainError):
        settle(user, device, by=user)
    attempts.note_outcome(LoginAttempt.Kind.PROOF, found, client=client, user=user)
    return found


def verify_authenticator(user: User, sign_in_id: UUID | None, *, code: str, client: Client) -> None:
    """Its six digits open the account on this device.

    It is no step-up: for that another code is entered. Raises NothingToProve, WrongCode,
    WrongTooOften, NoAuthenticator.
    """
    outcome = _verify_authenticator(user, sign_in_id, code, client)
    if isinstance(outcome, DomainError):
        raise outcome


@transaction.atomic
def _verify_authenticator(
    user: User, sign_in_id: UUID | None, code: str, client: Client
) -> TOTPDevice | DomainError:
    """Returns the error instead of raising it, so that the count of guesses and the log stay."""
    device = _locked_device(user, sign_in_id)
    found = authenticator_codes.check(user, code, str(sign_in_id), device)
    if not isinstance(found, DomainError):
        settle(user, device, by=user)
    attempts.note_outcome(LoginAttempt.Kind.PROOF, found, client=client, user=user)
    return found


@transaction.atomic
def vouch(user: User, *, by: User, reason: str) -> int:
    """Staff have made sure that this person is who they were: every device of theirs is proved.

    Returns how many those are. Raises ReasonMissing, NotAllowed, NothingToProve.
    """
    due = KnownDevice.objects.select_for_update(no_key=True).filter(user=user, proof_due=True)
    devices_due = list(due.order_by("pk"))
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    users.check_can_decide(user, by, reason, may_about_staff=False)
    if not devices_due:
        raise NothingToProve
    for device in devices_due:
        settle(user, device, by=by)
    audit.record("user.vouched_for", user, by=by, reason=reason, devices=len(devices_due))
    return len(devices_due)


@transaction.atomic
def start_clean(user: User, sign_in_id: UUID | None) -> None:
    """Let the number go: whoever signs in with it next makes an account of their own.

    The old account stays as it is, without a number and without a way in but our staff. Raises
    NothingToProve: who may see the account can erase it instead.
    """
    locks.hold("phone", user.phone or "")
    _locked_device(user, sign_in_id)
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    former_addresses.note(user, user.phone or "")
    user.phone = None
    user.session_epoch += 1
    user.save(update_fields=["phone", "session_epoch"])
    tokens.end_all(user, AppSession.End.OWNER)
    BrowserSession.objects.filter(user=user).delete()
    audit.record("user.number_let_go", user, by=user)
    if user.email:
        messages.number_let_go(user)


def is_due(user: User, sign_in_id: UUID | None) -> bool:
    """Whether the device of this sign-in has to prove itself, as the database has it now."""
    sign_in = queries.sign_in(user, sign_in_id)
    return bool(sign_in and sign_in.known_device and sign_in.known_device.proof_due)


def _device(user: User, sign_in_id: UUID | None) -> KnownDevice:
    sign_in = queries.sign_in(user, sign_in_id)
    device = sign_in.known_device if sign_in else None
    if device is None or not device.proof_due:
        raise NothingToProve
    return device


def _locked_device(user: User, sign_in_id: UUID | None) -> KnownDevice:
    """The same, and nobody else proves it or lets the number go meanwhile.

    A device is locked after the number and before its account.
    """
    found = KnownDevice.objects.select_for_update(no_key=True)
    device = found.filter(pk=_device(user, sign_in_id).pk, proof_due=True).first()
    if device is None:
        raise NothingToProve
    return device


def settle(user: User, device: KnownDevice, *, by: User) -> None:
    """This device has proved itself. Call it in a transaction."""
    device.proof_due = False
    device.save(update_fields=["proof_due"])
    devices.note_life(user)
    audit.record("user.device_proved", user, by=by, device=str(device.pk))
