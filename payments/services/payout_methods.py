"""Where a tutor's money goes."""

import re
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from payments import messages
from payments.models import PayoutMethod
from payments.services import payout_checks, payouts, tax_profiles
from payments.services.tax_profiles import PAN
from tutorhub.core import audit, clock, outbox
from tutorhub.core.errors import DomainError, TooMany

IFSC = re.compile(r"[A-Z]{4}0[A-Z0-9]{6}")
ACCOUNT_NUMBER = re.compile(r"[0-9]{6,18}")
MOST_A_DAY = 5
VPA = re.compile(r"[A-Za-z0-9._-]{2,64}@[A-Za-z][A-Za-z0-9]{1,63}")


class BadMethod(DomainError):
    """A part of the account's details cannot be right; `extra["field"]` says which."""

    code = "bad_payout_method"


def current(tutor: User) -> PayoutMethod | None:
    return PayoutMethod.objects.current().filter(tutor=tutor).first()


@transaction.atomic
def save(
    *,
    tutor: User,
    kind: str,
    holder_name: str,
    pan: str,
    account_number: str = "",
    ifsc: str = "",
    vpa: str = "",
    by: User | None = None,
) -> PayoutMethod:
    """Set where the tutor is paid, and have the bank asked about it.

    A change can be used after a wait only, unless the bank had never confirmed the account before
    it. Raises BadMethod, or TooMany: every new account costs a rupee to check.
    """
    new = PayoutMethod(tutor=tutor, kind=kind, holder_name=holder_name.strip())
    new.pan = _clean("pan", pan, PAN, _("A PAN looks like ABCDE1234F."))
    if kind == PayoutMethod.Kind.BANK:
        new.account_number = _clean(
            "account_number", account_number, ACCOUNT_NUMBER, _("This is no account number.")
        )
        new.ifsc = _clean("ifsc", ifsc, IFSC, _("An IFSC looks like HDFC0001234."))
        new.hint = f"{new.ifsc[:4]} ••••{new.account_number[-4:]}"
    else:
        new.vpa = _clean("vpa", vpa, VPA, _("A UPI ID looks like name@bank."), is_upper=False)
        name, _at, bank = new.vpa.partition("@")
        new.hint = f"{name[:2]}•••@{bank}"[:40]
    tax_profiles.hold_pan(tutor)
    if not tax_profiles.is_same_pan(tutor, new.pan):
        raise BadMethod(
            _("Your tax details have another PAN. If that one is wrong, take it out there first."),
            field="pan",
        )
    old = PayoutMethod.objects.current().locked().filter(tutor=tutor).first()
    if old is not None:
        if _is_same(old, new) and old.validation != PayoutMethod.Validation.FAILED:
            return old
        _check_not_too_often(tutor)
        old.replaced_at = clock.now()
        old.save(update_fields=["replaced_at"])
        new.is_weekly = old.is_weekly
        if PayoutMethod.objects.filter(tutor=tutor, validation="valid").exists():
            new.usable_at = clock.now() + settings.PAYOUT_METHOD_WAIT
    new.save(force_insert=True)
    outbox.later(payout_checks.CHECK, {"method": new.pk}, key=f"payout-method:{new.pk}:check")
    audit.record("payout_method.saved", new, by=by or tutor, kind=kind)
    messages.payout_method_changed(new)
    return new


@transaction.atomic
def set_weekly(*, tutor: User, is_weekly: bool, by: User | None = None) -> PayoutMethod:
    """Start or stop the payout of every week. Raises NoMethod."""
    method = PayoutMethod.objects.current().locked().filter(tutor=tutor).first()
    if method is None:
        raise payouts.NoMethod
    if method.is_weekly != is_weekly:
        method.is_weekly = is_weekly
        method.save(update_fields=["is_weekly"])
        audit.record("payout_method.weekly", method, by=by or tutor, is_weekly=is_weekly)
    return method


def _clean(
    field: str, value: str, pattern: re.Pattern[str], message: str, *, is_upper: bool = True
) -> str:
    text = re.sub(r"\s", "", value)
    text = text.upper() if is_upper else text
    if not pattern.fullmatch(text):
        raise BadMethod(message, field=field)
    return text


def _check_not_too_often(tutor: User) -> None:
    since = clock.now() - timedelta(days=1)
    if tutor.payout_methods.filter(created_at__gt=since).count() >= MOST_A_DAY:
        raise TooMany(_("That is too many accounts for one day. Try again tomorrow."))


def _is_same(old: PayoutMethod, new: PayoutMethod) -> bool:
    fields = ["kind", "holder_name", "account_number", "ifsc", "vpa", "pan"]
    return all(getattr(old, name) == getattr(new, name) for name in fields)
