"""The passkeys of an account: made, named, taken away. Their owner hears of it.

To make or take away one takes a fresh proof: of families and tutors a step-up, by the second factor
if they have one, which is asked for here; of staff a fresh code in their session, which the pages
of the back office ask for.
"""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from webauthn import generate_registration_options, verify_registration_response
from webauthn.helpers import (
    bytes_to_base64url,
    options_to_json_dict,
    parse_registration_credential_json,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from accounts import messages, phones, policies
from accounts.clients import Client, device_name
from accounts.models import Passkey, PasskeyChallenge, User
from accounts.services import passkey_answers, passkey_sites, stepup
from accounts.services.passkey_answers import Answer, Asker, ChallengeOver, Options, PasskeyRefused
from tutorhub.core import audit
from tutorhub.core.errors import Conflict, DomainError

ADD = PasskeyChallenge.Purpose.ADD
NAME = "TutorHub"
LONGEST_ID = 1023
"""Bytes of a credential's id (Web Authentication Level 3, section 7.1)."""


class TooManyPasskeys(Conflict):
    code = "too_many_passkeys"
    message = _("You have as many passkeys as there can be. Remove one first.")


class PasskeyKnown(Conflict):
    code = "passkey_known"
    message = _("This device has a passkey for your account already.")


@transaction.atomic
def begin(user: User, sign_in_id: UUID | None, *, client: Client) -> Options:
    """What the browser hands to the device (`navigator.credentials.create`).

    Raises StepUpNeeded, DeviceTooNew, ProofDue, NoPasskeysHere, TooManyPasskeys.
    """
    _check_may_add(user, sign_in_id)
    _check_has_room(user)
    site = passkey_sites.of(user)
    asked = passkey_answers.ask(ADD, Asker(str(sign_in_id), client, user), site)
    options = generate_registration_options(
        rp_id=site.host,
        rp_name=NAME,
        user_id=user.pk.bytes,
        user_name=user.email or phones.masked(user.phone or ""),
        user_display_name=user.name,
        challenge=bytes.fromhex(asked.challenge),
        timeout=passkey_answers.milliseconds(),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[passkey_answers.described(each) for each in passkey_answers.of(user)],
    )
    return options_to_json_dict(options)


def add(
    user: User, sign_in_id: UUID | None, *, answer: Answer, name: str, client: Client
) -> Passkey:
    """Take in what the device has made; without a name it is called like the device.

    Raises StepUpNeeded, DeviceTooNew, ProofDue, PasskeyRefused, PasskeyKnown, TooManyPasskeys.
    """
    outcome = _add(user, sign_in_id, answer, name, client)
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome


@transaction.atomic
def _add(
    user: User, sign_in_id: UUID | None, answer: Answer, name: str, client: Client
) -> Passkey | DomainError:
    """Returns a refusal instead of raising it, so that the challenge stays used."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    _check_may_add(user, sign_in_id)
    made = _made(user, answer, Asker(str(sign_in_id), client, user))
    if isinstance(made, DomainError):
        return made
    credential, verified = made
    credential_id = bytes_to_base64url(verified.credential_id)
    if Passkey.objects.filter(credential_id=credential_id).exists():
        return PasskeyKnown()
    _check_has_room(user)
    ways = [each.value for each in credential.response.transports or []]
    passkey: Passkey = Passkey.objects.create(
        user=user,
        name=name.strip() or device_name(client.user_agent)[:64] or NAME,
        credential_id=credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        transports=" ".join(sorted(set(ways))),
        is_synced=verified.credential_backed_up,
    )
    audit.record("passkey.added", passkey, by=user)
    messages.passkey_added(user)
    return passkey


@transaction.atomic
def rename(passkey: Passkey, *, name: str, by: User) -> Passkey:
    """Give it another name; only its owner sees that."""
    passkey = Passkey.objects.select_for_update(no_key=True).get(pk=passkey.pk, user=by)
    passkey.name = name.strip()
    passkey.save(update_fields=["name"])
    audit.record("passkey.renamed", passkey, by=by)
    return passkey


@transaction.atomic
def remove(passkey: Passkey, sign_in_id: UUID | None, *, by: User) -> None:
    """It opens nothing from now on, and a session of staff that began with it is worth nothing.

    Nor does what passkeys have proved in other sign-ins a moment ago: it may have been this one.
    Twice is once. Raises StepUpNeeded.
    """
    if not by.is_staff:
        stepup.check_enough(by, sign_in_id)
    found = Passkey.objects.select_for_update().filter(pk=passkey.pk, user=by).first()
    if found is None:
        return
    audit.record("passkey.removed", found, by=by)
    found.delete()
    passkey_answers.forget_proofs(by, but=str(sign_in_id))
    messages.passkey_removed(by)


def _made(
    user: User, answer: Answer, asker: Asker
) -> tuple[RegistrationCredential, VerifiedRegistration] | DomainError:
    site = passkey_sites.of(user)
    try:
        credential = parse_registration_credential_json(answer)
        asked = passkey_answers.challenge_of(credential.response.client_data_json)
    except passkey_answers.UNREADABLE:
        return PasskeyRefused()
    if passkey_answers.take(ADD, asker, asked) is None:
        return ChallengeOver()
    try:
        verified = verify_registration_response(
            credential=credential,
            expected_challenge=bytes.fromhex(asked),
            expected_rp_id=site.host,
            expected_origin=site.origins,
            require_user_verification=True,
        )
    except passkey_answers.UNREADABLE:
        return PasskeyRefused()
    if len(verified.credential_id) > LONGEST_ID:
        return PasskeyRefused()
    return credential, verified


def _check_may_add(user: User, sign_in_id: UUID | None) -> None:
    """A passkey can prove an account, so it takes what a new e-mail address takes."""
    if not user.is_staff:
        policies.check_device_is_settled(user, sign_in_id, "contact")
        stepup.check_enough(user, sign_in_id)


def _check_has_room(user: User) -> None:
    if Passkey.objects.filter(user=user).count() >= settings.PASSKEYS_AT_MOST:
        raise TooManyPasskeys
