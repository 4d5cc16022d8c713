"""How long accounts keeps things: the rules that `tutorhub.core.retention` runs."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import (
    AppSession,
    AuthenticatorProof,
    BrowserSession,
    DataRequest,
    EmailChange,
    KnownDevice,
    LoginAttempt,
    OtpChallenge,
    PasskeyChallenge,
    SpentNonce,
)
from tutorhub.core import sweeping
from tutorhub.core.retention import Rule, delete, in_batches


def _sessions(before: datetime) -> int:
    return delete(BrowserSession.objects.filter(expire_date__lt=before))


def _codes(before: datetime) -> int:
    asked = delete(PasskeyChallenge.objects.filter(created_at__lt=before))
    spent = delete(SpentNonce.objects.filter(expires_at__lt=before))
    proofs = delete(AuthenticatorProof.objects.filter(used_at__lt=before))
    keys = TOTPDevice.objects.filter(confirmed=False, user__is_staff=False)
    waited = delete(keys.filter(created_at__lt=before))
    return (
        asked + spent + proofs + waited + delete(OtpChallenge.objects.filter(created_at__lt=before))
    )


def _sign_ins(before: datetime) -> int:
    return delete(AppSession.objects.filter(Q(ended_at__lt=before) | Q(expires_at__lt=before)))


def _email_links(before: datetime) -> int:
    return delete(EmailChange.objects.filter(expires_at__lt=before))


def _devices(before: datetime) -> int:
    return delete(KnownDevice.objects.filter(seen_at__lt=before))


def _login_log(before: datetime) -> int:
    return delete(LoginAttempt.objects.filter(at__lt=before))


def _admin_log(before: datetime) -> int:
    return delete(LogEntry.objects.filter(action_time__lt=before))


def _exports(before: datetime) -> int:
    ready = DataRequest.objects.filter(status=DataRequest.Status.READY, asked_at__lt=before)
    return in_batches(ready, _delete_files)


def _delete_files(requests: QuerySet[DataRequest]) -> None:
    for request in requests:
        sweeping.delete_later(request.file_key)
        request.move_to(DataRequest.Status.DONE, file_key="", closed_at=request.due_at)


def _data_requests(before: datetime) -> int:
    return delete(DataRequest.objects.filter(closed_at__lt=before))


RULES = [
    Rule("sessions", timedelta(0), _("until it runs out"), _sessions),
    Rule("codes", settings.CODES_KEPT, _("2 days"), _codes),
    Rule("sign_ins", settings.DEAD_SIGN_INS_KEPT, _("30 days after its end"), _sign_ins),
    Rule("email_links", settings.CODES_KEPT, _("2 days after it runs out"), _email_links),
    Rule("devices", settings.DEVICES_KEPT, _("400 days after it was last used"), _devices),
    Rule("login_log", settings.LOGIN_LOG_KEPT, _("1 year"), _login_log),
    Rule("admin_log", settings.ADMIN_LOG_KEPT, _("1 year"), _admin_log),
    Rule("exports", settings.EXPORTS_KEPT, _("7 days"), _exports),
    Rule("data_requests", settings.DATA_REQUESTS_KEPT, _("3 years"), _data_requests),
]
