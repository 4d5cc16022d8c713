"""What somebody paid and what came back, whatever the money was for and whichever way it took."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts.models import User
from payments.services.statements import sheets
from payments.services.statements.moved import Moved, in_wallet_before, moved
from payments.services.statements.periods import Period
from payments.services.statements.places import PAID, PaidKind
from tutorhub.core import clock

AMOUNTS = ("paid_paise", "from_wallet_paise", "refunded_paise", "to_wallet_paise")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One transaction of the ledger, in paise.

    `paid` went through Razorpay and `from_wallet` did not; `refunded` goes back to where it came
    from, by us or by the bank, and `to_wallet` stays with us for the family. What was promised back
    and did not go is negative in `refunded`.
    """

    at: datetime
    kind: str
    order_id: str
    what: str
    paid_paise: int = 0
    from_wallet_paise: int = 0
    refunded_paise: int = 0
    to_wallet_paise: int = 0

    @property
    def kind_text(self) -> str:
        return str(PaidKind(self.kind).label)


@dataclass(frozen=True)
class Sums:
    paid_paise: int
    from_wallet_paise: int
    refunded_paise: int
    to_wallet_paise: int


@dataclass(frozen=True)
class Summary:
    """Sums of the months that have lines, by the first day of each, oldest first; and of all.

    `opening` and `closing` are what was in the wallet, held or not, less what was owed.
    """

    months: dict[date, Sums]
    total: Sums
    opening_paise: int

    @property
    def closing_paise(self) -> int:
        return self.opening_paise + self.total.to_wallet_paise - self.total.from_wallet_paise


def lines(user: User, period: Period) -> list[Line]:
    """Everything of a period, newest first; what is of one moment always in the same order."""
    found = [_line(row) for row in moved(user, period)]
    return sorted(found, key=_place, reverse=True)


def summary(user: User, period: Period, found: Sequence[Line]) -> Summary:
    """What the lines of this period come to."""
    by_month: dict[date, list[Line]] = defaultdict(list)
    for line in found:
        by_month[line.at.astimezone(clock.IST).date().replace(day=1)].append(line)
    return Summary(
        months={month: _sums(by_month[month]) for month in sorted(by_month)},
        total=_sums(found),
        opening_paise=in_wallet_before(user, period),
    )


def csv(user: User, period: Period) -> Iterator[str]:
    """The lines as a spreadsheet, in rupees, oldest first."""
    return sheets.csv(heads(), [_cells(line) for line in reversed(lines(user, period))])


def heads() -> Sequence[str]:
    return [
        *(_("Date"), _("What"), _("Payment or refund"), _("Order")),
        *(_("Paid by UPI, card or bank"), _("Paid from the wallet")),
        *(_("Sent back to you"), _("Put into the wallet")),
    ]


def _line(row: Moved) -> Line:
    # A kind that nobody placed moves money all the same, and is not left out.
    return Line(
        at=row.at,
        kind=PAID.get(row.kind) or PaidKind.CORRECTION,
        order_id=row.order_id,
        what=row.what,
        paid_paise=row.paid_paise,
        from_wallet_paise=max(0, -row.wallet_paise),
        refunded_paise=row.back_paise,
        to_wallet_paise=max(0, row.wallet_paise),
    )


def _place(line: Line) -> tuple[datetime, str, str, *tuple[int, ...]]:
    return (line.at, line.kind, line.order_id, *(getattr(line, name) for name in AMOUNTS))


def _sums(found: Sequence[Line]) -> Sums:
    return Sums(**{name: sum(getattr(line, name) for line in found) for name in AMOUNTS})


def _cells(line: Line) -> list[str]:
    return [
        f"{line.at.astimezone(clock.IST):%Y-%m-%d}",
        sheets.text(line.what),
        sheets.text(line.kind_text),
        line.order_id,
        *(sheets.rupees(getattr(line, name)) for name in AMOUNTS),
    ]
