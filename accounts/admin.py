"""Accounts in the back office: read, suspend, restore. Nothing is edited by hand."""

from collections.abc import Callable

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import AppSession, Consent, ConsentNotice, LoginAttempt, SmsBudgetDay, User
from accounts.services import proofs, users
from tutorhub.core.errors import DomainError
from tutorhub.core.readonly import ReadOnlyAdmin

# Who may see the seeds could sign in as anybody: devices are made by `manage.py setup_staff`.
admin.site.unregister(TOTPDevice)
# What a group may do stands in `accounts.services.staff`; nobody gives himself more by hand.
admin.site.unregister(Group)


class ReasonForm(ActionForm):
    reason = forms.CharField(required=False, label="Reason", max_length=200)


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ["name", "role", "phone", "email", "is_active", "joined_at"]
    list_filter = ["role", "is_active", "joined_at"]
    search_fields = ["name", "phone", "email", "=id"]
    ordering = ["-joined_at"]
    show_full_result_count = False
    fields = [
        "id", "name", "role", "phone", "email", "language", "is_active", "joined_at", "last_login",
        "groups", "is_superuser",
    ]  # fmt: skip
    action_form = ReasonForm
    actions = ["suspend", "restore", "vouch"]

    def has_suspend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.suspend_user")

    @admin.action(description="Suspend (give a reason)", permissions=["suspend"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._decide(request, queryset, users.suspend, "suspended")

    @admin.action(description="Restore (give a reason)", permissions=["suspend"])
    def restore(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._decide(request, queryset, users.restore, "restored")

    @admin.action(description="Open to new devices: it is really them", permissions=["suspend"])
    def vouch(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """For somebody who has proved to us that a long silent account is theirs."""
        opened = sum(proofs.vouch(user, by=request.user) for user in queryset)
        self.message_user(request, f"{opened} devices opened.", messages.SUCCESS)

    def _decide(
        self, request: HttpRequest, queryset: QuerySet[User], decide: Callable[..., User], did: str
    ) -> None:
        reason = request.POST.get("reason", "")
        for user in queryset:
            try:
                decide(user, by=request.user, reason=reason)
            except DomainError as error:
                self.message_user(request, f"{user}: {error}", messages.ERROR)
            else:
                self.message_user(request, f"{user}: {did}.", messages.SUCCESS)


@admin.register(LoginAttempt)
class LoginAttemptAdmin(ReadOnlyAdmin):
    list_display = ["at", "kind", "phone", "email", "ip", "is_success", "reason", "user_agent"]
    list_filter = ["kind", "is_success", "reason", "at"]
    search_fields = ["phone", "email", "=ip"]
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
