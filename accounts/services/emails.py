"""An e-mail address: given, confirmed by the link that is sent to it."""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import messages, policies
from accounts.models import EmailChange, User
from accounts.services import former_addresses, stepup
from tutorhub.core import audit, clock
from tutorhub.core.errors import Conflict, DomainError, TooMany


class LinkRefused(DomainError):
    code = "link_invalid"
    message = gettext_lazy("This link is used up or too old. Ask for a new one in your account.")


class EmailTaken(Conflict):
    """Said only to who has proved to hold the address."""

    code = "email_taken"
    message = gettext_lazy("This address belongs to another account.")


@transaction.atomic
def request(user: User, sign_in_id: UUID | None, *, email: str) -> None:
    """Send a confirming link to the address, whoever's it is.

    An address can prove an account, so it takes a step-up, by the second factor if there is one,
    and a device that is known for a while.
    Raises DeviceTooNew, ProofDue, StepUpNeeded, TooMany.
    """
    policies.check_device_is_settled(user, sign_in_id, "contact")
    stepup.check_enough(user, sign_in_id)
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    since = clock.now() - timedelta(days=1)
    if user.email_changes.filter(created_at__gt=since).count() >= settings.EMAIL_LINKS_PER_DAY:
        raise TooMany(_("That is enough for one day. Try again tomorrow."), retry_after=86400)
    token = secrets.token_urlsafe(32)
    EmailChange.objects.create(
        user=user,
        email=User.objects.normalize_email(email).lower(),
        token_hash=_digest(token),
        created_at=clock.now(),
        expires_at=clock.now() + settings.EMAIL_LINK_LIFE,
    )
    messages.confirm_email(user, email=email, token=token)


def waiting(token: str) -> EmailChange | None:
    """The change that this link would make, if it still can."""
    live = EmailChange.objects.filter(used_at__isnull=True, expires_at__gt=clock.now())
    return live.filter(token_hash=_digest(token), user__is_active=True).first()


@transaction.atomic
def confirm(token: str) -> User:
    """Follow the link: the address is the account's now, and the old one is told.

    The account is locked first: two links of one account would wait for each other. Raises
    LinkRefused, EmailTaken.
    """
    links = EmailChange.objects.filter(token_hash=_digest(token))
    user = User.objects.select_for_update(no_key=True).filter(pk__in=links.values("user")).first()
    change = links.select_for_update().first()
    if user is None or change is None:
        raise LinkRefused
    is_over = change.used_at is not None or change.expires_at <= clock.now()
    if is_over or not user.is_active:
        raise LinkRefused
    if User.objects.filter(email=change.email).exclude(pk=user.pk).exists():
        raise EmailTaken
    old, user.email = user.email or "", change.email
    user.save(update_fields=["email"])
    user.email_changes.filter(used_at__isnull=True).update(used_at=clock.now())
    audit.record("user.email_changed", user, by=user)
    if old and old != user.email:
        former_addresses.note(user, old)
        messages.email_changed(user, old=old)
    return user


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
