"""What payer and tutor see of a chargeback: what it means, where the money is, what to do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from payments.models import (
    Earning,
    EarningFreeze,
    EarningReversal,
    GatewayDispute,
    LedgerAccount,
    Payment,
    PaymentOrder,
)
from payments.queries import Step
from payments.queries.reasons import meaning_of, sentence
from tutorhub.core.money import rupees
from tutorhub.core.templatetags.tutorhub import ist

SHOWN = 10
Purpose = PaymentOrder.Purpose
Status = GatewayDispute.Status


class MoneyRow(NamedTuple):
    label: str
    paise: int


ASKED_AGAIN = {"pre_arbitration", "arbitration"}


@dataclass(frozen=True)
class Chargeback:
    """A chargeback as one of the two sides sees it."""

    dispute: GatewayDispute
    title: str
    label: str
    reason: str
    texts: list[str]
    todo: list[str]
    steps: list[Step]
    rows: list[MoneyRow] = field(default_factory=list)
    earning: Earning | None = None
    is_tutors: bool = False

    @property
    def tone(self) -> str:
        """The status whose colour fits."""
        if self.dispute.is_live:
            return "DISPUTED"
        return "REVERSED" if self.dispute.deducted_paise else "RESOLVED"

    @property
    def meaning(self) -> str:
        """The reason as one word for programs."""
        return meaning_of(self.dispute.reason_code)

    @property
    def takes_evidence(self) -> bool:
        return self.is_tutors and self.dispute.takes_evidence


def of_order(order: PaymentOrder) -> list[Chargeback]:
    """For the payer, newest first."""
    disputes = list(
        GatewayDispute.objects.filter(payment__order=order)
        .select_related("payment__order")
        .order_by("-pk")
    )
    return _payers_all(disputes)


def of_class(session_id: UUID, reader: User) -> list[Chargeback]:
    """For either side of a class, newest first."""
    disputes = list(
        GatewayDispute.objects.about(Purpose.SESSION, session_id)
        .select_related("payment__order")
        .order_by("-pk")
    )
    return _payers_all(disputes) if reader.is_family else _tutors_all(disputes)


def of_tutor(tutor: User, limit: int = SHOWN) -> list[Chargeback]:
    """About classes that the tutor has earned something with, newest first."""
    earned = Earning.objects.filter(tutor=tutor).values("session_id")
    disputes = GatewayDispute.objects.filter(
        payment__place=Payment.Place.PURPOSE,
        payment__order__purpose=Purpose.SESSION,
        payment__order__purpose_id__in=earned,
    )
    return _tutors_all(list(disputes.select_related("payment__order").order_by("-pk")[:limit]))


def payment_facts(dispute: GatewayDispute) -> list[tuple[str, str]]:
    """What we know of a disputed payment itself, for the bank: label and text, in English."""
    payment, order = dispute.payment, dispute.payment.order
    with translation.override("en"):
        facts = [
            ("Dispute", dispute.razorpay_dispute_id),
            ("Payment", payment.razorpay_payment_id),
            ("Amount", rupees(payment.amount_paise)),
            ("Paid for", order.description),
            ("Paid by", payment.method or "-"),
        ]
        if payment.captured_at:
            facts.append(("Received", f"{ist(payment.captured_at)} (India)"))
        return facts


def _payers_all(disputes: Sequence[GatewayDispute]) -> list[Chargeback]:
    owes = [one.payment.order.payer_id for one in disputes if one.payer_paise]
    owed = _owed(owes[0]) if owes else 0
    return [_payers(dispute, owed) for dispute in disputes]


def _payers(dispute: GatewayDispute, owed_paise: int) -> Chargeback:
    words = {"amount": rupees(dispute.deducted_paise or dispute.amount_paise)}
    is_class = dispute.payment.order.purpose == Purpose.SESSION
    texts, todo = [], []
    if dispute.is_live:
        title = _("Your bank questions %(amount)s of this payment") % words
        label = _("Your bank decides")
        texts.append(
            _(
                "Somebody told your bank that this payment is not right, or the bank noticed"
                " something by itself. The bank decides about it, not we."
            )
        )
        if is_class:
            texts.append(
                _(
                    "The money of this class is frozen until then: nobody gets it, not even the"
                    " tutor."
                )
            )
            texts.append(
                _(
                    "If the class does not take place, what your bank leaves of it comes back to"
                    " you once it has decided."
                )
            )
        todo = [
            _("Was it a mistake? Tell your bank that the payment is right."),
            _("Is something wrong? Write to us: we settle most things faster than a bank."),
        ]
    elif dispute.deducted_paise:
        title = _("Your bank has taken %(amount)s back") % words
        label = _("Taken back")
        texts.append(
            _(
                "Your bank gives it to you, and we cannot give it back a second time."
                " Ask your bank if you do not see it within 7 working days."
            )
        )
        texts += _from_the_payer(dispute, owed_paise)
        todo = [_("Was it a mistake? Tell your bank, and write to us so that you can pay again.")]
    elif _is_given_back(dispute):
        title = _("Your bank has closed the matter: we give the money back")
        label = _("Given back")
        texts.append(_("The page of the payment shows where it is on its way to you."))
    else:
        title = _("Your bank has closed the matter: the payment stays")
        label = _("Stays paid")
        texts.append(_("Nothing changes for you. Your bank can tell you why it decided so."))
    return Chargeback(dispute, title, label, _reason(dispute), texts, todo, _steps(dispute))


def _from_the_payer(dispute: GatewayDispute, owed_paise: int) -> list[str]:
    if not dispute.payer_paise:
        return []
    words = {"amount": rupees(dispute.payer_paise), "owed": rupees(owed_paise)}
    if not owed_paise:
        return [_("%(amount)s of it was in your wallet, and has been taken out of it.") % words]
    return [
        _(
            "%(amount)s of it had come into your wallet. You owe %(owed)s now; it comes off what"
            " next comes into the wallet."
        )
        % words
    ]


def _tutors_all(disputes: Sequence[GatewayDispute]) -> list[Chargeback]:
    if not disputes:
        return []
    sessions = {dispute.payment.order.purpose_id for dispute in disputes}
    earnings = {
        earning.session_id: earning for earning in Earning.objects.filter(session_id__in=sessions)
    }
    causes = [_cause(dispute) for dispute in disputes]
    reversals = {
        reversal.cause: reversal for reversal in EarningReversal.objects.filter(cause__in=causes)
    }
    frozen = set(
        EarningFreeze.objects.filter(session_id__in=sessions, lifted_at__isnull=True).values_list(
            "session_id", flat=True
        )
    )
    return [
        _tutors(
            dispute,
            earnings.get(dispute.payment.order.purpose_id),
            reversals.get(_cause(dispute)),
            is_frozen=dispute.payment.order.purpose_id in frozen,
        )
        for dispute in disputes
    ]


def _tutors(
    dispute: GatewayDispute,
    earning: Earning | None,
    reversal: EarningReversal | None,
    *,
    is_frozen: bool,
) -> Chargeback:
    words = {"amount": rupees(dispute.deducted_paise or dispute.amount_paise)}
    todo: list[str] = []
    if dispute.is_live:
        title = _("The family's bank questions the payment of %(amount)s") % words
        label = _("Frozen")
        texts = [
            _(
                "The money of this class is frozen until the bank has decided."
                " Nothing is taken from you now, and other classes go on as usual."
            )
        ]
        rows = _frozen_rows(dispute, earning)
        if not dispute.answer:
            todo = [_("Tell us what you know of the class. We answer the bank, not you.")]
    elif dispute.deducted_paise:
        title = _("The family's bank has taken %(amount)s back") % words
        label = _("Taken back")
        texts, rows = _lost(reversal), _lost_rows(reversal)
    elif _is_given_back(dispute):
        title, label = _("The bank has closed the matter"), _("Given back")
        texts, rows = [_("The money of this class goes back to the family.")], []
    else:
        title, label = _("The bank has decided for you: the class stays paid"), _("Stays paid")
        texts, rows = [_won(dispute, earning, is_frozen=is_frozen)], []
    return Chargeback(
        *(dispute, title, label, _reason(dispute), texts, todo),
        steps=_steps(dispute),
        rows=rows,
        earning=earning,
        is_tutors=True,
    )


def _frozen_rows(dispute: GatewayDispute, earning: Earning | None) -> list[MoneyRow]:
    if earning is None:
        return [MoneyRow(_("Waits with us"), dispute.payment.order.total_paise)]
    if earning.status == Earning.Status.HELD:
        return [MoneyRow(_("Your part, held with us"), earning.left_paise)]
    rows = [MoneyRow(_("Your part, held with us again"), earning.frozen_paise)]
    if gone := earning.left_paise - earning.frozen_paise:
        rows.append(MoneyRow(_("You have had the rest before"), gone))
    return rows


def _lost(reversal: EarningReversal | None) -> list[str]:
    if reversal is None:
        return [_("That money was still with us. Nothing comes off your earnings.")]
    texts = [_("Your part of it comes off what you earned with this class.")]
    if reversal.receivable_paise:
        texts.append(
            _(
                "You had been paid a part of it. It comes off what you earn next, before that is"
                " available; your page of earnings shows each step."
            )
        )
    return texts


def _lost_rows(reversal: EarningReversal | None) -> list[MoneyRow]:
    if reversal is None:
        return []
    rows = [
        MoneyRow(_("From what was held"), reversal.from_held_paise),
        MoneyRow(_("From your available earnings"), reversal.from_available_paise),
        MoneyRow(_("To come off your next earnings"), reversal.receivable_paise),
    ]
    return [row for row in rows if row.paise]


def _won(dispute: GatewayDispute, earning: Earning | None, *, is_frozen: bool) -> str:
    if is_frozen:
        return _("This is over. The money still waits, because something else is not decided.")
    if earning is None:
        return _("The class goes on as planned, and its money is safe with us.")
    words = {"amount": rupees(earning.left_paise), "when": ist(dispute.closed_at)}
    if earning.status == Earning.Status.HELD:
        return _("%(amount)s is not frozen any more, and is passed on to you as usual.") % words
    return _("%(amount)s is yours again since %(when)s.") % words


def _steps(dispute: GatewayDispute) -> list[Step]:
    """Asked, answered, decided: what is done, and what is now."""
    asked = Step("done", _("The bank asked"), at=dispute.opened_at)
    if not dispute.is_live:
        state = "failed" if dispute.deducted_paise else "done"
        answered = [Step("done", _("We answered"), at=dispute.answered_at)]
        return [
            asked,
            *(answered if dispute.answered_at else []),
            Step(state, _("The bank decided"), at=dispute.closed_at),
        ]
    wait = _("Banks mostly take 15 to 30 days for it.")
    if dispute.answered_at:
        answered = [Step("done", _("We answered"), at=dispute.answered_at)]
        return [asked, *answered, Step("now", _("The bank decides"), text=wait)]
    text = _("By %(when)s at the latest.") % {"when": ist(dispute.respond_by)}
    answering = Step("now", _("We answer"), text=text if dispute.respond_by else "")
    return [asked, answering, Step("", _("The bank decides"), text=wait)]


def _is_given_back(dispute: GatewayDispute) -> bool:
    """Whether we give back what the bank has left, as of a class that was called off meanwhile."""
    payment = dispute.payment
    return payment.place == Payment.Place.RETURNED or payment.order.is_given_back


def _reason(dispute: GatewayDispute) -> str:
    said = sentence(dispute.reason_code)
    if dispute.phase in ASKED_AGAIN:
        said += " " + _("It was decided once before, and is asked again.")
    return said


def _cause(dispute: GatewayDispute) -> str:
    return f"chargeback:{dispute.pk}"


def _owed(payer_id: UUID) -> int:
    codes: Iterable[int] = LedgerAccount.objects.filter(
        code="student_receivable", owner_key=str(payer_id)
    ).values_list("balance", flat=True)
    return sum(codes)
