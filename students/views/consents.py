"""What was agreed to for each child: read, agree, withdraw, prove the guardian's number."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import phones
from accounts.clients import client_of
from accounts.decorators import family_required
from accounts.models import Consent
from students import queries
from students.forms import GuardianCodeForm, notice_shown, yes
from students.models import Learner
from students.services import agreements
from tutorhub.core.errors import DomainError
from tutorhub.core.http import safe_path


@family_required
@require_safe
def consent_list(request: HttpRequest) -> HttpResponse:
    context = {
        "learners": queries.consents_of(request.user),
        "notice": notice_shown(),
    }
    return render(request, "students/consent_list.html", context)


@family_required
@require_POST
def consent_give(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Agree for a child to the notice that the page shows, once the box is ticked."""
    learner = _mine(request, pk)
    if not request.POST.get("consent"):
        messages.error(request, _("Please tick the box if you agree."))
        return redirect("students:consent-list")
    agreements.agree(learner, yes(), by=request.user)
    messages.success(request, _("Thank you. Your consent is recorded."))
    return redirect("students:consent-list")


@family_required
@require_POST
def consent_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Withdraw the consent to one purpose, named by its row of the ledger."""
    learners = Learner.objects.of(request.user).values("pk")
    consent = get_object_or_404(Consent.objects.filter(subject_id__in=learners), pk=pk)
    learner = _mine(request, consent.subject_id)
    agreements.withdraw(learner, by=request.user, purposes=[consent.purpose])
    messages.success(request, _("Withdrawn. Nothing new starts that needs it."))
    return redirect("students:consent-list")


@family_required
@require_POST
def learner_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Withdraw everything that was agreed to for one child."""
    agreements.withdraw(_mine(request, pk), by=request.user)
    messages.success(request, _("Withdrawn. Nothing runs for this child any more."))
    return redirect("students:consent-list")


@family_required
def guardian_code(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The code that went to the guardian's number; `next` is where the person wanted to go."""
    wanted = safe_path(request.GET.get("next", ""), is_secure=request.is_secure())
    learner = get_object_or_404(Learner.objects.of(request.user).with_details(), pk=pk)
    form = GuardianCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            agreements.prove(learner, by=request.user, code=form.cleaned_data["code"])
        except DomainError as error:
            form.add_error("code", str(error))
        else:
            messages.success(request, _("Thank you. The guardian's number is proved."))
            return redirect(wanted or "students:consent-list")
    context = {
        "form": form,
        "learner": learner,
        "phone": phones.masked(learner.guardian.phone),
        "later": wanted or reverse("site:dashboard"),
    }
    return render(
        request, "students/guardian_code.html", context, status=422 if form.errors else 200
    )


@family_required
@require_POST
def guardian_code_send(request: HttpRequest, pk: UUID) -> HttpResponse:
    learner = _mine(request, pk)
    agreements.send_code(
        learner,
        by=request.user,
        client=client_of(request),
        language=get_language() or "en",
    )
    messages.success(request, _("A code is on its way."))
    return redirect("students:guardian-code", pk)


def _mine(request: HttpRequest, pk: UUID) -> Learner:
    return get_object_or_404(Learner.objects.of(request.user), pk=pk)
