"""What the pages about one case share, and lists that stay quick with a million tutors."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.functional import cached_property

from tutorhub.core.errors import DomainError
from tutorhub.core.readonly import OwnPageAdmin, ReadOnlyAdmin

COUNTED = 5000


class BoundedPaginator(Paginator):
    """Counts no further than anybody leafs; what is behind that is found by searching."""

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by()[:COUNTED].count()


class QuietAdmin(ReadOnlyAdmin):
    """A list without a count of everything."""

    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 50


class CasePages(QuietAdmin, OwnPageAdmin):
    """Helpers of the pages that ask something and then call a service."""

    def page(
        self, request: HttpRequest, template: str, title: str, *, status: int = 200, **more: Any
    ) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            **more,
        }
        response = TemplateResponse(request, f"admin/tutors/{template}", context, status=status)
        response["Cache-Control"] = "private, no-store"
        return response

    def done(
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

    def ask(
        self, request: HttpRequest, form: forms.Form, title: str, tutor: UUID, **more: Any
    ) -> HttpResponse:
        status = 422 if form.is_bound else 200
        return self.page(
            request, "decide.html", title, status=status, form=form, tutor_id=tutor, **more
        )

    def back(self, tutor_id: UUID) -> HttpResponse:
        return redirect("admin:tutors_tutorprofile_change", tutor_id)
