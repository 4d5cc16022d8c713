"""What families and others have reported about tutors, and what moderators found."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutorhub.core.errors import DomainError
from tutorhub.core.readonly import ReadOnlyAdmin
from tutors.models import TutorReport
from tutors.services import reports


class VerdictForm(forms.Form):
    is_founded = forms.TypedChoiceField(
        label=gettext_lazy("What did you find?"),
        coerce=lambda value: value == "yes",
        choices=[
            ("yes", gettext_lazy("It is so, and something was done")),
            ("no", gettext_lazy("Nothing was found")),
        ],
        widget=forms.RadioSelect,
    )
    notes = forms.CharField(
        label=gettext_lazy("Notes for our staff"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 70}),
    )


@admin.register(TutorReport)
class TutorReportAdmin(ReadOnlyAdmin):
    list_display = ["reported_at", "tutor", "reason", "status", "decided_by", "decided_at"]
    list_filter = ["status", "reason"]
    list_select_related = ["tutor", "decided_by"]
    search_fields = ["tutor__slug", "=tutor__id"]
    ordering = [
        Case(When(status=TutorReport.Status.OPEN, then=Value(0)), default=Value(1)),
        "reported_at",
    ]
    show_full_result_count = False

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The report and, while it is open, the form for a verdict."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = get_object_or_404(
            TutorReport.objects.select_related("tutor__user", "decided_by"), pk=object_id
        )
        form = VerdictForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                reports.decide(found, by=request.user, **form.cleaned_data)
            except DomainError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("The verdict is kept."))
                return redirect("admin:tutors_tutorreport_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": str(found.tutor.name),
            "opts": self.opts,
            "report": found,
            "form": form,
        }
        status = 422 if form.is_bound else 200
        return TemplateResponse(request, "admin/tutors/report.html", context, status=status)
