"""Statements as PDF, in the language of the person who asks."""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from payments.services import statements
from payments.services.papers.page import Column, Paper
from payments.services.statements import Period
from tutorhub.core import clock
from tutorhub.core.money import rupees_exact

MOST_LINES = 1000
"""A longer list is for a spreadsheet."""


def earnings_pdf(tutor: User, period: Period) -> bytes:
    """A tutor's months and classes."""
    summary = statements.earned.summary(tutor, period)
    paper = _paper(tutor, period, _("Statement of earnings"))
    _balances(paper, _("Yours at the beginning"), _("Yours at the end"), summary)
    figures = zip(statements.earned.FIGURES, statements.earned.heads()[3:], strict=True)
    # Hardly anybody ever has a penalty, and the page is narrow.
    shown = [one for one in figures if one[0] != "penalty_paise" or summary.total[one[0]]]
    names, columns = [name for name, _head in shown], [Column(head, 17) for _name, head in shown]
    rows = [
        [date_format(month.month, "F Y"), *(_money(getattr(month, name)) for name in names)]
        for month in summary.months
    ]
    total = [_("Total"), *(_money(summary.total[name]) for name in names)]
    paper.figures([Column(_("Month"), 22, is_figure=False), *columns], rows, total)
    paper.heading(_("Classes and payouts"), 12)
    if summary.total["lines"] > MOST_LINES:
        paper.note(_("There are too many to print. Please take the spreadsheet (CSV)."))
        return bytes(paper.output())
    lines = islice(statements.earned.every(tutor, period), MOST_LINES)
    head = [Column(_("Date"), 16, is_figure=False), Column(_("What"), 24, is_figure=False)]
    body = [
        [
            _day(line.at),
            str(line.get_kind_display()),
            *(_money(getattr(line, name)) for name in names),
        ]
        for line in lines
    ]
    paper.figures([*head, *columns], body)
    return bytes(paper.output())


def payments_pdf(user: User, period: Period) -> bytes:
    """What somebody paid and got back."""
    lines = statements.paid.lines(user, period)
    summary = statements.paid.summary(user, period, lines)
    paper = _paper(user, period, _("Statement of payments"))
    _balances(paper, _("In the wallet at the beginning"), _("In the wallet at the end"), summary)
    columns = [Column(head, 22) for head in statements.paid.heads()[4:]]
    rows = [[date_format(month, "F Y"), *_amounts(sums)] for month, sums in summary.months.items()]
    total = [_("Total"), *_amounts(summary.total)]
    paper.figures([Column(_("Month"), 24, is_figure=False), *columns], rows, total)
    paper.heading(_("Payments and refunds"), 12)
    head = [
        Column(_("Date"), 15, is_figure=False),
        Column(_("What"), 34, is_figure=False),
        Column(_("Payment or refund"), 16, is_figure=False),
    ]
    body = [
        [_day(line.at), line.what, line.kind_text, *_amounts(line)]
        for line in islice(reversed(lines), MOST_LINES)
    ]
    paper.figures([*head, *columns], body)
    if len(lines) > MOST_LINES:
        paper.note(_("There are too many to print. Please take the spreadsheet (CSV)."))
    return bytes(paper.output())


def _paper(user: User, period: Period, title: str) -> Paper:
    name = _("Financial year %(year)s") % {"year": period.code}
    when = date_format(period.first, "F Y") if period.is_month else name
    paper = Paper(
        title=f"{title} {period.code}",
        dated=period.end_at,
        foot=f"TutorHub · {title} · {when}",
        page_foot=_("Page {page} of {pages}"),
    )
    paper.heading(title)
    paper.ln(3)
    paper.side_by_side([(_("Name"), user.name)], [(_("Period"), when)])
    return paper


def _balances(
    paper: Paper,
    opening: str,
    closing: str,
    summary: statements.earned.Summary | statements.paid.Summary,
) -> None:
    first, last = rupees_exact(summary.opening_paise), rupees_exact(summary.closing_paise)
    paper.side_by_side([(opening, first)], [(closing, last)])


def _day(at: datetime) -> str:
    return f"{at.astimezone(clock.IST):%d.%m.%Y}"


def _money(paise: int) -> str:
    return rupees_exact(paise) if paise else "–"


def _amounts(sums: statements.paid.Sums | statements.paid.Line) -> Iterable[str]:
    return [_money(getattr(sums, name)) for name in statements.paid.AMOUNTS]
