from dataclasses import asdict
from typing import cast
from uuid import UUID

from django.db.models import Q
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import (
    IsTutor,
    SecondFactorForPayout,
    SettledForWithdrawal,
    SignedIn,
    check_second_factor,
    check_settled,
    check_strong_code,
)
from accounts.models import User
from payments import queries
from payments.api import serializers
from payments.models import CreditPack, PaymentOrder, Payout, PayoutMethod, TaxProfile
from payments.queries import chargebacks, debts
from payments.services import (
    captures,
    credits,
    earnings,
    orders,
    payout_methods,
    payouts,
    tax_profiles,
)
from tutorhub.core import idempotency
from tutorhub.core.error_schemas import RefusalResponse, UnavailableResponse
from tutorhub.core.pagination import KeysetPagination


class VerifyView(APIView):
    permission_classes = [SignedIn]

    @idempotency.api(in_transaction=False)
    @extend_schema(
        request=serializers.VerifyInput,
        responses={200: serializers.VerifyOutput, 409: RefusalResponse, 422: RefusalResponse},
    )
    def post(self, request: Request) -> Response:
        """Report what Checkout handed over; the answer is what Razorpay says to us."""
        body = serializers.VerifyInput(data=request.data)
        body.is_valid(raise_exception=True)
        named = body.validated_data
        get_object_or_404(
            PaymentOrder.objects.visible_to(me(request)),
            razorpay_order_id=named["razorpay_order_id"],
        )
        order = captures.verify_callback(**named, by=me(request))
        return Response(serializers.VerifyOutput(order).data)


class WalletView(APIView):
    permission_classes = [IsTutor]

    @extend_schema(responses=serializers.WalletOutput)
    def get(self, request: Request) -> Response:
        """The tutor's lead credits and the packs on sale."""
        wallet = {"credits": credits.balance(me(request)), "packs": credits.offers(me(request))}
        return Response(serializers.WalletOutput(wallet).data)


class TopupView(APIView):
    permission_classes = [IsTutor]

    @idempotency.api(in_transaction=False)
    @extend_schema(
        request=serializers.TopupInput,
        responses={
            200: serializers.CheckoutOutput,
            409: RefusalResponse,
            422: RefusalResponse,
            503: UnavailableResponse,
        },
    )
    def post(self, request: Request) -> Response:
        """Start buying a pack; the credits come with the money."""
        body = serializers.TopupInput(data=request.data)
        body.is_valid(raise_exception=True)
        pack = get_object_or_404(CreditPack.objects.on_sale(), _named(body.validated_data["pack"]))
        order = orders.open_at_gateway(credits.start_topup(pack=pack, by=me(request)))
        return Response(serializers.CheckoutOutput(queries.checkout_of(order)).data)


class EarningsView(APIView):
    permission_classes = [IsTutor]

    @extend_schema(responses=serializers.EarningsPageOutput)
    def get(self, request: Request) -> Response:
        """What the tutor has earned, where it is, and month by month."""
        page = {
            **asdict(earnings.summary(me(request))),
            "months": queries.earning_months(me(request)),
            "chargebacks": chargebacks.of_tutor(me(request)),
            "debts": debts.of_tutor(me(request)),
        }
        return Response(serializers.EarningsPageOutput(page).data)


class PayoutsView(APIView):
    permission_classes = [IsTutor, SettledForWithdrawal, SecondFactorForPayout]
    pagination_class = KeysetPagination

    @extend_schema(responses=serializers.PayoutOutput(many=True), operation_id="payouts_list")
    def get(self, request: Request) -> Response:
        """The tutor's payouts, newest first."""
        mine = Payout.objects.visible_to(me(request)).select_related("method")
        pages = self.pagination_class()
        page = pages.paginate_queryset(mine, request, view=self)
        return pages.get_paginated_response(serializers.PayoutOutput(page, many=True).data)

    @idempotency.api(in_transaction=True)
    @extend_schema(
        request=serializers.PayoutInput,
        responses={
            201: serializers.PayoutOutput,
            403: RefusalResponse,
            409: RefusalResponse,
            422: RefusalResponse,
        },
    )
    def post(self, request: Request) -> Response:
        """Ask for a payout of released earnings; takes a device not new.

        Where second factors are required for payouts it takes a step-up by passkey or authenticator
        app, too: 403 `second_factor_required` or `strong_step_up_required`.
        """
        body = serializers.PayoutInput(data=request.data)
        body.is_valid(raise_exception=True)
        amount = body.validated_data["amount_paise"]
        payout = payouts.request(tutor=me(request), amount_paise=amount, by=me(request))
        return Response(serializers.PayoutOutput(payout).data, status=status.HTTP_201_CREATED)


