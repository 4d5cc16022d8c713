"""Asking the bank whether a payout account exists, and whose it is, before money goes there."""

import logging
import re
import unicodedata
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from payments import gateway, messages, rails
from payments.models import PayoutMethod
from payments.policies import check_is_finance
from payments.services import ledger
from payments.services.ledger import credit, debit
from tutorhub.core import audit, clock, outbox
from tutorhub.core.errors import Conflict, DomainError

log = logging.getLogger(__name__)

CHECK = "payments.check_payout_method"
ASK_AGAIN_AFTER = timedelta(minutes=15)
BATCH = 50

Validation = PayoutMethod.Validation
TITLES = {"mr", "mrs", "ms", "miss", "dr", "prof", "shri", "sri", "smt", "kumari", "km"}


class UnknownCheck(Conflict):
    """The gateway speaks of a check that is not in our books (yet)."""

    code = "unknown_check"


class NoReason(DomainError):
    code = "reason_needed"


def check(method_id: UUID, done: Callable[[], None]) -> None:
    """Ask the bank about an account, or what became of the question. Speaks to the network.

    Asking costs a rupee, so nothing is asked while our own account is empty; `ask_again` comes
    back. There is no idempotency key for the question: after a lost answer it is looked for first.
    """
    method = _begin(method_id)
    answer = None if method is None else _answer(method)
    with transaction.atomic():
        if method is not None and answer is not None:
            record(method.pk, answer)
        done()


def apply(entity: gateway.Entity) -> None:
    """Write down what RazorpayX says about a check of ours. Raises UnknownCheck."""
    answer = rails.RazorpayX.read_check(entity)
    method = (
        PayoutMethod.objects.filter(razorpay_validation_id=answer.id)
        | PayoutMethod.objects.filter(razorpay_fund_account_id=answer.account_id or "none")
    ).order_by("-pk")
    found = method.values_list("pk", flat=True).first()
    if found is None:
        raise UnknownCheck(f"check {answer.id} is not ours")
    record(found, answer)


@transaction.atomic
def record(method_id: UUID, answer: rails.Check) -> PayoutMethod:
    """Write down what the bank says about an account; what is decided stays decided."""
    method = PayoutMethod.objects.locked().select_related("tutor").get(pk=method_id)
    if not answer.is_open and not answer.has_failed:
        _pay_for(method, answer)
    if method.validation in {Validation.VALID, Validation.FAILED}:
        return method
    if method.razorpay_validation_id not in ("", answer.id):
        log.error("payout method %s does not fit check %s", method.pk, answer.id)
        return method
    method.razorpay_validation_id = answer.id
    method.validation = Validation.PENDING
    method.save(update_fields=["razorpay_validation_id", "validation"])
    if answer.has_failed:
        _not_answered(method, answer)
    elif not answer.is_open:
        _judge(method, answer)
    return method


@transaction.atomic
def confirm(method: PayoutMethod, *, by: User, reason: str) -> PayoutMethod:
    """A member of finance has seen proof (a cheque, say) that the account is the tutor's own."""
    check_is_finance(by)
    if not reason.strip():
        raise NoReason(_("Say what the proof was."))
    method = PayoutMethod.objects.locked().select_related("tutor").get(pk=method.pk)
    if method.is_valid or method.replaced_at:
        raise Conflict(_("There is nothing to confirm."), code="nothing_to_confirm")
    _close(method, Validation.VALID, "")
    audit.record("payout_method.confirmed", method, by=by, reason=reason[:300])
    return method


@transaction.atomic
def ask_again() -> int:
    """Have every account looked at again that nobody has an answer for; how many that are."""
    before = clock.now() - ASK_AGAIN_AFTER
    waiting = list(
        PayoutMethod.objects.to_check()
        .filter(created_at__lt=before)
        .order_by("pk")
        .values_list("pk", flat=True)[:BATCH]
    )
    hour = clock.now().strftime("%Y%m%d%H")
    for pk in waiting:
        outbox.later(CHECK, {"method": pk}, key=f"payout-method:{pk}:check:{hour}")
    return len(waiting)


def registered(method: PayoutMethod, rail: rails.Rail) -> str:
    """The rail's id of the account, made on first use; a second after a lost answer is harmless.

    Speaks to the network.
    """
    if method.razorpay_fund_account_id:
        return method.razorpay_fund_account_id
    destination = rails.Destination(
        reference=method.tutor_id.hex,
        name=method.holder_name,
        email=method.tutor.email or "",
        phone=method.tutor.phone or "",
        account_number=method.account_number,
        ifsc=method.ifsc,
        vpa=method.vpa,
    )
    if not method.razorpay_contact_id:
        _remember(method, "razorpay_contact_id", rail.person(destination))
    account_id = rail.account(destination, method.razorpay_contact_id)
    _remember(method, "razorpay_fund_account_id", account_id)
    return method.razorpay_fund_account_id


