"""The list of all tutors, and the case of one: what it says, what changed, what can be decided."""

from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from tutorhub.core import clock
from tutorhub.core.rules import allows
from tutors.admin.deciding import PAPER_VERBS, PHOTO_VERBS, TUTOR_VERBS, DecidingPages
from tutors.admin.desk import DeskPages, NoteForm
from tutors.admin.viewer import ViewerPages
from tutors.models import Offering, ReviewClaim, TutorDocument, TutorPhoto, TutorProfile
from tutors.policies import check_can_verify, check_holds_claim
from tutors.queries import changes

Status = TutorProfile.Status
PHONE_DIGITS = 10


@admin.register(TutorProfile)
class TutorProfileAdmin(DeskPages, ViewerPages, DecidingPages):
    list_display = ["name", "slug", "status", "submitted_at", "waiting_for", "city", "approved_at"]
    list_filter = ["status"]
    list_select_related = ["user"]
    ordering = ["-pk"]
    # What is typed is compared as a whole, or as the beginning of an address: see below.
    search_fields = ["slug"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[TutorProfile], search_term: str
    ) -> tuple[QuerySet[TutorProfile], bool]:
        """By what an index answers: a million names are not read through."""
        term = search_term.strip()
        if not term:
            return queryset, False
        digits = "".join(letter for letter in term if letter.isdigit())
        if len(digits) >= PHONE_DIGITS and not any(letter.isalpha() for letter in term):
            return queryset.filter(user__phone=f"+91{digits[-PHONE_DIGITS:]}"), False
        try:
            return queryset.filter(pk=UUID(term)), False
        except ValueError:
            return queryset.filter(slug__startswith=slugify(term) or "-"), False

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
        def page(route: str, view: Any, name: str) -> URLPattern:
            @wraps(view)
            def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
                """Who is no moderator does not learn either what is there."""
                check_can_verify(cast(User, request.user))
                return view(request, *args, **kwargs)

            return path(route, self.admin_site.admin_view(checked), name=f"tutors_{name}")

        case, paper = "<uuid:pk>/", "document/<uuid:pk>/"
        return [
            page("desk/", require_GET(self.desk_view), "desk"),
            page("desk/next/", require_POST(self.next_view), "desk_next"),
            page(f"{case}claim/", require_POST(self.claim_view), "claim"),
            page(f"{case}release/", require_POST(self.release_view), "release"),
            page(f"{case}hand-over/", self.hand_over_view, "hand_over"),
            page(f"{case}take-over/", self.take_over_view, "take_over"),
            page(f"{case}note/", require_POST(self.note_view), "note"),
            page(f"{case}decide/<slug:verb>/", self.decide_view, "tutorprofile_decide"),
            page(f"{paper}look/", require_POST(self.open_paper_view), "paper_open"),
            page(f"{paper}view/", require_GET(self.paper_view), "paper"),
            page(f"{paper}page/<int:number>.jpg", require_GET(self.page_view), "paper_page"),
            page(f"{paper}open/", require_POST(self.open_view), "tutordocument_open"),
            page(f"{paper}review/<slug:verb>/", self.review_view, "tutordocument_review"),
            page("photo/<uuid:pk>/look/", require_GET(self.photo_view), "tutorphoto_look"),
            page("photo/<uuid:pk>/<slug:verb>/", self.photo_decide_view, "tutorphoto_decide"),
            *super().get_urls(),
        ]

    def show(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """The case: what the profile says and what changed, papers, decisions, and buttons."""
        by = cast(User, request.user)
        tutor = get_object_or_404(_with_everything(), pk=pk)
        claim = ReviewClaim.objects.live().select_related("moderator").filter(tutor=tutor).first()
        may_decide = allows(check_can_verify, by)
        is_mine = may_decide and allows(check_holds_claim, claim, by)
        papers = _with_verbs(tutor.documents.all(), PAPER_VERBS, is_mine)
        return self.page(
            request,
            "review.html",
            tutor.name,
            tutor=tutor,
            claim=claim,
            is_mine=is_mine,
            may_decide=may_decide,
            verbs=_verbs(tutor) if is_mine else {},
            papers=papers,
            photos=_with_verbs(tutor.photos.all(), PHOTO_VERBS, may_decide),
            note_form=NoteForm(),
            seen=changes.digest(tutor) if is_mine else "",
            proposed=changes.waiting(tutor),
            proof_papers=[row for row in papers if _proves_proposal(row[0], tutor)],
            **_compared(tutor),
        )


def _verbs(tutor: TutorProfile) -> dict[str, Any]:
    """What can be decided about the tutor; changes only where some wait."""
    verbs = dict(TUTOR_VERBS.get(tutor.status, {}))
    if not tutor.is_proposing:
        verbs.pop("decline", None)
        if "changes" in verbs and not tutor.submissions.open_changes().exists():
            del verbs["changes"]
    return verbs


def _proves_proposal(paper: TutorDocument, tutor: TutorProfile) -> bool:
    """Whether a paper that arrived says what the tutor wants to be called, or has learnt."""
    kinds = {TutorDocument.Kind.IDENTITY} if tutor.pending_name else set()
    if tutor.pending_qualifications is not None:
        kinds.add(TutorDocument.Kind.DEGREE)
    return paper.received_at is not None and paper.kind in kinds


def _with_verbs(rows: Any, verbs: dict[str, dict[str, Any]], may: bool) -> list[tuple[Any, Any]]:
    return [(row, verbs.get(row.status, {}) if may else {}) for row in rows]


def _compared(tutor: TutorProfile) -> dict[str, Any]:
    """What is not as it was when a moderator last decided, or that nobody has decided yet."""
    old = changes.before(tutor)
    found = changes.changes(old.snapshot, changes.snapshot(tutor)) if old else []
    return {"last_decided": old, "changes": found}


def _with_everything() -> QuerySet[TutorProfile]:
    return TutorProfile.objects.select_related("user", "place").prefetch_related(
        Prefetch("offerings", Offering.objects.select_related("subject").order_by("pk")),
        Prefetch("photos", TutorPhoto.objects.exclude(stored_key="").order_by("pk")),
        Prefetch("documents", TutorDocument.objects.order_by("kind", "pk")),
        "decisions__decided_by",
        "decisions__document",
        "case_notes__by",
        "badges",
    )
