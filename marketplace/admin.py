from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from marketplace.models import Enquiry, Lead, Review, SessionEvent, TutoringSession


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
