from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from students.models import Learner


@admin.register(Learner)
class LearnerAdmin(admin.ModelAdmin):
    """To look things up for a family that asks; families change their own."""

    list_display = ["id", "grade", "board", "place", "has_live_consent", "created_at"]
    list_select_related = ["board", "place"]
    list_filter = ["grade", "mode"]
    search_fields = ["id", "family__members__user__phone", "guardian__phone"]
    ordering = ["-pk"]

    @admin.display(boolean=True)
    def has_live_consent(self, learner: Learner) -> bool:
        return learner.has_live_consent

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
