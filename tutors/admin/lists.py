"""Lists to look things up, and the words for answers, which moderators keep themselves."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.models import User
from tutorhub.core.readonly import OwnPageAdmin, StaffAdmin
from tutors.admin.base import QuietAdmin
from tutors.models import AnswerTemplate, Badge, Decision, TutorPhoto
from tutors.services import answers


@admin.register(TutorPhoto)
class TutorPhotoAdmin(QuietAdmin, OwnPageAdmin):
    list_display = ["tutor", "status", "received_at", "reviewed_at", "reviewed_by"]
    list_filter = ["status"]
    list_select_related = ["tutor__user", "reviewed_by"]
    ordering = ["-pk"]

    def show(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """A photo is looked at beside the rest of its tutor."""
        photo = get_object_or_404(TutorPhoto, pk=pk)
        return redirect("admin:tutors_tutorprofile_change", photo.tutor_id)


@admin.register(Decision)
class DecisionAdmin(QuietAdmin):
    list_display = ["decided_at", "tutor", "verdict", "document", "decided_by", "notes"]
    list_filter = ["verdict"]
    list_select_related = ["tutor", "document", "decided_by"]
    search_fields = ["=tutor__slug", "=tutor__id"]
    ordering = ["-pk"]


@admin.register(Badge)
class BadgeAdmin(QuietAdmin):
    list_display = ["tutor", "claim", "checked_on", "valid_until"]
    list_filter = ["claim"]
    list_select_related = ["tutor"]
    ordering = [F("valid_until").asc(nulls_last=True), "pk"]


@admin.register(AnswerTemplate)
class AnswerTemplateAdmin(StaffAdmin):
    list_display = ["title", "use", "paper", "position", "is_offered"]
    list_filter = ["use"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One that is not wanted any more is not offered any more."""
        return False

    def save_model(
        self, request: HttpRequest, obj: AnswerTemplate, form: Any, change: bool
    ) -> None:
        answers.save(obj, by=cast(User, request.user))
