"""The guardians of a family, and invitations to join one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import family_required
from students import queries
from students.forms import InviteForm
from students.models import FamilyMember, GuardianInvite
from students.policies import OnlyHolder
from students.services import guardians
from tutorhub.core.errors import DomainError


@family_required
def people_list(request: HttpRequest) -> HttpResponse:
    """Who belongs to the family; a POST invites somebody."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            guardians.invite(by=request.user, **form.cleaned_data)
        except OnlyHolder:
            raise
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Invited. They have 7 days to sign in with this number."))
            return redirect("students:people-list")
    context = {"people": queries.people(request.user), "form": form}
    status = 422 if form.errors else 200
    return render(request, "students/people_list.html", context, status=status)


@family_required
@require_POST
def guardian_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    member = get_object_or_404(FamilyMember.objects.of(request.user), pk=pk)
    is_self = member.user_id == request.user.pk
    guardians.remove(member, by=request.user)
    messages.success(request, _("You have left the family.") if is_self else _("Removed."))
    return redirect("site:dashboard" if is_self else "students:people-list")


@family_required
@require_safe
def invite_list(request: HttpRequest) -> HttpResponse:
    """The open invitations to the number of who is signed in."""
    context = {"invites": queries.invites_to(request.user)}
    return render(request, "students/invite_list.html", context)


@family_required
@require_POST
def invite_accept(request: HttpRequest, pk: UUID) -> HttpResponse:
    guardians.accept(get_object_or_404(queries.invites_to(request.user), pk=pk), by=request.user)
    messages.success(request, _("You are a guardian of this family now."))
    return redirect("students:learner-list")


@family_required
@require_POST
def invite_decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    guardians.decline(get_object_or_404(queries.invites_to(request.user), pk=pk), by=request.user)
    messages.success(request, _("Declined."))
    return redirect("site:dashboard")


@family_required
@require_POST
def invite_take_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    mine = GuardianInvite.objects.filter(family__user=request.user)
    guardians.take_back(get_object_or_404(mine, pk=pk), by=request.user)
    messages.success(request, _("The invitation is taken back."))
    return redirect("students:people-list")