def is_same_person(given: str, registered_name: str) -> bool:
    """Whether two spellings can be one person's name.

    Banks drop middle names, shorten names to initials and write titles. So every word of the
    shorter name has to stand in the longer one, or be its initial, and one whole word has to agree.
    """
    shorter, longer = sorted((_words(given), _words(registered_name)), key=len)
    if not set(shorter) & set(longer) - {word for word in shorter if len(word) == 1}:
        return "".join(shorter) == "".join(longer) != ""
    left = list(longer)
    for word in sorted(shorter, key=len, reverse=True):
        match = next((other for other in left if _fits(word, other)), None)
        if match is None:
            return False
        left.remove(match)
    return True


@transaction.atomic
def _begin(method_id: UUID) -> PayoutMethod | None:
    """Commit the intent before the call. None when there is nothing to ask, or no money to ask."""
    method = PayoutMethod.objects.locked().select_related("tutor").get(pk=method_id)
    if method.replaced_at or method.validation not in {Validation.NONE, Validation.PENDING}:
        return None
    if method.razorpay_validation_id:
        return method
    if ledger.balance("rzpx_float") < rails.CHECK_PAISE:
        return None
    if method.validation == Validation.NONE:
        method.validation = Validation.PENDING
        method.save(update_fields=["validation"])
    return method


def _answer(method: PayoutMethod) -> rails.Check:
    rail = rails.rail()
    if method.razorpay_validation_id:
        return rail.fetch_check(method.razorpay_validation_id)
    account_id = registered(method, rail)
    return rail.find_check(account_id) or rail.check(
        account_id, reference=method.pk.hex, is_upi=method.kind == PayoutMethod.Kind.UPI
    )


def _judge(method: PayoutMethod, answer: rails.Check) -> None:
    method.registered_name = answer.registered_name[:120]
    method.save(update_fields=["registered_name"])
    if not answer.is_active:
        _close(method, Validation.FAILED, _("The bank does not know this account."))
    elif not answer.registered_name:
        _close(method, Validation.FAILED, _("The bank did not say whose account this is."))
    elif not is_same_person(method.holder_name, answer.registered_name):
        note = _("The bank has this account under another name: %(name)s.")
        _close(method, Validation.FAILED, note % {"name": answer.registered_name})
    else:
        _close(method, Validation.VALID, "")


def _not_answered(method: PayoutMethod, answer: rails.Check) -> None:
    """The question failed, which says nothing about the account: ask anew, but not for ever."""
    method.validation_tries += 1
    method.razorpay_validation_id = ""
    method.validation_note = answer.note[:200]
    method.validation = Validation.NONE
    method.save(
        update_fields=[
            *("validation_tries", "razorpay_validation_id", "validation_note", "validation"),
        ]
    )
    if method.validation_tries >= settings.PAYOUT_CHECK_TRIES:
        _close(method, Validation.FAILED, _("The bank could not be asked about this account."))


def _close(method: PayoutMethod, validation: str, note: str) -> None:
    method.validation, method.validation_note = validation, note[:200]
    method.validated_at = clock.now()
    method.save(update_fields=["validation", "validation_note", "validated_at"])
    audit.record(f"payout_method.{validation}", method)
    if validation == Validation.FAILED:
        messages.payout_method_refused(method)


def _pay_for(method: PayoutMethod, answer: rails.Check) -> None:
    """What was sent to the account to see whether it is there (kind 28c)."""
    if not answer.spent_paise:
        return
    ledger.post(
        kind="payout_account_checked",
        key=f"rzpx:validation:{answer.id}",
        legs=[debit("payout_fees", answer.spent_paise), credit("rzpx_float", answer.spent_paise)],
        refs={"payout_method": method.pk},
    )


def _remember(method: PayoutMethod, field: str, value: str) -> None:
    """Keep the first answer: two workers must ask for one payout with the same account."""
    PayoutMethod.objects.filter(pk=method.pk, **{field: ""}).update(**{field: value})
    method.refresh_from_db(fields=[field])


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name).casefold()
    words = re.findall(r"[^\W\d_]+", "".join(c for c in plain if not unicodedata.combining(c)))
    return [word for word in words if word not in TITLES]


def _fits(word: str, other: str) -> bool:
    if word == other:
        return True
    return 1 in {len(word), len(other)} and word[0] == other[0]
