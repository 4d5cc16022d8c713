"""A family's wallet and its payments."""

from typing import cast
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsFamily, SignedIn
from accounts.models import User
from payments import queries
from payments.api.family_serializers import (
    FamilyWalletInput,
    FamilyWalletOutput,
    PaymentDetailOutput,
    PaymentOutput,
    RefundOutput,
    WalletEntryOutput,
    WalletTopupInput,
)
from payments.api.serializers import CheckoutOutput
from payments.models import PaymentOrder, Refund
from payments.queries.payments import payment_page, payments_of, refund_view
from payments.queries.wallets import wallet_page
from payments.services import orders, refund_decisions, wallets
from tutorhub.core import idempotency
from tutorhub.core.error_schemas import RefusalResponse, UnavailableResponse
from tutorhub.core.pagination import KeysetPagination


class FamilyWalletView(APIView):
    permission_classes = [IsFamily]

    @extend_schema(responses=FamilyWalletOutput)
    def get(self, request: Request) -> Response:
        """What is in the family's wallet, and what may be added."""
        return Response(FamilyWalletOutput(wallet_page(_me(request))).data)

    @extend_schema(request=FamilyWalletInput, responses=FamilyWalletOutput)
    def patch(self, request: Request) -> Response:
        """Say where refunds of classes go from now on."""
        body = FamilyWalletInput(data=request.data)
        body.is_valid(raise_exception=True)
        user = _me(request)
        wallets.choose_refunds(user, is_to_wallet=body.validated_data["refunds_to_wallet"], by=user)
        return Response(FamilyWalletOutput(wallet_page(user)).data)


class FamilyWalletEntriesView(APIView):
    permission_classes = [IsFamily]
    pagination_class = KeysetPagination

    @extend_schema(
        responses=WalletEntryOutput(many=True),
        operation_id="students_wallet_entries_list",
        parameters=[OpenApiParameter("cursor", str, description="From `next` of the page before.")],
    )
    def get(self, request: Request) -> Response:
        """What happened to the wallet, newest first."""
        page = wallet_page(_me(request), before=_cursor(request))
        base = request.build_absolute_uri(request.path)
        return Response(
            {
                "next": f"{base}?cursor={page.next_before}" if page.next_before else None,
                "previous": None,
                "results": WalletEntryOutput(page.rows, many=True).data,
            }
        )


class FamilyWalletTopupView(APIView):
    permission_classes = [IsFamily]

    @idempotency.api(in_transaction=False)
    @extend_schema(
        request=WalletTopupInput,
        responses={
            200: CheckoutOutput,
            409: RefusalResponse,
            422: RefusalResponse,
            503: UnavailableResponse,
        },
    )
    def post(self, request: Request) -> Response:
        """Start adding money to the wallet; it is there once Razorpay has it."""
        body = WalletTopupInput(data=request.data)
        body.is_valid(raise_exception=True)
        order = orders.start_topup(by=_me(request), **body.validated_data)
        order = orders.open_at_gateway(order)
        return Response(CheckoutOutput(queries.checkout_of(order)).data)


class PaymentsView(APIView):
    permission_classes = [SignedIn]
    pagination_class = KeysetPagination

    @extend_schema(responses=PaymentOutput(many=True), operation_id="payments_list")
    def get(self, request: Request) -> Response:
        """Everything the caller paid or may still pay, newest first."""
        pages = self.pagination_class()
        page = pages.paginate_queryset(payments_of(_me(request)), request, view=self)
        return pages.get_paginated_response(PaymentOutput(page, many=True).data)


class PaymentView(APIView):
    permission_classes = [SignedIn]

    @extend_schema(responses=PaymentDetailOutput)
    def get(self, request: Request, pk: UUID) -> Response:
        """One payment: its attempts, its refunds, and where the money of each is now."""
        mine = PaymentOrder.objects.visible_to(_me(request)).select_related("payer")
        page = payment_page(get_object_or_404(mine, pk=pk))
        return Response(PaymentDetailOutput(page).data)


class RefundToWalletView(APIView):
    permission_classes = [IsFamily]

    @idempotency.api(in_transaction=True)
    @extend_schema(
        request=None, responses={200: RefundOutput, 409: RefusalResponse, 422: RefusalResponse}
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Take a refund that the bank did not take as wallet credit."""
        mine = Refund.objects.filter(payment__order__payer=_me(request))
        refund = refund_decisions.to_wallet(get_object_or_404(mine, pk=pk), by=_me(request))
        order = PaymentOrder.objects.select_related("payer").get(payments__refunds=refund)
        return Response(RefundOutput(refund_view(refund, order)).data)


def _me(request: Request) -> User:
    """The user whom the permission class has let through."""
    return cast(User, request.user)


def _cursor(request: Request) -> UUID | None:
    cursor = request.query_params.get("cursor")
    try:
        return UUID(cursor) if cursor else None
    except ValueError as error:
        raise ValidationError({"cursor": _("This is no place in the list.")}) from error
