"""Papers, page by page beside what the profile claims, behind a fresh code of the second factor."""

from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import User
from accounts.services import staff_codes
from tutorhub.core.contents import RefusedContent
from tutors.admin.base import CasePages
from tutors.admin.deciding import PAPER_VERBS, PaperForm, answers_for, picked
from tutors.models import TutorDocument
from tutors.policies import check_can_verify
from tutors.queries import changes
from tutors.services import documents, viewing


class ViewerPages(CasePages):
    def open_paper_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Writes down who looks at which paper, and shows it."""
        by = cast(User, request.user)
        check_can_verify(by)
        paper = get_object_or_404(TutorDocument.objects.received(), pk=pk)
        if not staff_codes.is_fresh(request.session):
            return self._to_code(paper)
        viewing.open_paper(paper, by=by)
        return redirect("admin:tutors_paper", pk)

    def paper_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """One paper beside what its tutor says, with what can be decided about it."""
        by = cast(User, request.user)
        papers = TutorDocument.objects.received().select_related("tutor__user", "tutor__place")
        paper = get_object_or_404(papers, pk=pk)
        viewing.check_may_look(paper, by)
        reader, answers = paper.tutor.user, answers_for("refuse", paper.kind)
        notes = picked(request, answers, reader.language)
        initial = {"notes": notes, "seen": changes.digest(paper.tutor)}
        number = _number(request, paper)
        return self.page(
            request,
            "paper.html",
            f"{paper.get_kind_display()}: {paper.tutor.name}",
            paper=paper,
            proposed=changes.waiting(paper.tutor),
            number=number,
            numbers=range(1, (paper.pages or 1) + 1),
            form=PaperForm(initial=initial),
            verbs=PAPER_VERBS[paper.status],
            answers=answers,
            reader=reader,
            **_neighbours(paper),
        )

    def page_view(self, request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
        """The picture of one page, marked with who looks at it."""
        paper = get_object_or_404(TutorDocument.objects.received(), pk=pk)
        try:
            picture = viewing.page(paper, number, by=cast(User, request.user))
        except RefusedContent as error:
            raise Http404 from error
        response = HttpResponse(picture, content_type="image/jpeg")
        response["Cache-Control"] = "private, no-store"
        response["Referrer-Policy"] = "no-referrer"
        return response

    def open_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Downloads one paper, once, by a link that dies within a minute; the look is audited."""
        by = cast(User, request.user)
        check_can_verify(by)
        paper = get_object_or_404(TutorDocument.objects.received(), pk=pk)
        if not staff_codes.is_fresh(request.session):
            return self._to_code(paper)
        response = HttpResponseRedirect(documents.open_for_review(paper, by=by))
        response.status_code = 303
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        return response

    def _to_code(self, paper: TutorDocument) -> HttpResponse:
        case = reverse("admin:tutors_tutorprofile_change", args=[paper.tutor_id])
        return redirect(f"{reverse('admin:confirm')}?{urlencode({'next': case})}")


def _number(request: HttpRequest, paper: TutorDocument) -> int:
    asked = request.GET.get("page", "1")
    return min(max(int(asked), 1), paper.pages or 1) if asked.isdecimal() else 1


def _neighbours(paper: TutorDocument) -> dict[str, Any]:
    """The papers before and after this one, in the order of the case page."""
    papers = list(TutorDocument.objects.received().filter(tutor=paper.tutor_id))
    papers.sort(key=lambda one: (one.kind, one.pk.int))
    at = papers.index(paper)
    return {
        "previous": papers[at - 1] if at else None,
        "next": papers[at + 1] if at + 1 < len(papers) else None,
        "place_in_case": at + 1,
        "papers_in_case": len(papers),
    }
