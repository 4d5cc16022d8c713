"""A tutor's earnings. Sums come from StatementMonth and lines by keyset, so that a page takes as
long for a hundred thousand lines as for a hundred."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import F, QuerySet, Sum
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.utils.translation import gettext as _

from accounts.models import User
from payments.models import StatementLine, StatementMonth
from payments.services.statements import sheets
from payments.services.statements.periods import Period
from tutorhub.core import clock

FIGURES = (
    *("gross_paise", "commission_paise", "gst_paise", "tds_paise", "tcs_paise"),
    *("penalty_paise", "net_paise", "paid_out_paise"),
)
CHUNK = 2000


@dataclass(frozen=True, kw_only=True)
class Month:
    """What the lines of a month come to, in paise, and how many they are."""

    month: date
    lines: int
    gross_paise: int
    commission_paise: int
    gst_paise: int
    tds_paise: int
    tcs_paise: int
    penalty_paise: int
    net_paise: int
    paid_out_paise: int


@dataclass(frozen=True)
class Summary:
    """The months of a period that have lines, oldest first, and what they come to.

    `opening` and `closing` are what was earned and not paid out at its beginning and its end: held,
    available and on its way out, less what is owed.
    """

    months: list[Month]
    total: dict[str, int]
    opening_paise: int

    @property
    def closing_paise(self) -> int:
        return self.opening_paise + self.total["net_paise"] - self.total["paid_out_paise"]


def summary(tutor: User, period: Period) -> Summary:
    mine = StatementMonth.objects.filter(tutor=tutor)
    kinds = list(mine.filter(month__gte=period.first, month__lt=period.end).order_by("month"))
    before = mine.filter(month__lt=period.first).aggregate(
        paise=Sum(F("net_paise") - F("paid_out_paise"), default=0)
    )
    by_month = groupby(kinds, key=lambda kind: kind.month)
    months = [Month(month=month, **_added(list(rows))) for month, rows in by_month]
    return Summary(months, _added(kinds), opening_paise=before["paise"])


def newest(
    tutor: User, period: Period, *, before: StatementLine | None = None, count: int
) -> list[StatementLine]:
    """The newest lines of a period, or those that come after `before` on the page."""
    found = lines(tutor, period)
    if before is not None:
        found = found.filter(TupleLessThan(Tuple("at", "id"), (before.at, before.pk)))
    return list(found.order_by("-at", "-id")[:count])


def every(tutor: User, period: Period) -> Iterator[StatementLine]:
    """All lines, oldest first, read in pieces."""
    found = lines(tutor, period).order_by("at", "id")
    piece = list(found[:CHUNK])
    while piece:
        yield from piece
        last = (piece[-1].at, piece[-1].pk)
        piece = list(found.filter(TupleGreaterThan(Tuple("at", "id"), last))[:CHUNK])


def csv(tutor: User, period: Period) -> Iterator[str]:
    """The lines as a spreadsheet, in rupees, row by row."""
    # Said now, because whoever reads the stream later may have another language.
    names = {kind: sheets.text(str(label)) for kind, label in StatementLine.Kind.choices}
    return sheets.csv(heads(), (_cells(line, names[line.kind]) for line in every(tutor, period)))


def heads() -> Sequence[str]:
    return [
        *(_("Date"), _("What"), _("Class or payout"), _("Price"), _("Commission"), _("GST")),
        *(_("TDS"), _("TCS"), _("Penalty"), _("For you"), _("Paid out")),
    ]


def lines(tutor: User, period: Period) -> QuerySet[StatementLine]:
    return StatementLine.objects.filter(tutor=tutor, at__gte=period.start_at, at__lt=period.end_at)


def _added(kinds: Sequence[StatementMonth]) -> dict[str, int]:
    return {name: sum(getattr(kind, name) for kind in kinds) for name in ("lines", *FIGURES)}


def _cells(line: StatementLine, kind: str) -> list[str]:
    return [
        f"{line.at.astimezone(clock.IST):%Y-%m-%d}",
        kind,
        str(line.session_id or line.about_id),
        *(sheets.rupees(getattr(line, name)) for name in FIGURES),
    ]
