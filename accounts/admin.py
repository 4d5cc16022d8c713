"""Accounts in the back office: read, suspend, restore. Nothing is edited by hand."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import sudo
from accounts.forms import BreakGlassForm
from accounts.models import (
    AppSession,
    BreakGlass,
    Consent,
    ConsentNotice,
    DataRequest,
    LoginAttempt,
    SmsBudgetDay,
    User,
)
from accounts.policies import check_is_superuser
from accounts.services import (
    break_glass,
    data_requests,
    factors,
    proofs,
    reveals,
    staff_codes,
    users,
)
from notifications.queries import masked
from tutorhub.core.errors import DomainError
from tutorhub.core.readonly import ReadOnlyAdmin

# Who may see the seeds could sign in as anybody: devices are made by `manage.py setup_staff`.
admin.site.unregister(TOTPDevice)
# What a group may do stands in `accounts.services.staff`; nobody gives himself more by hand.
admin.site.unregister(Group)


# Rights come from the code (`staff.allow`), and so does the schedule of the beat.
for model in (Group, *apps.get_app_config("django_celery_beat").get_models()):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


def masked_field(name: str) -> Callable[..., str]:
    """A column with the ends of a number or an address."""

    @admin.display(description=name)
    def show(self: Any, row: Any) -> str:
        value = getattr(row, name)
        return masked(value) if value else ""

    return show


class ReasonForm(ActionForm):
    reason = forms.CharField(required=False, label="Reason", max_length=200)


@admin.register(User)
class UserAdmin(sudo.AfterCode, ReadOnlyAdmin):
    list_display = ["name", "role", "masked_phone", "masked_email", "is_active", "joined_at"]
    list_filter = ["role", "is_active", "joined_at"]
    search_fields = ["name", "=phone", "=email", "=id"]
    ordering = ["-joined_at"]
    show_full_result_count = False
    fields = [
        "id", "name", "role", "masked_phone", "masked_email", "language", "is_active", "joined_at",
        "last_login", "groups", "is_superuser",
    ]  # fmt: skip
    action_form = ReasonForm
    actions = ["reveal", "suspend", "restore", "vouch", "forget_factors"]
    after_code = ("reveal", "suspend", "restore", "vouch", "forget_factors")
    masked_phone = masked_field("phone")
    masked_email = masked_field("email")

    def has_reveal_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.reveal_user")

    @admin.action(description="Show number and e-mail (give a reason)", permissions=["reveal"])
    def reveal(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Of one person at a time, so that a reason is about somebody."""
        if queryset.count() != 1:
            self.message_user(request, "One at a time, please.", messages.ERROR)
            return
        user = queryset.get()
        try:
            contact = reveals.reveal(user, by=request.user, reason=request.POST.get("reason", ""))
        except DomainError as error:
            self.message_user(request, f"{user}: {error}", messages.ERROR)
        else:
            said = " ".join(filter(None, (contact.phone, contact.email))) or "nothing on file"
            self.message_user(request, f"{user}: {said}", messages.SUCCESS)

    def has_suspend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.suspend_user")

    @admin.action(description="Suspend (give a reason)", permissions=["suspend"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._decide(request, queryset, users.suspend, "suspended")

    @admin.action(description="Restore (give a reason)", permissions=["suspend"])
    def restore(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._decide(request, queryset, users.restore, "restored")

    @admin.action(
        description="Open to new devices: it is really them (give a reason)",
        permissions=["suspend"],
    )
    def vouch(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """For somebody who has proved to us that a long silent account is theirs."""
        self._decide(request, queryset, proofs.vouch, lambda opened: f"{opened} devices opened")

    @admin.action(
        description="Forget the second factor: both are lost (give a reason)",
        permissions=["suspend"],
    )
    def forget_factors(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """For somebody who has lost passkeys and authenticator, and has shown us who they are."""
        self._decide(request, queryset, factors.forget, "without a second factor")

    def _decide(
        self,
        request: HttpRequest,
        queryset: QuerySet[User],
        decide: Callable[..., Any],
        did: str | Callable[[Any], str],
    ) -> None:
        said = {"by": request.user, "reason": request.POST.get("reason", "")}
        self.each(request, queryset, lambda user: decide(user, **said), did)


@admin.register(LoginAttempt)
class LoginAttemptAdmin(ReadOnlyAdmin):
    list_display = [
        *("at", "kind", "masked_phone", "masked_email", "ip", "is_success", "reason", "user_agent"),
    ]
    exclude = ["phone", "email"]
    readonly_fields = ["masked_phone", "masked_email"]
    masked_phone = masked_field("phone")
    masked_email = masked_field("email")
    list_filter = ["kind", "is_success", "reason", "at"]
    search_fields = ["=phone", "=email", "=ip"]
    list_select_related = False
    ordering = ["-at"]
    show_full_result_count = False


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    list_display = ["given_at", "purpose", "notice", "method", "withdrawn_at"]
    list_filter = ["purpose", "notice", "method"]
    list_select_related = ["notice"]
    search_fields = ["=subject_id"]
    ordering = ["-given_at"]
    exclude = ["guardian_phone"]
    readonly_fields = ["masked_phone"]
    masked_phone = masked_field("guardian_phone")


class AnswerForm(ActionForm):
    answer = forms.CharField(required=False, label="Answer", max_length=1000)


@admin.register(DataRequest)
class DataRequestAdmin(ReadOnlyAdmin):
    """What people ask about their data. Corrections and complaints are answered from the list."""

    list_display = ["asked_at", "kind", "status", "due_at", "words", "answer", "closed_by"]
    list_filter = ["status", "kind"]
    list_select_related = ["closed_by"]
    ordering = ["status", "due_at"]
    fields = ["kind", "status", "words", "answer", "asked_at", "due_at", "closed_at", "closed_by"]
    action_form = AnswerForm
    actions = ["answer_them", "refuse_them"]

    def has_answer_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.answer_datarequest")

    @admin.action(description="Done (say what)", permissions=["answer"])
    def answer_them(self, request: HttpRequest, queryset: QuerySet[DataRequest]) -> None:
        self._close(request, queryset, is_refused=False)

    @admin.action(description="Refuse (say why)", permissions=["answer"])
    def refuse_them(self, request: HttpRequest, queryset: QuerySet[DataRequest]) -> None:
        self._close(request, queryset, is_refused=True)

    def _close(
        self, request: HttpRequest, queryset: QuerySet[DataRequest], *, is_refused: bool
    ) -> None:
        said = {"answer": request.POST.get("answer", ""), "is_refused": is_refused}
        self.each(
            request,
            queryset,
            lambda asked: data_requests.close(asked, by=request.user, **said),
            "closed",
        )


@admin.register(ConsentNotice)
class ConsentNoticeAdmin(ReadOnlyAdmin):
    list_display = ["version", "language", "title", "is_material", "published_at"]
    ordering = ["-version", "language"]


@admin.register(SmsBudgetDay)
class SmsBudgetDayAdmin(ReadOnlyAdmin):
    list_display = ["day", "spent_paise", "sent"]
    ordering = ["-day"]


@admin.register(AppSession)
class AppSessionAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "user", "device", "network", "ended_at", "ended_by"]
    list_select_related = ["user"]
    search_fields = ["=user__phone"]
    ordering = ["-created_at"]
    show_full_result_count = False


@admin.register(BreakGlass)
class BreakGlassAdmin(ReadOnlyAdmin):
    """All that were asked for, to look at; and the page to ask, to agree and to end."""

    list_display = [
        *("asked_at", "asked_by", "reason", "agreed_by", "is_by_operator"),
        *("agreed_at", "ends_at", "ended_at", "ended_by"),
    ]
    list_select_related = ["asked_by", "agreed_by", "ended_by"]
    ordering = ["-asked_at"]

    def get_urls(self) -> list[URLPattern]:
        return [
            self._page("now/", self.now_view, "now"),
            self._page("ask/", require_POST(sudo.required(self.ask_view)), "ask"),
            self._page("<uuid:pk>/agree/", require_POST(sudo.required(self.agree_view)), "agree"),
            self._page("<uuid:pk>/end/", require_POST(self.end_view), "end"),
            *super().get_urls(),
        ]

    def _page(self, route: str, view: Any, name: str) -> URLPattern:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            check_is_superuser(request.user)
            return view(request, *args, **kwargs)

        view_of_site = never_cache(self.admin_site.admin_view(checked))
        return path(route, view_of_site, name=f"accounts_breakglass_{name}")

    def now_view(self, request: HttpRequest) -> HttpResponse:
        return self._show(request, BreakGlassForm())

    def ask_view(self, request: HttpRequest) -> HttpResponse:
        form = BreakGlassForm(request.POST)
        if not form.is_valid():
            return self._show(request, form, status=422)
        return self._do(request, break_glass.ask, request.user, **form.cleaned_data)

    def agree_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        glass = get_object_or_404(BreakGlass, pk=pk)
        return self._do(request, break_glass.agree, glass, by=request.user)

    def end_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Without a fresh code: whoever wants to stop it is not held up."""
        glass = get_object_or_404(BreakGlass, pk=pk)
        return self._do(request, break_glass.end, glass, by=request.user)

    def _do(
        self, request: HttpRequest, act: Callable[..., BreakGlass], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        try:
            act(*args, **kwargs)
        except DomainError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, _("Done. Every superuser gets a mail."), messages.SUCCESS)
        return redirect("admin:accounts_breakglass_now")

    def _show(
        self, request: HttpRequest, form: BreakGlassForm, *, status: int = 200
    ) -> HttpResponse:
        rows = BreakGlass.objects.select_related("asked_by", "agreed_by").order_by("asked_at")
        is_open, is_waiting = list(rows.open()), list(rows.waiting())
        context = {
            **self.admin_site.each_context(request),
            "title": _("Break-glass"),
            "form": form,
            "open": is_open,
            "waiting": is_waiting,
            "has_own": any(row.asked_by == request.user for row in (*is_open, *is_waiting)),
            "is_fresh": staff_codes.is_fresh(request.session),
            "minutes": settings.BREAK_GLASS_LIFE // timedelta(minutes=1),
        }
        return TemplateResponse(request, "admin/breakglass.html", context, status=status)
