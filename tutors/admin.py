"""The moderators' desk: who waits, what they show, and the decisions. Services decide."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, F, Prefetch, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from tutorhub.core import clock, storage
from tutorhub.core.errors import DomainError
from tutorhub.core.readonly import ReadOnlyAdmin
from tutorhub.core.rules import allows
from tutors.models import (
    Badge,
    Decision,
    Offering,
    TutorDocument,
    TutorPhoto,
    TutorProfile,
    TutorReport,
)
from tutors.policies import check_can_verify
from tutors.services import documents, photos, reports, verification

Status = TutorProfile.Status
PAPER = TutorDocument.Status
WAITING_FIRST = Case(When(status=Status.PENDING, then=Value(0)), default=Value(1))

# What a moderator may do with a tutor or a paper in which state.
TUTOR_VERBS: dict[str, dict[str, Any]] = {
    Status.PENDING: {"approve": gettext_lazy("Approve"), "reject": gettext_lazy("Send back")},
    Status.APPROVED: {"suspend": gettext_lazy("Suspend")},
    Status.SUSPENDED: {"restore": gettext_lazy("Restore")},
}
PAPER_VERBS: dict[str, dict[str, Any]] = {
    PAPER.RECEIVED: {"verify": gettext_lazy("It is genuine"), "refuse": gettext_lazy("Refuse")},
    PAPER.VERIFIED: {"refuse": gettext_lazy("Refuse after all")},
    PAPER.REFUSED: {"verify": gettext_lazy("It is genuine after all")},
}


PHOTO_VERBS: dict[str, dict[str, Any]] = {
    TutorPhoto.Status.WAITING: {
        "show": gettext_lazy("Show this photo"),
        "refuse": gettext_lazy("Refuse this photo"),
    },
    TutorPhoto.Status.SHOWN: {"refuse": gettext_lazy("Take this photo down")},
    TutorPhoto.Status.REFUSED: {"show": gettext_lazy("Show this photo after all")},
}


class PhotoShowForm(forms.Form):
    """Nothing to say: the button is the decision."""


class DecisionForm(forms.Form):
    notes = forms.CharField(
        label=gettext_lazy("Reason or notes"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 70}),
        help_text=gettext_lazy("Needed for everything but a yes. The tutor reads it."),
    )


class PaperForm(DecisionForm):
    valid_until = forms.DateField(
        label=gettext_lazy("The paper's own last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Leave it empty when the paper names none."),
    )


def decide_on_tutor(verb: str, tutor: TutorProfile, by: Any, notes: str) -> None:
    verbs: dict[str, Callable[[], object]] = {
        "approve": lambda: verification.approve(tutor, by=by, notes=notes),
        "reject": lambda: verification.reject(tutor, by=by, notes=notes),
        "suspend": lambda: verification.suspend(tutor, by=by, reason=notes),
        "restore": lambda: verification.restore(tutor, by=by, reason=notes),
    }
    verbs[verb]()


@admin.register(TutorProfile)
class TutorProfileAdmin(ReadOnlyAdmin):
    list_display = ["name", "status", "submitted_at", "waiting_for", "city", "approved_at"]
    list_filter = ["status", "city"]
    list_select_related = ["user"]
    search_fields = ["user__name", "slug", "=id"]
    ordering = [WAITING_FIRST, F("submitted_at").asc(nulls_last=True), "pk"]
    show_full_result_count = False

    @admin.display(description=gettext_lazy("waits for"))
    def waiting_for(self, tutor: TutorProfile) -> str:
        if tutor.status != Status.PENDING or tutor.submitted_at is None:
            return ""
        waited = clock.now() - tutor.submitted_at
        return _("%(days)d d %(hours)d h") % {
            "days": waited.days,
            "hours": waited.seconds // 3600,
        }

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path(
                "<uuid:pk>/decide/<slug:verb>/",
                view(self.decide_view),
                name="tutors_tutorprofile_decide",
            ),
            path(
                "document/<uuid:pk>/open/",
                view(require_POST(self.open_view)),
                name="tutors_tutordocument_open",
            ),
            path(
                "document/<uuid:pk>/review/<slug:verb>/",
                view(self.review_view),
                name="tutors_tutordocument_review",
            ),
            path(
                "photo/<uuid:pk>/look/",
                view(require_GET(self.photo_view)),
                name="tutors_tutorphoto_look",
            ),
            path(
                "photo/<uuid:pk>/<slug:verb>/",
                view(self.photo_decide_view),
                name="tutors_tutorphoto_decide",
            ),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The profile with papers and past decisions, and buttons for what can be done."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        tutor = get_object_or_404(_with_everything(), pk=object_id)
        may_decide = allows(check_can_verify, request.user)
        context = {
            **self.admin_site.each_context(request),
            "title": tutor.name,
            "opts": self.opts,
            "tutor": tutor,
            "verbs": TUTOR_VERBS.get(tutor.status, {}) if may_decide else {},
            "papers": [
                (paper, PAPER_VERBS.get(paper.status, {}) if may_decide else {})
                for paper in tutor.documents.all()
            ],
            "photos": [
                (photo, PHOTO_VERBS.get(photo.status, {}) if may_decide else {})
                for photo in tutor.photos.all()
            ],
            "may_decide": may_decide,
        }
        return TemplateResponse(request, "admin/tutors/review.html", context)

    def decide_view(self, request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
        """Asks for the reason, then decides on the tutor."""
        check_can_verify(request.user)
        tutor = get_object_or_404(TutorProfile.objects.select_related("user"), pk=pk)
        form = DecisionForm(request.POST or None)
        label = TUTOR_VERBS.get(tutor.status, {}).get(verb)
        if label is None:
            messages.error(request, _("This tutor is %s.") % tutor.get_status_display())
            return self._back(tutor.pk)
        if self._done(form, decide_on_tutor, verb, tutor, request.user):
            messages.success(request, f"{tutor.name}: {label}.")
            return self._back(tutor.pk)
        return self._ask(request, form, f"{label}: {tutor.name}", tutor.pk)

    def review_view(self, request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
        """Asks for notes and last day, then decides on one paper."""
        check_can_verify(request.user)
        papers = TutorDocument.objects.received().select_related("tutor__user")
        paper = get_object_or_404(papers, pk=pk)
        form = (PaperForm if verb == "verify" else DecisionForm)(request.POST or None)
        label = PAPER_VERBS[paper.status].get(verb)
        if label is None:
            messages.error(request, _("This document is %s.") % paper.get_status_display())
            return self._back(paper.tutor_id)
        decide = partial(verification.review_document, is_genuine=verb == "verify")
        if self._done(form, decide, paper, by=request.user):
            messages.success(request, f"{paper.get_kind_display()}: {label}.")
            return self._back(paper.tutor_id)
        title = f"{label}: {paper.get_kind_display()}, {paper.tutor.name}"
        return self._ask(request, form, title, paper.tutor_id)

    def open_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Downloads one paper, once, by a link that dies within a minute; the look is audited."""
        check_can_verify(request.user)
        paper = get_object_or_404(TutorDocument.objects.received(), pk=pk)
        response = HttpResponseRedirect(documents.open_for_review(paper, by=request.user))
        response.status_code = 303
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        return response

    def photo_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """The portrait that waits, through this address and no other."""
        check_can_verify(request.user)
        photo = get_object_or_404(TutorPhoto, pk=pk, received_at__isnull=False)
        response = HttpResponse(storage.read(photo.stored_key), content_type="image/jpeg")
        response["Cache-Control"] = "private, no-store"
        return response

    def photo_decide_view(self, request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
        """Shows a photo to everybody, or asks why not."""
        check_can_verify(request.user)
        photo = get_object_or_404(TutorPhoto.objects.select_related("tutor__user"), pk=pk)
        sent = request.POST if request.method == "POST" else None
        form = (PhotoShowForm if verb == "show" else DecisionForm)(sent)
        label = PHOTO_VERBS.get(photo.status, {}).get(verb)
        if label is None:
            messages.error(request, _("This photo is %s.") % photo.get_status_display())
            return self._back(photo.tutor_id)
        decide = photos.show if verb == "show" else photos.refuse
        if self._done(form, decide, photo, by=request.user):
            messages.success(request, f"{photo.tutor.name}: {label}.")
            return self._back(photo.tutor_id)
        return self._ask(request, form, f"{label}: {photo.tutor.name}", photo.tutor_id)

    def _done(
        self, form: forms.Form, decide: Callable[..., object], *args: Any, **kwargs: Any
    ) -> bool:
        """Whether a sent form was fine and the service agreed; its objection goes on the form."""
        if not form.is_valid():
            return False
        try:
            decide(*args, **kwargs, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
            return False
        return True

    def _ask(self, request: HttpRequest, form: forms.Form, title: str, tutor: UUID) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "form": form,
            "tutor_id": tutor,
        }
        status = 422 if form.is_bound else 200
        return TemplateResponse(request, "admin/tutors/decide.html", context, status=status)

    def _back(self, tutor_id: UUID) -> HttpResponse:
        return redirect("admin:tutors_tutorprofile_change", tutor_id)


@admin.register(TutorPhoto)
class TutorPhotoAdmin(ReadOnlyAdmin):
    list_display = ["tutor", "status", "received_at", "reviewed_at", "reviewed_by"]
    list_filter = ["status"]
    list_select_related = ["tutor__user", "reviewed_by"]
    ordering = ["-received_at", "pk"]
    show_full_result_count = False

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A photo is looked at beside the rest of its tutor."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        photo = get_object_or_404(TutorPhoto, pk=object_id)
        return redirect("admin:tutors_tutorprofile_change", photo.tutor_id)


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    list_display = ["decided_at", "tutor", "verdict", "document", "decided_by", "notes"]
    list_filter = ["verdict", "decided_at"]
    list_select_related = ["tutor", "document", "decided_by"]
    search_fields = ["tutor__slug", "=tutor__id"]
    show_full_result_count = False


@admin.register(Badge)
class BadgeAdmin(ReadOnlyAdmin):
    list_display = ["tutor", "claim", "checked_on", "valid_until"]
    list_filter = ["claim", "valid_until"]
    list_select_related = ["tutor"]
    ordering = [F("valid_until").asc(nulls_last=True), "pk"]
    show_full_result_count = False


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


def _with_everything() -> QuerySet[TutorProfile]:
    return TutorProfile.objects.select_related("user", "place").prefetch_related(
        Prefetch("offerings", Offering.objects.select_related("subject").order_by("pk")),
        Prefetch("photos", TutorPhoto.objects.exclude(stored_key="").order_by("pk")),
        Prefetch("documents", TutorDocument.objects.order_by("kind", "-pk")),
        Prefetch("decisions", Decision.objects.select_related("decided_by", "document")),
        "badges",
    )
