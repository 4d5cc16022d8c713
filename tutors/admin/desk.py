"""The queues, and taking, putting back and passing on a case."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from tutorhub.core.errors import DomainError
from tutors.admin.base import CasePages
from tutors.models import TutorProfile
from tutors.policies import check_can_verify
from tutors.queries.desk import moderators, queues
from tutors.services import desk


class TakeOverForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 70}),
        help_text=gettext_lazy("It stays with the case, for colleagues."),
    )


class HandOverForm(TakeOverForm):
    to = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("To whom"))
    field_order = ("to", "reason")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["to"]).queryset = moderators(without=by)


class NoteForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Internal note"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 70}),
        help_text=gettext_lazy("For colleagues only. The tutor never reads it."),
    )


class DeskPages(CasePages):
    def desk_view(self, request: HttpRequest) -> HttpResponse:
        """Who waits for what, and for how long."""
        by = cast(User, request.user)
        check_can_verify(by)
        return self.page(request, "desk.html", _("Moderators' desk"), queues=queues(by))

    def next_view(self, request: HttpRequest) -> HttpResponse:
        """Takes the case that waits longest and goes there."""
        try:
            return self.back(desk.take_next(by=cast(User, request.user)).tutor_id)
        except desk.NobodyWaits as nobody:
            messages.info(request, str(nobody))
            return redirect("admin:tutors_desk")

    def claim_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Takes one case, or prolongs the claim on it."""
        tutor = get_object_or_404(TutorProfile, pk=pk)
        try:
            desk.claim(tutor, by=cast(User, request.user))
        except desk.ClaimedByAnother as taken:
            messages.error(request, str(taken))
        return self.back(pk)

    def release_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        desk.release(get_object_or_404(TutorProfile, pk=pk), by=cast(User, request.user))
        return redirect("admin:tutors_desk")

    def hand_over_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        by = cast(User, request.user)
        check_can_verify(by)
        tutor = get_object_or_404(TutorProfile.objects.select_related("user"), pk=pk)
        form = HandOverForm(request.POST or None, by=by)
        if self.done(form, desk.hand_over, tutor, by=by):
            return redirect("admin:tutors_desk")
        return self.ask(request, form, _("Hand over: %s") % tutor.name, pk)

    def take_over_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        by = cast(User, request.user)
        check_can_verify(by)
        tutor = get_object_or_404(TutorProfile.objects.select_related("user"), pk=pk)
        form = TakeOverForm(request.POST or None)
        if self.done(form, desk.take_over, tutor, by=by):
            return self.back(pk)
        return self.ask(request, form, _("Take over: %s") % tutor.name, pk)

    def note_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        by = cast(User, request.user)
        check_can_verify(by)
        form = NoteForm(request.POST)
        try:
            if form.is_valid():
                desk.note(get_object_or_404(TutorProfile, pk=pk), by=by, **form.cleaned_data)
        except DomainError as error:
            messages.error(request, str(error))
        return self.back(pk)
