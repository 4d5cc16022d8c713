"""What was promised for later, and who did what: for staff to look at."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)

from tutorhub.core import outbox
from tutorhub.core.models import AuditEvent, OutboxRow
from tutorhub.core.readonly import ReadOnlyAdmin

# The timetable of the jobs stands in the settings; what is started by hand leaves no trace.
admin.site.unregister(
    [ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, SolarSchedule]
)


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("dead", gettext_lazy("given up")),
            ("open", gettext_lazy("waiting")),
            ("done", gettext_lazy("done")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[OutboxRow]) -> QuerySet[OutboxRow]:
        if self.value() == "dead":
            return queryset.filter(dead_at__isnull=False)
        if self.value() == "open":
            return queryset.filter(dead_at__isnull=True, done_at__isnull=True)
        if self.value() == "done":
            return queryset.filter(done_at__isnull=False)
        return queryset


@admin.register(OutboxRow)
class OutboxRowAdmin(ReadOnlyAdmin):
    """A row that was given up can be tried again, once its cause is mended."""

    list_display = ["handler", "created_at", "due_at", "tries", "starts"]
    list_display += ["done_at", "dead_at", "last_error"]
    list_filter = [StateFilter, "handler"]
    search_fields = ["=id", "handler", "key"]
    ordering = ["-created_at"]
    show_full_result_count = False
    actions = ["revive"]

    @admin.action(description=gettext_lazy("Try again"), permissions=["revive"])
    def revive(self, request: HttpRequest, queryset: QuerySet[OutboxRow]) -> None:
        count = outbox.revive(list(queryset.values_list("pk", flat=True)), by=request.user)
        messages.success(request, _("%(count)s will be tried again.") % {"count": count})

    def has_revive_permission(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_superuser", False))


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "action", "actor_role", "actor_id", "object_type", "object_id"]
    list_filter = ["action", "actor_role"]
    search_fields = ["=object_id", "=actor_id"]
    ordering = ["-at"]
    show_full_result_count = False
