from typing import Any
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from payments.admin.base import (
    FinanceAdmin,
    in_unit,
    known_as,
    me,
    owner_link,
)
from payments.models import LedgerAccount, LedgerTxn
from payments.policies import check_is_finance
from payments.services import ledger, whereabouts

MOST_ENTRIES = 50


@admin.register(LedgerTxn)
class LedgerTxnAdmin(FinanceAdmin):
    list_display = ["idem_key", "kind", "effective_at"]
    list_filter = ["kind", "effective_at"]
    search_fields = ["=idem_key", "=id"]
    change_form_template = "admin/payments/txn.html"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """With the legs, in rupees (or credits), and whose account each is."""
        context = {"txns": whereabouts.txn(object_id), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)


@admin.register(LedgerAccount)
class LedgerAccountAdmin(FinanceAdmin):
    """Accounts, and the way to the one that is looked for: by person or by any number."""

    list_display = ["code", "owner", "unit", "amount", "version", "closed_at"]
    list_filter = ["code", "unit"]
    search_fields = ["=owner_key", "=code"]
    fields = [
        *("code", "owner", "unit", "now", "version", "track_balance", "allow_negative"),
        "closed_at",
    ]
    readonly_fields = ["owner", "now"]
    change_form_template = "admin/payments/account.html"

    @admin.display(description=gettext_lazy("owner"))
    def owner(self, account: LedgerAccount) -> str:
        return owner_link(account)

    @admin.display(description=gettext_lazy("balance"), ordering="balance")
    def amount(self, account: LedgerAccount) -> str:
        """Platform accounts keep no balance; adding them up is for their own page."""
        return in_unit(account, account.balance) if account.track_balance else ""

    @admin.display(description=gettext_lazy("balance"))
    def now(self, account: LedgerAccount) -> str:
        return in_unit(account, ledger.balance(account.code, account.owner_key, account.unit))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        latest = whereabouts.latest_entries(object_id, MOST_ENTRIES)
        context = {"latest": latest, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("find/", view(self.find_view), name="payments_find"),
            path("person/<uuid:pk>/", view(self.person_view), name="payments_person"),
            *super().get_urls(),
        ]

    def find_view(self, request: HttpRequest) -> HttpResponse:
        """One field for whatever one has in hand."""
        check_is_finance(me(request))
        text = request.GET.get("q", "")[:120]
        return self._page(
            request,
            "find",
            title=_("Where is the money?"),
            text=text,
            found=whereabouts.find(text),
        )

    def person_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Every balance that is somebody's, and what was booked last."""
        check_is_finance(me(request))
        person = get_object_or_404(User, pk=pk)
        title = _("The money of %(name)s") % {"name": known_as(person)}
        money = whereabouts.of_person(person)
        return self._page(request, "person", title=title, person=person, money=money)

    def _page(self, request: HttpRequest, name: str, **values: Any) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, **values}
        return TemplateResponse(request, f"admin/payments/{name}.html", context)
