from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from marketplace import queries
from marketplace.models import Enquiry, Lead, Review, SessionEvent, TutoringSession
from marketplace.policies import check_can_judge
from marketplace.services import leads
from payments.admin.base import FinanceAdmin, me, rupees
from payments.models import GatewayDispute
from payments.services import disputes
from tutorhub.core.errors import DomainError
from tutorhub.core.rules import allows


class ReadOnlyAdmin(admin.ModelAdmin):
    """To look at, for staff who help; what happens, happens through the services."""

    ordering = ["-pk"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class EventInline(admin.TabularInline):
    model = SessionEvent
    fields = ("at", "kind", "by", "data")
    readonly_fields = ("at", "kind", "by", "data")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Enquiry)
class EnquiryAdmin(ReadOnlyAdmin):
    list_display = ["id", "subject", "grade", "board", "place", "mode", "status", "created_at"]
    list_select_related = ["subject", "board", "place"]
    list_filter = ["status", "mode"]
    search_fields = ["id", "learner__family__user__phone"]


@admin.register(Lead)
class LeadAdmin(ReadOnlyAdmin):
    list_display = ["id", "enquiry", "tutor", "status", "score", "created_at", "answered_at"]
    list_select_related = ["enquiry", "tutor"]
    list_filter = ["status"]
    search_fields = ["id", "enquiry__id", "tutor__slug", "tutor__user__phone"]
    actions = ["dead_number"]

    def has_judge_permission(self, request: HttpRequest) -> bool:
        """Whether the menu of actions offers to give credits back."""
        return allows(check_can_judge, request.user)

    @admin.action(
        description="The family's number is dead: give the credit back", permissions=["judge"]
    )
    def dead_number(self, request: HttpRequest, queryset: QuerySet[Lead]) -> None:
        for lead in queryset:
            try:
                leads.report_dead_number(lead, by=request.user)
            except DomainError as error:
                self.message_user(request, f"{lead}: {error}", messages.ERROR)
            else:
                self.message_user(request, f"{lead}: credit given back.", messages.SUCCESS)


@admin.register(TutoringSession)
class SessionAdmin(ReadOnlyAdmin):
    list_display = ["id", "subject", "tutor", "status", "start_at", "mode", "price_paise"]
    list_select_related = ["subject", "tutor"]
    list_filter = ["status", "mode"]
    date_hierarchy = "start_at"
    search_fields = ["id", "order_id", "tutor__slug", "learner__family__user__phone"]
    exclude = ["start_code", "end_code"]
    inlines = [EventInline]


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin):
    list_display = ["id", "tutor", "side", "stars", "written_at", "published_at"]
    list_select_related = ["tutor"]
    list_filter = ["side", "stars"]
    search_fields = ["id", "session__id", "tutor__slug"]


class AnswerForm(ActionForm):
    words = forms.CharField(
        required=False,
        label="What the bank is to know (to contest; the facts of the class are added)",
        max_length=400,
    )


@admin.register(GatewayDispute)
class ChargebackAdmin(FinanceAdmin):
    """What payers' banks dispute, those to be answered soonest first, with the facts we have."""

    list_display = [
        *("razorpay_dispute_id", "status", "respond_by", "answer", "amount", "deducted", "loss"),
        *("phase", "reason_code", "what", "opened_at", "note"),
    ]
    list_select_related = ["payment__order"]
    list_filter = ["status", "answer", "phase", "opened_at"]
    ordering = [F("closed_at").desc(nulls_first=True), "respond_by"]
    search_fields = [
        "=razorpay_dispute_id",
        "=payment__razorpay_payment_id",
        "=payment__order__purpose_id",
        "=payment__order__payer__phone",
    ]
    readonly_fields = ["facts"]
    action_form = AnswerForm
    actions = ["contest", "accept"]
    amount = rupees("amount_paise", "disputed")
    deducted = rupees("deducted_paise", "deducted")
    loss = rupees("loss_paise", "our loss")

    @admin.display(description="for")
    def what(self, dispute: GatewayDispute) -> str:
        return dispute.payment.order.description

    @admin.display(description="facts of the class")
    def facts(self, dispute: GatewayDispute) -> SafeString | str:
        lines = queries.facts_for_bank(dispute.payment.order)
        if not lines:
            return "-"
        return format_html(
            "<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((line,) for line in lines))
        )

    @admin.action(description="Contest (say why)")
    def contest(self, request: HttpRequest, queryset: QuerySet[GatewayDispute]) -> None:
        words = request.POST.get("words", "").strip()

        def answer(dispute: GatewayDispute) -> GatewayDispute:
            facts = queries.facts_for_bank(dispute.payment.order) if words else []
            summary = "\n".join([words, *facts])
            return disputes.contest(dispute, summary=summary, by=me(request))

        self.each(request, queryset, answer, "is being contested")

    @admin.action(description="Accept: the payer gets the money")
    def accept(self, request: HttpRequest, queryset: QuerySet[GatewayDispute]) -> None:
        self.each(
            request,
            queryset,
            lambda dispute: disputes.accept(dispute, by=me(request)),
            "is being accepted",
        )
