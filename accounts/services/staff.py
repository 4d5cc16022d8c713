"""Staff: their groups, their accounts, and the limit on guessing their passwords."""

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.clients import Client
from accounts.models import LoginAttempt, RecoveryDevice, Role, User
from accounts.services import attempts, locks, recovery
from tutorhub.core import audit, clock
from tutorhub.core.errors import TooMany

MODERATOR = "moderator"
FINANCE = "finance"
SUPPORT = "support"
"""Answers the mail: sees people and classes, neither papers nor money."""
GROUPS = (MODERATOR, FINANCE, SUPPORT)

REFUSED = "refused"

_rights: dict[str, set[str]] = {
    MODERATOR: {
        "accounts.view_user",
        "accounts.reveal_user",
        "accounts.suspend_user",
        "accounts.view_loginattempt",
        "accounts.view_consent",
        "accounts.view_datarequest",
        "accounts.answer_datarequest",
    },
    FINANCE: {"accounts.view_user", "accounts.reveal_user", "accounts.view_loginattempt"},
    SUPPORT: {"accounts.view_user", "accounts.reveal_user", "accounts.view_loginattempt"},
}

ALWAYS = frozenset(
    {
        "accounts.suspend_user",
        "accounts.view_appsession",
        "accounts.view_breakglass",
        "accounts.view_consentnotice",
        "accounts.view_loginattempt",
        "accounts.view_smsbudgetday",
        "accounts.view_user",
        "core.view_auditevent",
        "core.view_outboxrow",
        "marketplace.view_enquiry",
        "marketplace.view_lead",
        "marketplace.view_tutoringsession",
        "notifications.view_providerevent",
    }
)
"""What a superuser may alone: look at what support looks at and at how the system fares, and shut
accounts. Everything else takes a group, or a second superuser (`break_glass`): children, papers,
money, messages, and whole numbers."""


class TriedTooOften(TooMany):
    code = "throttled"
    message = _("Too many failed sign-ins from here. Wait a quarter of an hour.")


def allow(group: str, *permissions: str) -> None:
    """Say, when an app starts, that `group` has `permissions` (`"tutors.view_document"`)."""
    _rights[group].update(permissions)


@transaction.atomic
def ensure_groups() -> None:
    """Give each group exactly the rights that the apps named. Run after migrating."""
    known = _permissions(set().union(*_rights.values()))
    for name, rights in _rights.items():
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.set([known[right] for right in sorted(rights)])


@transaction.atomic
def create(
    *, email: str, name: str, password: str, groups: Iterable[str] = (), is_superuser: bool = False
) -> tuple[User, TOTPDevice]:
    """Make a member of staff with a TOTP device. Raises ValidationError for a weak password."""
    user = User(
        email=User.objects.normalize_email(email).lower(),
        name=name,
        role=Role.STAFF,
        is_staff=True,
        is_superuser=is_superuser,
    )
    validate_password(password, user)
    user.set_password(password)
    user.save()
    ensure_groups()
    user.groups.set(Group.objects.filter(name__in=list(groups)))
    device = TOTPDevice.objects.create(user=user, name="authenticator", confirmed=True)
    audit.record("staff.created", user, by=None, groups=sorted(groups))
    return user, device


@transaction.atomic
def set_groups(user: User, names: Iterable[str]) -> User:
    """Give a colleague exactly these groups; for whoever has a shell on the server."""
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk, is_staff=True)
    ensure_groups()
    before = sorted(user.groups.values_list("name", flat=True))
    user.groups.set(Group.objects.filter(name__in=list(names)))
    audit.record("staff.groups_set", user, by=None, before=before, groups=sorted(names))
    return user


@transaction.atomic
def begin_signin(*, email: str, client: Client) -> LoginAttempt | None:
    """Log an attempt as refused before the password is looked at; None if there were too many.

    Counted by e-mail and address together, so that nobody can lock a colleague out from elsewhere.
    """
    locks.hold("staff", "signin")
    recent = LoginAttempt.objects.filter(
        kind=LoginAttempt.Kind.PASSWORD,
        reason=REFUSED,
        ip=client.ip,
        at__gt=clock.now() - settings.STAFF_FAILURES_WINDOW,
    )
    is_over = (
        recent.filter(email=email.lower()).count() >= settings.STAFF_FAILURES
        or recent.count() >= settings.STAFF_FAILURES_BY_ADDRESS
    )
    attempt = attempts.note(
        LoginAttempt.Kind.PASSWORD,
        client=client,
        email=email.lower(),
        reason="throttled" if is_over else REFUSED,
    )
    return None if is_over else attempt


@transaction.atomic
def finish_signin(attempt: LoginAttempt, user: User, *, device: Device) -> None:
    """The password and the second factor were right."""
    attempt.user, attempt.is_success, attempt.reason = user, True, ""
    attempt.save(update_fields=["user", "is_success", "reason"])
    if isinstance(device, RecoveryDevice):
        recovery.note_use(user)


def _permissions(rights: set[str]) -> dict[str, int]:
    """Their identities, all at once. Raises LookupError for a right that no model has."""
    rows = Permission.objects.values_list("content_type__app_label", "codename", "pk")
    found = {f"{app}.{codename}": pk for app, codename, pk in rows}
    if unknown := rights - found.keys():
        raise LookupError(f"there is no right {', '.join(sorted(unknown))}")
    return found
