"""What families and others have reported about tutors, and what moderators found."""

from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.db.models import Case, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutors.admin.base import CasePages
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
class TutorReportAdmin(CasePages):
    takes_form = True
    list_display = ["reported_at", "tutor", "reason", "status", "decided_by", "decided_at"]
    list_filter = ["status", "reason"]
    list_select_related = ["tutor", "decided_by"]
    search_fields = ["tutor__slug", "=tutor__id"]
    ordering = [
        Case(When(status=TutorReport.Status.OPEN, then=Value(0)), default=Value(1)),
        "reported_at",
    ]

    def show(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """The report and, while it is open, the form for a verdict."""
        reported = TutorReport.objects.select_related("tutor__user", "decided_by")
        found = get_object_or_404(reported, pk=pk)
        form = VerdictForm(request.POST or None)
        if self.done(form, reports.decide, found, by=request.user):
            messages.success(request, _("The verdict is kept."))
            return redirect("admin:tutors_tutorreport_changelist")
        status = 422 if form.is_bound else 200
        title = str(found.tutor.name)
        return self.page(request, "report.html", title, status=status, report=found, form=form)
