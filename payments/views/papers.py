"""Invoices and statements, to read and to take home."""

from collections.abc import Iterator
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.decorators import person_required, tutor_required
from payments.models import Invoice, StatementLine
from payments.services import papers, statements
from payments.views.people import me

PAGE = 20


@person_required
@require_GET
def invoice_list(request: HttpRequest) -> HttpResponse:
    mine = Invoice.objects.filter(recipient=me(request)).order_by("-pk")
    if "before" in request.GET:
        mine = mine.filter(pk__lt=_uuid(request.GET["before"]))
    found = list(mine[: PAGE + 1])
    context = {"invoices": found[:PAGE], "next_url": _next(found)}
    return render(request, "payments/invoice_list.html", context)


@person_required
@require_GET
def invoice_pdf(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    mine = Invoice.objects.filter(recipient=me(request)).select_related("corrects")
    invoice = get_object_or_404(mine, pk=invoice_id)
    return pdf(papers.invoice_pdf(invoice), name=invoice.text.replace("/", "-"))


@tutor_required
@require_GET
def earnings_statement(request: HttpRequest) -> HttpResponse:
    """Months of the year in sums, and the newest lines of what was asked for."""
    period = _period(request)
    before = _line(request)
    lines = statements.earned.newest(me(request), period, before=before, count=PAGE + 1)
    context = {
        **_frame(request, period),
        "summary": statements.earned.summary(me(request), statements.year_of(period.year)),
        "lines": lines[:PAGE],
        "next_url": _next(lines, f"{_asked(period)}&"),
    }
    return render(request, "payments/statement_earnings.html", context)


@tutor_required
@require_GET
def earnings_csv(request: HttpRequest) -> StreamingHttpResponse:
    period = _period(request)
    rows = statements.earned.csv(me(request), period)
    return csv(rows, name=f"tutorhub-earnings-{period.code}")


@tutor_required
@require_GET
def earnings_pdf(request: HttpRequest) -> HttpResponse:
    period = _period(request)
    body = papers.earnings_pdf(me(request), period)
    return pdf(body, name=f"tutorhub-earnings-{period.code}")


@person_required
@require_GET
def payments_statement(request: HttpRequest) -> HttpResponse:
    period = _period(request)
    year = statements.year_of(period.year)
    lines = statements.paid.lines(me(request), year)
    context = {
        **_frame(request, period),
        "summary": statements.paid.summary(me(request), year, lines),
        "lines": [line for line in lines if period.start_at <= line.at < period.end_at],
    }
    return render(request, "payments/statement_payments.html", context)


@person_required
@require_GET
def payments_csv(request: HttpRequest) -> StreamingHttpResponse:
    period = _period(request)
    rows = statements.paid.csv(me(request), period)
    return csv(rows, name=f"tutorhub-payments-{period.code}")


@person_required
@require_GET
def payments_pdf(request: HttpRequest) -> HttpResponse:
    period = _period(request)
    body = papers.payments_pdf(me(request), period)
    return pdf(body, name=f"tutorhub-payments-{period.code}")


def pdf(body: bytes, *, name: str) -> HttpResponse:
    """Opened by the browser rather than kept, because that is what a phone does best."""
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return HttpResponse(body, content_type="application/pdf", headers=headers)


def csv(rows: Iterator[str], *, name: str) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8", headers=headers)


def _period(request: HttpRequest) -> statements.Period:
    try:
        return statements.asked(
            year=request.GET.get("year", ""), month=request.GET.get("month", "")
        )
    except statements.BadPeriod as error:
        raise Http404 from error


def _frame(request: HttpRequest, period: statements.Period) -> dict[str, object]:
    return {
        "period": period,
        "asked": _asked(period),
        "years": statements.years_of(me(request)),
    }


def _asked(period: statements.Period) -> str:
    return f"?month={period.code}" if period.is_month else f"?year={period.year}"


def _line(request: HttpRequest) -> StatementLine | None:
    """The last line of the page before."""
    before = request.GET.get("before")
    if before is None:
        return None
    if not before.isdecimal() or len(before) > 18:
        raise Http404
    return get_object_or_404(StatementLine, tutor=me(request), pk=before)


def _next(found: list, query: str = "?") -> str:
    return f"{query}before={found[PAGE - 1].pk}" if len(found) > PAGE else ""


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error
