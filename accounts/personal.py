"""The data map of accounts."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import (
    AppSession,
    BrowserSession,
    Consent,
    DataRequest,
    EmailChange,
    FormerAddress,
    KnownDevice,
    LoginAttempt,
    OtpChallenge,
    User,
)
from tutorhub.core.datamap import Erased, Table


def _user(user: Any) -> Any:
    return User.objects.filter(pk=user.pk)


TABLES = [
    Table(
        "accounts.User",
        plain="id role language is_active is_staff is_superuser session_epoch joined_at"
        " new_device_at groups user_permissions",
        personal="phone email name seen_at last_login",
        hidden="password",
        section="account",
        title=_("Your account"),
        purpose=_("To let you in, to reach you, and to know what to call you"),
        kept="account",
        erased=Erased.EMPTIED,
        of=_user,
        since="joined_at",
    ),
    Table(
        "accounts.LoginAttempt",
        plain="id at kind user is_success reason",
        personal="phone email ip neighbourhood operator user_agent",
        section="sign_ins",
        title=_("Log of sign-ins"),
        purpose=_("To find and stop people who try to get into accounts of others"),
        kept="login_log",
        erased=Erased.SEALED,
        of=lambda user: LoginAttempt.objects.filter(user=user.pk),
        since="at",
    ),
    Table(
        "accounts.OtpChallenge",
        plain="id purpose is_bound is_sent attempts created_at expires_at used_at",
        personal="phone network neighbourhood operator block holder asked_by",
        hidden="code_hash",
        section="sign_ins",
        title=_("One-time codes"),
        purpose=_("To let in nobody but you, and to send nobody too many"),
        kept="codes",
        erased=Erased.DELETED,
        of=lambda user: OtpChallenge.objects.filter(phone=user.phone or "-"),
    ),
    # Of staff, who have no family, no profile and no page "Your data".
    Table(
        "accounts.RecoveryDevice",
        plain="id user name confirmed throttling_failure_timestamp throttling_failure_count",
    ),
    Table("accounts.RecoveryCode", plain="id device code_hash created_at used_at"),
    Table(
        "accounts.BreakGlass",
        plain="id asked_by reason asked_at agreed_by is_by_operator agreed_at ends_at ended_by"
        " ended_at",
    ),
    Table("accounts.SmsBudgetDay", plain="day spent_paise sent"),
    Table(
        "accounts.KnownDevice",
        plain="id user kind is_original proof_due first_seen_at seen_at",
        hidden="secret_hash",
        section="sign_ins",
        title=_("Known devices"),
        purpose=_("To know a device that is new to your account"),
        kept="devices",
        erased=Erased.DELETED,
        of=lambda user: KnownDevice.objects.filter(user=user.pk),
        since="first_seen_at",
    ),
    Table(
        "accounts.EmailChange",
        plain="id user created_at expires_at used_at",
        personal="email",
        hidden="token_hash",
        section="account",
        title=_("E-mail addresses to be confirmed"),
        purpose=_("To make sure that an address is yours"),
        kept="email_links",
        erased=Erased.DELETED,
        of=lambda user: EmailChange.objects.filter(user=user.pk),
    ),
    Table(
        "accounts.FormerAddress",
        plain="id user given_up_at",
        personal="address",
        section="account",
        title=_("Numbers and addresses you had before"),
        purpose=_("To find what is left of them when you ask to be forgotten"),
        kept="account",
        erased=Erased.DELETED,
        of=lambda user: FormerAddress.objects.filter(user=user.pk),
        since="given_up_at",
    ),
    Table(
        "accounts.BrowserSession",
        plain="public_id user known_device created_at seen_at expire_date",
        personal="device network",
        hidden="session_key session_data",
        section="sign_ins",
        title=_("Browsers you are signed in with"),
        purpose=_("To keep you signed in, and to let you sign out elsewhere"),
        kept="sessions",
        erased=Erased.DELETED,
        of=lambda user: BrowserSession.objects.filter(user=user.pk),
    ),
    Table(
        "accounts.AppSession",
        plain="id user epoch known_device created_at seen_at expires_at ended_at ended_by",
        personal="device network",
        section="sign_ins",
        title=_("Apps you are signed in with"),
        purpose=_("To keep you signed in, and to let you sign out elsewhere"),
        kept="sign_ins",
        erased=Erased.DELETED,
        of=lambda user: AppSession.objects.filter(user=user.pk),
    ),
    Table(
        "accounts.RefreshToken",
        plain="id session parent created_at expires_at used_at",
        hidden="token_hash child_sealed",
        kept="sign_ins",
        erased=Erased.DELETED,
    ),
    Table(
        "accounts.ConsentNotice",
        plain="id version language title sections is_material published_at",
    ),
    Table(
        "accounts.Consent",
        plain="id subject_id given_by purpose notice relation method given_at withdrawn_at",
        personal="guardian_name guardian_phone",
        section="consents",
        title=_("Consents"),
        purpose=_("To prove that a parent or guardian agreed, to what and when"),
        kept="records",
        erased=Erased.EMPTIED,
        of=lambda user: Consent.objects.filter(given_by=user.pk),
        since="given_at",
    ),
    Table(
        "accounts.DataRequest",
        plain="id user kind status size asked_at due_at closed_at closed_by",
        personal="words answer",
        hidden="traces file_key",
        section="requests",
        title=_("Requests about your data"),
        purpose=_("To answer them in time, and to prove that we did"),
        kept="data_requests",
        erased=Erased.EMPTIED,
        of=lambda user: DataRequest.objects.filter(user=user.pk),
        since="asked_at",
    ),
    Table(
        "admin.LogEntry",
        plain="id action_time user content_type object_id action_flag",
        personal="object_repr change_message",
        kept="admin_log",
        erased=Erased.EMPTIED,
    ),
]
