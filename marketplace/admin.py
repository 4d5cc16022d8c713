from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from accounts.admin import ReasonForm
from accounts.models import User
from accounts.policies import has_every_right
from marketplace import queries
from marketplace.forms import ContestForm
from marketplace.models import Enquiry, Lead, Review, SessionEvent, TutoringSession
from marketplace.policies import check_can_judge, check_can_moderate
from marketplace.services import chargebacks, leads, reviews
from payments.admin.base import FinanceAdmin, me, rupees, sees_money
from payments.models import EvidenceFile, GatewayDispute
from payments.policies import check_is_finance
from payments.queries.reasons import sentence
from payments.services import disputes, evidence
from tutorhub.core.errors import DomainError
from tutorhub.core.readonly import ReadOnlyAdmin
from tutorhub.core.rules import allows


class HelpAdmin(ReadOnlyAdmin):
    """To look at, for staff who help; what happens, happens through the services.

    Which child it is about is said by its number: names of children are for their tutors.
    """

    ordering = ["-pk"]

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> list[str]:
        hidden = list(self.exclude or [])
        return hidden if has_every_right(me(request)) else [*hidden, "learner"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [] if has_every_right(me(request)) else ["child"]

    @admin.display(description="child")
    def child(self, row: Any) -> str:
        return str(row.learner_id)


MONEY_OF_A_CLASS = ("rate_paise", "price_paise", "commission_bps", "policy", "order_id")


def hidden_of_classes(request: HttpRequest) -> tuple[str, ...]:
    """Finance sees the money of a class and not what was written; others the other way round."""
    if has_every_right(me(request)):
        return ()
    return ("message",) if sees_money(request) else MONEY_OF_A_CLASS


class EventInline(admin.TabularInline):
    model = SessionEvent
    fields = ("at", "kind", "by", "data")
    readonly_fields = ("at", "kind", "by", "data")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Enquiry)
class EnquiryAdmin(HelpAdmin):
    list_display = ["id", "subject", "grade", "board", "place", "mode", "status", "created_at"]
    list_select_related = ["subject", "board", "place"]
    list_filter = ["status", "mode"]
    search_fields = ["id", "=learner__family__user__phone"]


@admin.register(Lead)
class LeadAdmin(ReadOnlyAdmin):
    ordering = ["-pk"]
    list_display = ["id", "enquiry", "tutor", "status", "score", "created_at", "answered_at"]
    list_select_related = ["enquiry", "tutor"]
    list_filter = ["status"]
    search_fields = ["id", "enquiry__id", "tutor__slug", "=tutor__user__phone"]
    actions = ["dead_number"]

    def has_judge_permission(self, request: HttpRequest) -> bool:
        """Whether the menu of actions offers to give credits back."""
        return allows(check_can_judge, request.user)

    @admin.action(
        description="The family's number is dead: give the credit back", permissions=["judge"]
    )
    def dead_number(self, request: HttpRequest, queryset: QuerySet[Lead]) -> None:
        self.each(
            request,
            queryset,
            lambda lead: leads.report_dead_number(lead, by=request.user),
            "credit given back",
        )


@admin.register(TutoringSession)
class SessionAdmin(HelpAdmin):
    list_display = ["id", "subject", "tutor", "status", "start_at", "mode", "price_paise"]
    list_select_related = ["subject", "tutor"]
    list_filter = ["status", "mode"]
    date_hierarchy = "start_at"
    search_fields = ["id", "order_id", "tutor__slug", "=learner__family__user__phone"]
    exclude = ["start_code", "end_code"]
    inlines = [EventInline]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        hidden = hidden_of_classes(request)
        return [name for name in self.list_display if name not in hidden]

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*super().get_exclude(request, obj), *hidden_of_classes(request)]


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin):
    ordering = ["-pk"]
    list_display = ["tutor", "side", "stars", "text", "written_at", "published_at", "taken_down_at"]
    list_select_related = ["tutor"]
    list_filter = ["side", "stars", ("taken_down_at", admin.EmptyFieldListFilter)]
    search_fields = ["=id", "=session__id", "=tutor__slug"]
    show_full_result_count = False
    action_form = ReasonForm
    actions = ["take_down", "put_back"]

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return allows(check_can_moderate, request.user)

    @admin.action(description="Take down (give a reason)", permissions=["moderate"])
    def take_down(self, request: HttpRequest, queryset: QuerySet[Review]) -> None:
        self._decide(request, queryset, reviews.take_down, "is taken down")

    @admin.action(description="Show again (give a reason)", permissions=["moderate"])
    def put_back(self, request: HttpRequest, queryset: QuerySet[Review]) -> None:
        self._decide(request, queryset, reviews.put_back, "is shown again")

    def _decide(
        self, request: HttpRequest, queryset: QuerySet[Review], decide: Any, did: str
    ) -> None:
        said = {"by": request.user, "reason": request.POST.get("reason", "")}
        self.each(request, queryset, lambda review: decide(review, **said), did)