class PayoutView(APIView):
    permission_classes = [IsTutor]

    @extend_schema(responses=serializers.PayoutDetailOutput)
    def get(self, request: Request, pk: UUID) -> Response:
        """One payout, step by step."""
        mine = Payout.objects.visible_to(me(request)).select_related("method")
        payout = get_object_or_404(mine, pk=pk)
        answer = serializers.PayoutOutput(payout).data
        steps = serializers.StepOutput(queries.payout_steps(payout), many=True).data
        return Response({**answer, "timeline": steps})


class PayoutMethodView(APIView):
    permission_classes = [IsTutor]

    @extend_schema(responses=serializers.PayoutMethodOutput)
    def get(self, request: Request) -> Response:
        """Where the tutor is paid; 404 while nobody has said."""
        method = get_object_or_404(PayoutMethod.objects.current(), tutor=me(request))
        return Response(serializers.PayoutMethodOutput(method).data)

    @extend_schema(
        request=serializers.PayoutMethodInput,
        responses={
            200: serializers.PayoutMethodOutput,
            403: RefusalResponse,
            422: RefusalResponse,
        },
    )
    def put(self, request: Request) -> Response:
        """Set the bank account or UPI ID, and the PAN; takes a step-up and a device not new.

        Whoever has a passkey or an authenticator app steps up with it. Where second factors are
        required for payouts, nobody goes without one: 403 `second_factor_required`.
        """
        check_settled(request, "payout_account")
        check_second_factor(request)
        check_strong_code(request)
        body = serializers.PayoutMethodInput(data=request.data)
        body.is_valid(raise_exception=True)
        method = payout_methods.save(tutor=me(request), **body.validated_data)
        return Response(serializers.PayoutMethodOutput(method).data)

    @extend_schema(
        request=serializers.PayoutMethodChange,
        responses={200: serializers.PayoutMethodOutput, 422: RefusalResponse},
    )
    def patch(self, request: Request) -> Response:
        """Start or stop the payout of every week."""
        body = serializers.PayoutMethodChange(data=request.data)
        body.is_valid(raise_exception=True)
        method = payout_methods.set_weekly(tutor=me(request), **body.validated_data)
        return Response(serializers.PayoutMethodOutput(method).data)


class TaxProfileView(APIView):
    permission_classes = [IsTutor]

    @extend_schema(responses=serializers.TaxProfileOutput)
    def get(self, request: Request) -> Response:
        """Who the tutor is to the tax office; 404 while nobody has said."""
        profile = get_object_or_404(TaxProfile, user=me(request))
        return Response(serializers.TaxProfileOutput(profile).data)

    @extend_schema(
        request=serializers.TaxProfileInput,
        responses={200: serializers.TaxProfileOutput, 422: RefusalResponse},
    )
    def put(self, request: Request) -> Response:
        """Set name, address, state and GSTIN."""
        body = serializers.TaxProfileInput(data=request.data)
        body.is_valid(raise_exception=True)
        profile = tax_profiles.save(user=me(request), **body.validated_data)
        return Response(serializers.TaxProfileOutput(profile).data)


def me(request: Request) -> User:
    """The user whom the permission class has let through."""
    return cast(User, request.user)


def _named(pack: str) -> Q:
    """A pack by its code or its id."""
    try:
        return Q(pk=UUID(pack))
    except ValueError:
        return Q(code=pack)
