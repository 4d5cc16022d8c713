"""Sign-in with a phone number and a one-time code."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import messages, phones
from accounts.clients import Client
from accounts.models import KnownDevice, LoginAttempt, OtpChallenge, Role, User
from accounts.services import attempts, codes, devices, locks, send_limits, spraying
from accounts.services.codes import CodeRefused, CodeSent, GuessedTooOften
from accounts.services.spraying import SignInPaused, WorkRequired
from accounts.services.standing import AccountSuspended
from tutorhub.core import audit
from tutorhub.core.errors import DomainError

__all__ = [
    "AccountSuspended",
    "CodeRefused",
    "CodeSent",
    "GuessedTooOften",
    "RoleRequired",
    "SignInPaused",
    "SignedIn",
    "WorkRequired",
    "request_code",
    "verify_code",
]


class RoleRequired(DomainError):
    """The code is right and still good, but a new number has to say what it wants to be."""

    code = "role_required"
    message = _("This number is new here. Say whether you are a family or a tutor.")


@dataclass(frozen=True)
class SignedIn:
    user: User
    is_new: bool
    device: KnownDevice


@dataclass(frozen=True)
class Entry:
    """A code that somebody has entered. With `challenge_ids` only those challenges count."""

    phone: str
    code: str
    client: Client
    role: str
    language: str
    challenge_ids: Collection[UUID] | None
    work: str = ""

    @property
    def kind(self) -> str:
        is_app = self.challenge_ids is None
        return KnownDevice.Kind.APP if is_app else KnownDevice.Kind.BROWSER


def request_code(
    *, phone: str, client: Client, language: str = "en", is_bound: bool = False, work: str = ""
) -> CodeSent:
    """Send a code to `phone`, whoever's it is: no account is looked up, so none can be found out.

    Over the day's budget the answer is the same and nothing is sent. `is_bound`: only a browser
    that knows the challenge's id may use the code; else only the app install that asked, if it has
    named itself. `work` is what a stranger's device has solved. Raises phones.NotAnIndianMobile,
    SentTooOften, SignInPaused, WorkRequired.
    """
    phone = phones.parse(phone)
    try:
        outcome = _request_code(phone, client, language, is_bound, work)
        if isinstance(outcome, SignInPaused):
            raise outcome
    except (send_limits.SentTooOften, SignInPaused) as error:
        attempts.note(LoginAttempt.Kind.CODE_REQUEST, client=client, phone=phone, reason=error.code)
        raise
    return outcome


@transaction.atomic
def _request_code(
    phone: str, client: Client, language: str, is_bound: bool, work: str
) -> CodeSent | SignInPaused:
    """Returns the pause instead of raising it, so that staff are told of it.

    A send that comes too soon is raised and gives the work back: nothing was tried. The number is
    locked first, as in `_verify_code`: both may ring the alarm, and would wait for each other.
    """
    locks.hold("phone", phone)
    device = devices.known(phone, client)
    if device is None and (paused := spraying.refusal(phone, client, work)):
        return paused
    ask = codes.Ask(
        phone=phone,
        purpose=OtpChallenge.Purpose.SIGN_IN,
        client=client,
        holder="" if is_bound else client.device_hash,
        asked_by=str(device.pk) if device else "",
        is_bound=is_bound,
    )
    return codes.send(
        ask, lambda code: messages.signin_code(phone=phone, code=code, language=language)
    )


def verify_code(
    *,
    phone: str,
    code: str,
    client: Client,
    role: str = "",
    language: str = "en",
    challenge_ids: Collection[UUID] | None = None,
    work: str = "",
) -> SignedIn:
    """Sign in, making the account if the number is new; an existing number keeps its role.

    With `challenge_ids` only those challenges count (a browser's own), without it those that the
    same app install asked for. `work` is what a stranger's device has solved. Raises CodeRefused,
    RoleRequired, GuessedTooOften, SignInPaused, WorkRequired, AccountSuspended.
    """
    entry = Entry(phones.parse(phone), code, client, role, language, challenge_ids, work)
    outcome = _verify_code(entry)
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome


@transaction.atomic
def _verify_code(entry: Entry) -> SignedIn | DomainError:
    """Returns the error instead of raising it, so that the count of guesses and the log stay."""
    locks.hold("phone", entry.phone)
    outcome = _outcome(entry)
    attempts.note(
        LoginAttempt.Kind.CODE,
        client=entry.client,
        phone=entry.phone,
        user=outcome.user if isinstance(outcome, SignedIn) else None,
        reason=outcome.code if isinstance(outcome, DomainError) else "",
    )
    return outcome


def _outcome(entry: Entry) -> SignedIn | DomainError:
    if devices.known(entry.phone, entry.client) is None:
        paused = spraying.refusal(entry.phone, entry.client, entry.work)
        if paused is not None:
            return paused
    found = codes.answer(
        entry.phone,
        entry.code,
        purpose=OtpChallenge.Purpose.SIGN_IN,
        holder=entry.client.device_hash,
        challenge_ids=entry.challenge_ids,
    )
    if isinstance(found, DomainError):
        return found
    user = User.objects.filter(phone=entry.phone).first()
    if user is None and entry.role not in {Role.STUDENT, Role.TUTOR}:
        return RoleRequired()
    codes.use(found)
    if user is not None and not user.is_active:
        return AccountSuspended()
    is_new = user is None
    if user is None:
        user = User.objects.create_person(
            phone=entry.phone, role=entry.role, language=entry.language
        )
        audit.record("user.joined", user, by=user)
    device = devices.recognise(user, entry.client, kind=entry.kind, is_new_user=is_new)
    return SignedIn(user, is_new, device)
