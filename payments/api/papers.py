"""Invoices and statements of whoever asks."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsTutor, SignedIn
from payments.api.views import me
from payments.models import Invoice, StatementLine
from payments.services import papers, statements
from tutorhub.core.error_schemas import RefusalResponse
from tutorhub.core.pagination import KeysetPagination

PERIOD = [
    OpenApiParameter("year", str, description="2026 is April 2026 to March 2027"),
    OpenApiParameter("month", str, description="like 2026-11; goes before `year`"),
]
PDF = {(200, "application/pdf"): OpenApiTypes.BINARY}
CSV = {(200, "text/csv"): OpenApiTypes.BINARY}


class InvoiceOutput(serializers.ModelSerializer):
    number = serializers.CharField(source="text")
    corrects = serializers.CharField(
        source="corrects.text", default=None, allow_null=True, help_text="of a credit note"
    )

    class Meta:
        model = Invoice
        fields = [
            *("id", "number", "series", "issued_on", "about", "about_id", "corrects"),
            *("base_paise", "cgst_paise", "sgst_paise", "igst_paise", "total_paise"),
        ]
        read_only_fields = fields


class EarnedOutput(serializers.Serializer):
    """Figures of a tutor; what was taken back is negative."""

    gross_paise = serializers.IntegerField()
    commission_paise = serializers.IntegerField()
    gst_paise = serializers.IntegerField()
    tds_paise = serializers.IntegerField()
    tcs_paise = serializers.IntegerField()
    penalty_paise = serializers.IntegerField()
    net_paise = serializers.IntegerField()
    paid_out_paise = serializers.IntegerField()


class EarnedMonthOutput(EarnedOutput):
    month = serializers.DateField(format="%Y-%m")


class EarnedLineOutput(EarnedOutput):
    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=StatementLine.Kind.choices)
    about = serializers.UUIDField(source="about_id")
    session = serializers.UUIDField(source="session_id", allow_null=True)


class EarningsStatementOutput(serializers.Serializer):
    period = serializers.CharField()
    opening_paise = serializers.IntegerField(help_text="earned and not paid out before the period")
    months = EarnedMonthOutput(many=True)
    total = EarnedOutput()
    closing_paise = serializers.IntegerField(help_text="opening + net - paid out of `total`")


class PaidOutput(serializers.Serializer):
    paid_paise = serializers.IntegerField(help_text="by UPI, card or bank")
    from_wallet_paise = serializers.IntegerField()
    refunded_paise = serializers.IntegerField(
        help_text="to where it came from, by us or by the bank; below zero if it could not be sent"
    )
    to_wallet_paise = serializers.IntegerField()


class PaidMonthOutput(PaidOutput):
    month = serializers.CharField()


class PaidLineOutput(PaidOutput):
    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=statements.PaidKind.choices)
    order = serializers.SerializerMethodField()
    what = serializers.CharField()

    def get_order(self, line: statements.paid.Line) -> UUID | None:
        """Null for what belongs to no order, as a gift."""
        return UUID(line.order_id) if line.order_id else None


class PaymentsStatementOutput(serializers.Serializer):
    period = serializers.CharField()
    opening_paise = serializers.IntegerField(
        help_text="in the wallet before the period, held or not, less what was owed"
    )
    months = PaidMonthOutput(many=True)
    total = PaidOutput()
    closing_paise = serializers.IntegerField(
        help_text="opening + to the wallet - from the wallet of `total`"
    )
    lines = PaidLineOutput(many=True, help_text="newest first")


class LinePages(KeysetPagination):
    """By the moment of the line."""

    ordering = ("-at", "-id")
    position_type: ClassVar[Callable[[str], object]] = datetime.fromisoformat


class InvoicesView(APIView):
    permission_classes = [SignedIn]
    pagination_class = KeysetPagination

    @extend_schema(responses=InvoiceOutput(many=True), operation_id="invoices_list")
    def get(self, request: Request) -> Response:
        """Invoices, credit notes and receipts, newest first."""
        mine = Invoice.objects.filter(recipient=me(request)).select_related("corrects")
        pages = self.pagination_class()
        page = pages.paginate_queryset(mine, request, view=self)
        return pages.get_paginated_response(InvoiceOutput(page, many=True).data)


class InvoicePdfView(APIView):
    permission_classes = [SignedIn]

    @extend_schema(responses=PDF, operation_id="invoices_pdf")
    def get(self, request: Request, invoice_id: str) -> HttpResponse:
        """The document itself."""
        mine = Invoice.objects.filter(recipient=me(request)).select_related("corrects")
        invoice = get_object_or_404(mine, pk=invoice_id)
        return HttpResponse(papers.invoice_pdf(invoice), content_type="application/pdf")


class EarningsStatementView(APIView):
    permission_classes = [IsTutor]

    @extend_schema(
        parameters=PERIOD, responses={200: EarningsStatementOutput, 422: RefusalResponse}
    )
    def get(self, request: Request) -> Response:
        """What the tutor earned, by month."""
        period = asked(request)
        summary = statements.earned.summary(me(request), period)
        body = {
            "period": period.code,
            "opening_paise": summary.opening_paise,
            "months": summary.months,
            "total": summary.total,
            "closing_paise": summary.closing_paise,
        }
        return Response(EarningsStatementOutput(body).data)


class EarningsLinesView(APIView):
    permission_classes = [IsTutor]
    pagination_class = LinePages

    @extend_schema(
        parameters=PERIOD,
        responses=EarnedLineOutput(many=True),
        operation_id="statements_earnings_lines_list",
    )
    def get(self, request: Request) -> Response:
        """Classes, what was taken back, penalties and payouts, newest first."""
        lines = statements.earned.lines(me(request), asked(request))
        pages = self.pagination_class()
        page = pages.paginate_queryset(lines, request, view=self)
        return pages.get_paginated_response(EarnedLineOutput(page, many=True).data)


class EarningsCsvView(APIView):
    permission_classes = [IsTutor]

    @extend_schema(parameters=PERIOD, responses={**CSV, 422: RefusalResponse})
    def get(self, request: Request) -> StreamingHttpResponse:
        """The lines as a spreadsheet."""
        rows = statements.earned.csv(me(request), asked(request))
        return StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")


class EarningsPdfView(APIView):
    permission_classes = [IsTutor]

    @extend_schema(parameters=PERIOD, responses={**PDF, 422: RefusalResponse})
    def get(self, request: Request) -> HttpResponse:
        """Months and lines as a document."""
        body = papers.earnings_pdf(me(request), asked(request))
        return HttpResponse(body, content_type="application/pdf")


class PaymentsStatementView(APIView):
    permission_classes = [SignedIn]

    @extend_schema(
        parameters=PERIOD, responses={200: PaymentsStatementOutput, 422: RefusalResponse}
    )
    def get(self, request: Request) -> Response:
        """What was paid and what came back."""
        period = asked(request)
        lines = statements.paid.lines(me(request), period)
        summary = statements.paid.summary(me(request), period, lines)
        body = {
            "period": period.code,
            "opening_paise": summary.opening_paise,
            "months": [_month(month, sums) for month, sums in summary.months.items()],
            "total": summary.total,
            "closing_paise": summary.closing_paise,
            "lines": lines,
        }
        return Response(PaymentsStatementOutput(body).data)


class PaymentsCsvView(APIView):
    permission_classes = [SignedIn]

    @extend_schema(parameters=PERIOD, responses={**CSV, 422: RefusalResponse})
    def get(self, request: Request) -> StreamingHttpResponse:
        """The lines as a spreadsheet."""
        rows = statements.paid.csv(me(request), asked(request))
        return StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")


class PaymentsPdfView(APIView):
    permission_classes = [SignedIn]

    @extend_schema(parameters=PERIOD, responses={**PDF, 422: RefusalResponse})
    def get(self, request: Request) -> HttpResponse:
        """Months and lines as a document."""
        body = papers.payments_pdf(me(request), asked(request))
        return HttpResponse(body, content_type="application/pdf")


def asked(request: Request) -> statements.Period:
    query = request.query_params
    return statements.asked(year=query.get("year", ""), month=query.get("month", ""))


def _month(month: Any, sums: statements.paid.Sums) -> dict[str, Any]:
    return {"month": f"{month:%Y-%m}", **vars(sums)}
