"""Accounts: rename, suspend, restore. Erasing has a module of its own."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import news
from accounts.models import AppSession, BrowserSession, User
from accounts.policies import has_every_right
from accounts.services import names, tokens
from tutorhub.core import audit, outbox
from tutorhub.core.errors import Conflict, NotAllowed


class ReasonMissing(Conflict):
    code = "reason_missing"
    message = _("Say why: the reason is kept with the decision.")


class AccountClosed(Conflict):
    code = "account_closed"
    message = _("This account is closed.")


@transaction.atomic
def update_profile(user: User, *, name: str | None = None, language: str | None = None) -> User:
    """Change what a person may change about the account; None leaves a value alone.

    Where somebody vouches for the name, the new one may have to wait (`services.names`).
    """
    if name is not None and names.propose(user, name.strip()):
        name = None
    user = _lock(user)
    user.name = user.name if name is None else name.strip()
    user.language = user.language if language is None else language
    user.save(update_fields=["name", "language"])
    return user


@transaction.atomic
def rename(user: User, name: str) -> User:
    """Write a name without asking who vouches for it: for whoever does. Raises AccountClosed."""
    user = _lock(user)
    if not user.is_active:
        raise AccountClosed
    user.name = name.strip()
    user.save(update_fields=["name"])
    return user


@transaction.atomic
def suspend(user: User, *, by: User, reason: str) -> User:
    """Shut the account: every session and token of it fails from the next request on.

    That of a colleague, too, by any superuser: a stolen account is shut before others are asked.
    """
    user = _lock(user)
    check_can_decide(user, by, reason, may_about_staff=by.is_superuser)
    if user.is_active:
        close(user, AppSession.End.STAFF)
        audit.record("user.suspended", user, by=by, reason=reason)
        outbox.announce(news.USER_SUSPENDED, user_id=user.pk)
    return user


@transaction.atomic
def restore(user: User, *, by: User, reason: str) -> User:
    """Open a suspended account again; the person has to sign in anew.

    To open one of staff is to give rights, so it takes the second superuser.
    """
    user = _lock(user)
    check_can_decide(user, by, reason, may_about_staff=has_every_right(by))
    if not user.is_active:
        if _is_erased(user):
            raise Conflict(_("This account was erased and cannot come back."), code="erased")
        user.is_active = True
        user.save(update_fields=["is_active"])
        BrowserSession.objects.filter(user=user).delete()
        audit.record("user.restored", user, by=by, reason=reason)
        outbox.announce(news.USER_RESTORED, user_id=user.pk)
    return user


def close(user: User, reason: str) -> None:
    """Shut a locked account: every session and token of it fails from the next request on."""
    user.is_active = False
    user.session_epoch += 1
    user.save(update_fields=["is_active", "session_epoch"])
    tokens.end_all(user, reason)


def check_can_decide(user: User, by: User, reason: str, *, may_about_staff: bool) -> None:
    """Staff decide with a reason, about others; about colleagues only where the caller says so."""
    if not reason.strip():
        raise ReasonMissing
    if user.pk == by.pk or (user.is_staff and not may_about_staff):
        raise NotAllowed(_("You cannot decide about this account."))


def _is_erased(user: User) -> bool:
    """It has no number and none is remembered, as it is for who has let theirs go.

    Asks for no request, because those are deleted some years later.
    """
    has_number = user.phone is not None or user.former_addresses.exists()
    return not (has_number or user.is_staff)


def _lock(user: User) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)
