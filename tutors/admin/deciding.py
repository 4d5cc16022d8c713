"""The forms in which a moderator decides: on a tutor, on a paper, on a photo. Services decide."""

from collections.abc import Callable
from functools import partial
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from tutorhub.core import storage
from tutors.admin.base import CasePages
from tutors.models import AnswerTemplate, TutorDocument, TutorPhoto, TutorProfile
from tutors.policies import check_can_verify
from tutors.services import photos, verification

Status = TutorProfile.Status
PAPER = TutorDocument.Status
Use = AnswerTemplate.Use

# Where something was changed, or waits until somebody agrees.
CHANGE_VERBS: dict[str, Any] = {
    "changes": gettext_lazy("The changes are fine"),
    "decline": gettext_lazy("Decline what waits"),
}
# What a moderator may do with a tutor, a paper or a photo in which state.
TUTOR_VERBS: dict[str, dict[str, Any]] = {
    Status.PENDING: {"approve": gettext_lazy("Approve"), "reject": gettext_lazy("Send back")},
    Status.APPROVED: {**CHANGE_VERBS, "suspend": gettext_lazy("Suspend")},
    Status.SUSPENDED: {**CHANGE_VERBS, "restore": gettext_lazy("Restore")},
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


class PhotoForm(forms.Form):
    notes = forms.CharField(
        label=gettext_lazy("Reason or notes"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 70}),
        help_text=gettext_lazy("Needed for everything but a yes. The tutor reads it."),
    )


class DecisionForm(PhotoForm):
    internal = forms.CharField(
        label=gettext_lazy("Internal note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 70}),
        help_text=gettext_lazy("For colleagues only. The tutor never reads it."),
    )


class PaperForm(DecisionForm):
    valid_until = forms.DateField(
        label=gettext_lazy("The paper's own last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Leave it empty when the paper names none."),
    )
    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)


class VerdictForm(DecisionForm):
    """On the tutor: about what was to be read when the case was opened."""

    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)


def decide_on_tutor(
    verb: str, tutor: TutorProfile, by: User, notes: str, internal: str, seen: str
) -> None:
    said = {"by": by, "internal": internal}
    verbs: dict[str, Callable[[], object]] = {
        "approve": lambda: verification.approve(tutor, notes=notes, seen=seen, **said),
        "reject": lambda: verification.reject(tutor, notes=notes, **said),
        "changes": lambda: verification.accept_changes(tutor, notes=notes, seen=seen, **said),
        "decline": lambda: verification.decline_changes(tutor, notes=notes, seen=seen, **said),
        "suspend": lambda: verification.suspend(tutor, reason=notes, **said),
        "restore": lambda: verification.restore(tutor, reason=notes, **said),
    }
    verbs[verb]()


def answers_for(use: str, paper: str = "") -> list[AnswerTemplate]:
    """The answers on offer for a verdict, those for every kind of paper among them."""
    if use not in Use.values:
        return []
    found = AnswerTemplate.objects.filter(use=use, is_offered=True, paper__in={"", paper})
    return list(found)


def picked(request: HttpRequest, answers: list[AnswerTemplate], language: str) -> str:
    """What the answer that was picked says in the tutor's language; it can be changed."""
    chosen = request.GET.get("answer", "")
    return next((one.text(language) for one in answers if str(one.pk) == chosen), "")


class DecidingPages(CasePages):
    def decide_view(self, request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
        """Asks for the reason, then decides on the tutor."""
        by = cast(User, request.user)
        check_can_verify(by)
        tutor = get_object_or_404(TutorProfile.objects.select_related("user"), pk=pk)
        label = TUTOR_VERBS.get(tutor.status, {}).get(verb)
        if label is None:
            messages.error(request, _("This tutor is %s.") % tutor.get_status_display())
            return self.back(tutor.pk)
        answers = answers_for(verb)
        notes = picked(request, answers, tutor.user.language)
        initial = {"notes": notes, "seen": request.GET.get("seen", "")}
        form = VerdictForm(request.POST or None, initial=initial)
        if self.done(form, decide_on_tutor, verb, tutor, by):
            messages.success(request, f"{tutor.name}: {label}.")
            return self.back(tutor.pk)
        title = f"{label}: {tutor.name}"
        return self.ask(request, form, title, tutor.pk, answers=answers, reader=tutor.user)

    def review_view(self, request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
        """Asks for notes and last day, then decides on one paper.

        It is about what the page said that led here: this one does not show the profile.
        """
        by = cast(User, request.user)
        check_can_verify(by)
        papers = TutorDocument.objects.received().select_related("tutor__user")
        paper = get_object_or_404(papers, pk=pk)
        label = PAPER_VERBS[paper.status].get(verb)
        if label is None:
            messages.error(request, _("This document is %s.") % paper.get_status_display())
            return self.back(paper.tutor_id)
        reader, answers = paper.tutor.user, answers_for(verb, paper.kind)
        notes = picked(request, answers, reader.language)
        initial = {"notes": notes, "seen": request.GET.get("seen", "")}
        form = (PaperForm if verb == "verify" else DecisionForm)(
            request.POST or None, initial=initial
        )
        decide = partial(verification.review_document, is_genuine=verb == "verify")
        if self.done(form, decide, paper, by=by):
            messages.success(request, f"{paper.get_kind_display()}: {label}.")
            return self.back(paper.tutor_id)
        title = f"{label}: {paper.get_kind_display()}, {paper.tutor.name}"
        return self.ask(request, form, title, paper.tutor_id, answers=answers, reader=reader)

    def photo_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """The portrait that waits, through this address and no other."""
        check_can_verify(cast(User, request.user))
        photo = get_object_or_404(TutorPhoto, pk=pk, received_at__isnull=False)
        response = HttpResponse(storage.read(photo.stored_key), content_type="image/jpeg")
        response["Cache-Control"] = "private, no-store"
        return response

    def photo_decide_view(self, request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
        """Shows a photo to everybody, or asks why not."""
        by = cast(User, request.user)
        check_can_verify(by)
        photo = get_object_or_404(TutorPhoto.objects.select_related("tutor__user"), pk=pk)
        label = PHOTO_VERBS.get(photo.status, {}).get(verb)
        if label is None:
            messages.error(request, _("This photo is %s.") % photo.get_status_display())
            return self.back(photo.tutor_id)
        reader = photo.tutor.user
        answers = answers_for(Use.PHOTO) if verb == "refuse" else []
        sent = request.POST if request.method == "POST" else None
        initial = {"notes": picked(request, answers, reader.language)}
        form = (PhotoShowForm if verb == "show" else PhotoForm)(sent, initial=initial)
        decide = photos.show if verb == "show" else photos.refuse
        if self.done(form, decide, photo, by=by):
            messages.success(request, f"{photo.tutor.name}: {label}.")
            return self.back(photo.tutor_id)
        title = f"{label}: {photo.tutor.name}"
        return self.ask(request, form, title, photo.tutor_id, answers=answers, reader=reader)
