"""What the reconcilers did and found, and the Money health page."""

from urllib.parse import urlencode

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from payments.admin.base import FinanceAdmin, FinanceInline, me, rupees
from payments.models import ReconItem, ReconRun
from payments.policies import check_is_finance
from payments.services import health
from payments.services.reconciling import books, runs

PATIENCE = 8.0
"""Seconds that somebody waits for the check; what is left goes on in the background."""

PAGES = {
    "account": "payments_ledgeraccount",
    "txn": "payments_ledgertxn",
    "earning": "payments_earning",
    "external": "payments_externalrefund",
    "item": "payments_reconitem",
    "event": "payments_gatewayevent",
    "refused": "payments_refusedwebhooks",
    "run": "payments_reconrun",
    "outbox": "core_outboxrow",
}


def page_of(row: health.Row) -> str:
    return reverse(f"admin:{PAGES[row.about]}_change", args=[row.ref])


class ItemInline(FinanceInline):
    model = ReconItem
    fields = ("ref", "problem", "ours_paise", "theirs_paise", "note", "resolved_at")
    readonly_fields = fields


@admin.register(ReconRun)
class ReconRunAdmin(FinanceAdmin):
    list_display = [
        *("kind", "status", "started_at", "finished_at", "looked", "mended", "found", "note"),
    ]
    list_filter = ["kind", "status", "started_at"]
    ordering = ["-started_at"]
    inlines = [ItemInline]
    exclude = ["lease", "leased_until"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        check = require_POST(self.check_view)
        return [
            path("health/", view(self.health_view), name="payments_health"),
            path("health/check/", view(check), name="payments_health_check"),
            *super().get_urls(),
        ]

    def health_view(self, request: HttpRequest) -> HttpResponse:
        """Every invariant, green or red, and the rows behind each red."""
        check_is_finance(me(request))
        report = health.report()
        lights = [
            (check, health.SUMMARY[check.is_fine], [(row, page_of(row)) for row in check.rows])
            for check in report.checks
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Money health"),
            "opts": self.opts,
            "report": report,
            "lights": sorted(lights, key=lambda light: light[0].is_fine is not False),
        }
        return TemplateResponse(request, "admin/payments/health.html", context)

    def check_view(self, request: HttpRequest) -> HttpResponse:
        """Add everything up now."""
        check_is_finance(me(request))
        run = books.reconcile(is_asked_for=True, budget=PATIENCE)
        if run is None:
            messages.info(request, _("The books are being checked already."))
        elif run.status != ReconRun.Status.DONE:
            messages.info(request, _("This takes longer; it goes on in the background."))
        else:
            messages.success(request, _("The books were checked."))
        return redirect("admin:payments_health")


@admin.register(ReconItem)
class ReconItemAdmin(FinanceAdmin):
    """A person says when a difference is dealt with; the money itself moves by services alone."""

    list_display = [
        *("ref", "kind", "problem", "ours", "theirs", "note", "found_at", "resolved_at"),
    ]
    list_filter = [("resolved_at", admin.EmptyFieldListFilter), "kind", "problem", "found_at"]
    list_select_related = ["run"]
    search_fields = ["=ref"]
    ordering = ["-found_at"]
    actions = ["resolve"]
    readonly_fields = ["look_up"]
    ours = rupees("ours_paise", "ours")
    theirs = rupees("theirs_paise", "theirs")

    @admin.display(description=gettext_lazy("look it up"))
    def look_up(self, item: ReconItem) -> str:
        ref = item.ref.removesuffix(":fee")
        url = f"{reverse('admin:payments_find')}?{urlencode({'q': ref})}"
        return format_html('<a href="{}">{}</a>', url, ref)

    @admin.action(description=gettext_lazy("This is dealt with"))
    def resolve(self, request: HttpRequest, queryset: QuerySet[ReconItem]) -> None:
        done = str(_("dealt with"))
        self.each(request, queryset, lambda item: runs.resolve(item, by=me(request)), done)