@admin.register(GatewayDispute)
class ChargebackAdmin(FinanceAdmin):
    """What payers' banks dispute, those to be answered soonest first, with the facts we have."""

    list_display = [
        *("razorpay_dispute_id", "status", "respond_by", "answer", "amount", "deducted", "loss"),
        *("phase", "reason_code", "what", "opened_at", "note"),
    ]
    list_select_related = ["payment__order"]
    list_filter = ["status", "answer", "phase", "opened_at"]
    after_code = ("accept",)
    ordering = [F("closed_at").desc(nulls_first=True), "respond_by"]
    search_fields = [
        "=razorpay_dispute_id",
        "=payment__razorpay_payment_id",
        "=payment__order__purpose_id",
        "=payment__order__payer__phone",
    ]
    readonly_fields = ["reason", "facts", "answer_it"]
    actions = ["contest", "accept"]
    amount = rupees("amount_paise", "disputed")
    deducted = rupees("deducted_paise", "deducted")
    loss = rupees("loss_paise", "our loss")

    @admin.display(description="for")
    def what(self, dispute: GatewayDispute) -> str:
        return dispute.payment.order.description

    @admin.display(description="why, says the bank")
    def reason(self, dispute: GatewayDispute) -> str:
        return sentence(dispute.reason_code)

    @admin.display(description="our answer")
    def answer_it(self, dispute: GatewayDispute) -> SafeString | str:
        if dispute.status != GatewayDispute.Status.OPEN or dispute.answer:
            return dispute.get_answer_display()
        url = reverse("admin:payments_gatewaydispute_contest", args=[dispute.pk])
        return format_html('<a class="button" href="{}">Contest with evidence</a>', url)

    @admin.display(description="facts of the class")
    def facts(self, dispute: GatewayDispute) -> SafeString | str:
        lines = queries.facts_for_bank(dispute.payment.order)
        if not lines:
            return "-"
        return format_html(
            "<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((line,) for line in lines))
        )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path(
                "<uuid:pk>/contest/",
                view(self.contest_view),
                name="payments_gatewaydispute_contest",
            ),
            path(
                "evidence/<uuid:pk>/open/",
                view(require_POST(self.open_view)),
                name="payments_evidencefile_open",
            ),
            *super().get_urls(),
        ]

    @admin.action(description="Contest (asks for words and evidence)")
    def contest(
        self, request: HttpRequest, queryset: QuerySet[GatewayDispute]
    ) -> HttpResponse | None:
        chosen = list(queryset[:2])
        if len(chosen) == 1:
            return redirect("admin:payments_gatewaydispute_contest", chosen[0].pk)
        self.message_user(request, "Contest one at a time.", messages.ERROR)
        return None

    def contest_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Asks what the bank is to know, and which evidence goes with it."""
        check_is_finance(me(request))
        disputes_ = GatewayDispute.objects.select_related("payment__order")
        dispute = get_object_or_404(disputes_, pk=pk)
        form = ContestForm(request.POST or None, dispute=dispute)
        if form.is_valid() and self._contested(form, dispute, me(request)):
            self.message_user(request, f"{dispute}: is being contested.", messages.SUCCESS)
            return redirect("admin:payments_gatewaydispute_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": f"Contest {dispute}",
            "opts": self.opts,
            "form": form,
            "dispute": dispute,
            "reason": sentence(dispute.reason_code),
            "facts": queries.facts_for_bank(dispute.payment.order),
            "files": dispute.evidence.from_tutors().order_by("pk"),
        }
        status = 422 if form.is_bound else 200
        return TemplateResponse(request, "admin/marketplace/contest.html", context, status=status)

    def open_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Downloads a tutor's file by a link that dies within a minute; the look is audited."""
        check_is_finance(me(request))
        file = get_object_or_404(EvidenceFile.objects.received(), pk=pk)
        response = redirect(evidence.open_file(file, by=me(request)))
        response.status_code = 303
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        return response

    def _contested(self, form: ContestForm, dispute: GatewayDispute, by: User) -> bool:
        """Whether the service agreed; its objection goes on the form."""
        try:
            chargebacks.contest(dispute, by=by, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
            return False
        return True

    @admin.action(description="Accept: the payer gets the money")
    def accept(self, request: HttpRequest, queryset: QuerySet[GatewayDispute]) -> None:
        self.each(
            request,
            queryset,
            lambda dispute: disputes.accept(dispute, by=me(request)),
            "is being accepted",
        )
