"""Is our money in order? Every invariant, green or red, from what the reconcilers have written.

Nothing here adds up the ledger: R6 does that once an hour, or when somebody asks, and leaves its
figures in its run. So this costs the same few queries whatever the books have grown to.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Case, Count, F, Func, TextField, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.models import CHART, GatewayEvent, ReconItem, ReconRun
from payments.services import events, refused_webhooks
from payments.services.reconciling import settlements
from tutorhub.core import clock
from tutorhub.core.models import OutboxRow
from tutorhub.core.money import rupees_exact

MOST_SHOWN = 20
Problem = ReconItem.Problem
Kind = ReconRun.Kind

MUST_HAVE_RUN: dict[str, timedelta] = {
    Kind.R1: timedelta(minutes=10),
    Kind.R2: timedelta(minutes=20),
    Kind.R3: timedelta(minutes=45),
    Kind.R4: timedelta(days=1, hours=settlements.READY_AT_HOUR + 1),
    Kind.R5: timedelta(minutes=20),
    Kind.R6: timedelta(hours=3),
    Kind.R7: timedelta(minutes=20),
}
"""After so long without a complete run, a reconciler is itself what is wrong."""


@dataclass(frozen=True)
class Row:
    """One thing behind a red light. `about` says what kind of thing `ref` names."""

    about: str
    ref: str
    text: str


@dataclass
class Check:
    """One invariant. `is_fine` is None when nobody can know."""

    code: str
    name: Any
    is_fine: bool | None
    figure: str = ""
    rows: list[Row] = field(default_factory=list)
    count: int = 0

    @property
    def more(self) -> int:
        """How many rows there are beyond those shown."""
        return max(0, self.count - len(self.rows))


@dataclass
class Report:
    checks: list[Check]
    checked_at: datetime | None

    @property
    def is_fine(self) -> bool:
        return all(check.is_fine is not False for check in self.checks)


def report() -> Report:
    """Everything at once: a handful of queries, none of which grows with the ledger."""
    runs = _last_runs()
    books = ReconRun.objects.filter(kind=Kind.R6, status=ReconRun.Status.DONE)
    last = books.order_by("-started_at").first()
    figures = last.result if last else {}
    items = _Items()
    checks = [
        *_ledger(items, figures, is_known=last is not None),
        *_holds(items, figures, is_known=last is not None),
        *_gateway(items, figures),
        _events(),
        _outbox(),
        *_reconcilers(runs),
    ]
    return Report(checks, last.finished_at if last else None)


class _Items:
    """The open differences: the newest of each sort, and how many there are of it."""

    def __init__(self) -> None:
        sort: list[Any] = [
            F("kind"),
            F("problem"),
            _first("ref", ":", kind=Kind.R6),
            _first("note", " ", problem=Problem.OLD),
        ]
        is_open = ReconItem.objects.filter(resolved_at__isnull=True).annotate(
            place=Window(RowNumber(), partition_by=sort, order_by="-found_at"),
            alike=Window(Count("pk"), partition_by=sort),
        )
        self.rows: list[Any] = list(is_open.filter(place__lte=MOST_SHOWN).order_by("-found_at"))

    def check(
        self, code: str, name: Any, choose: Callable[[ReconItem], bool], **values: Any
    ) -> Check:
        chosen = [item for item in self.rows if choose(item)]
        is_fine = False if chosen else values.pop("otherwise", True)
        values.pop("otherwise", None)
        rows = [_row(item) for item in chosen[:MOST_SHOWN]]
        count = sum(item.alike for item in chosen if item.place == 1)
        return Check(code, name, is_fine, rows=rows, count=count, **values)


def _first(name: str, mark: str, **where: str) -> Case:
    """What stands before the mark, of the rows that are so; nothing of the others."""
    text = Func(F(name), Value(mark), Value(1), function="split_part", output_field=TextField())
    return Case(When(**where, then=text), default=Value(""), output_field=TextField())


def _row(item: ReconItem) -> Row:
    about, _colon, ref = item.ref.partition(":")
    if about not in {"account", "txn", "earning", "external"}:
        about, ref = "item", str(item.pk)
    figures = [
        f"{label} {rupees_exact(paise)}"
        for label, paise in ((_("ours"), item.ours_paise), (_("theirs"), item.theirs_paise))
        if paise is not None
    ]
    name = item.get_problem_display()
    text = ", ".join(part for part in (item.ref, str(name), item.note, *figures) if part)
    return Row(about, ref, text)


def _is(kind: str, *starts: str) -> Callable[[ReconItem], bool]:
    return lambda item: (
        item.kind == kind and item.problem != Problem.OLD and item.ref.startswith(starts)
    )


def _ledger(items: _Items, figures: dict[str, Any], *, is_known: bool) -> Iterable[Check]:
    known = True if is_known else None
    for unit in ("INR", "LEAD"):
        debit, credit = figures.get("units", {}).get(unit, (0, 0))
        show = rupees_exact if unit == "INR" else str
        yield items.check(
            f"I1-{unit}",
            _("Debits equal credits in %(unit)s") % {"unit": unit},
            _is(Kind.R6, f"unit:{unit}", "code:"),
            otherwise=known,
            figure=f"{show(debit)} = {show(credit)}" if debit == credit else "",
        )
    yield items.check(
        "I2",
        _("Every transaction balances and has two legs"),
        _is(Kind.R6, "txn:"),
        otherwise=known,
    )
    yield items.check(
        "I6-I7",
        _("Every running balance is the sum of its entries, without gaps, and not below zero"),
        _is(Kind.R6, "account:"),
        otherwise=known,
        figure=_("%(count)s entries") % {"count": figures.get("entries", 0)},
    )
    yield items.check(
        "I15",
        _("Invoice numbers have no gaps"),
        _is(Kind.R6, "series:"),
        otherwise=known,
        figure="; ".join(figures.get("series", [])),
    )


def _holds(items: _Items, figures: dict[str, Any], *, is_known: bool) -> Iterable[Check]:
    for code, age in settings.HOLD_AGES.items():
        paise = figures.get("codes", {}).get(code, 0)
        yield items.check(
            f"I16-{code}",
            _("%(account)s: nothing older than %(days)s days")
            % {"account": code, "days": age.days},
            _old(code),
            otherwise=True if is_known else None,
            figure=rupees_exact(paise),
        )


def _old(code: str) -> Callable[[ReconItem], bool]:
    assert code in CHART
    return lambda item: (
        item.kind == Kind.R6 and item.problem == Problem.OLD and item.note.split(" ")[0] == code
    )


def _gateway(items: _Items, figures: dict[str, Any]) -> Iterable[Check]:
    yield items.check(
        "R2",
        _("Every payment that Razorpay captured is in our books"),
        lambda item: item.kind == Kind.R2,
    )
    yield items.check(
        "R4",
        _("rzp_clearing agrees with the settlement report"),
        lambda item: item.kind == Kind.R4,
        figure=rupees_exact(figures.get("codes", {}).get("rzp_clearing", 0)),
    )
    theirs = figures.get("x_balance")
    ours = figures.get("codes", {}).get("rzpx_float", 0)
    yield items.check(
        "float",
        _("rzpx_float agrees with the balance of RazorpayX"),
        _is(Kind.R6, "float"),
        otherwise=None if theirs is None else True,
        figure=f"{rupees_exact(ours)}; "
        + (_("Razorpay does not say") if theirs is None else rupees_exact(theirs)),
    )
    yield items.check(
        "R7", _("Webhooks arrive while money does"), lambda item: item.kind == Kind.R7
    )
    yield _signatures()


def _signatures() -> Check:
    refused = refused_webhooks.run_of_refusals()
    check = Check("signatures", _("Webhooks are signed with our secret"), refused is None)
    if refused is not None:
        hour = f"{refused.hour.astimezone(clock.IST):%Y-%m-%d %H:%M}"
        text = _("%(count)s with a bad signature in the hour from %(hour)s")
        check.rows = [
            Row("refused", str(refused.pk), text % {"count": refused.count, "hour": hour})
        ]
        check.count = 1
    return check


def _events() -> Check:
    late = GatewayEvent.objects.filter(
        status=GatewayEvent.Status.RECEIVED, received_at__lt=clock.now() - 2 * events.GRACE
    )
    left = [GatewayEvent.Status.ORPHAN, GatewayEvent.Status.RESTING]
    bad = late | GatewayEvent.objects.filter(status__in=left)
    counts = bad.values("status").order_by().annotate(count=Count("pk"))
    rows = bad.order_by("-pk").defer("body")[:MOST_SHOWN]
    shown = [
        Row("event", str(event.pk), f"{event} {event.get_status_display()} {event.note}")
        for event in rows
    ]
    count = sum(row["count"] for row in counts) if shown else 0
    name = _("No webhook waits or belongs to nobody")
    return Check("events", name, not shown, rows=shown, count=count)


def _outbox() -> Check:
    dead = OutboxRow.objects.filter(dead_at__isnull=False)
    shown = [
        Row("outbox", str(row.pk), f"{row.handler}: {row.last_error}"[:160])
        for row in dead.order_by("-dead_at")[:MOST_SHOWN]
    ]
    count = dead.count() if shown else 0
    return Check("outbox", _("Nothing was given up"), not shown, rows=shown, count=count)


def _last_runs() -> dict[str, ReconRun]:
    newest = ReconRun.objects.order_by("kind", "-started_at").distinct("kind")
    return {run.kind: run for run in newest}


def _reconcilers(runs: dict[str, ReconRun]) -> Iterable[Check]:
    for kind in Kind:
        run = runs.get(kind)
        name = f"{kind.value}: {kind.label}"
        if run is None:
            yield Check(f"run-{kind.value}", name, is_fine=False, figure=_("never ran"))
            continue
        is_late = run.started_at < clock.now() - MUST_HAVE_RUN[kind]
        is_fine = run.status != ReconRun.Status.FAILED and not is_late
        text = f"{run.get_status_display()}, {run.started_at.astimezone(clock.IST):%Y-%m-%d %H:%M}"
        rows = [] if is_fine else [Row("run", str(run.pk), f"{text} {run.note}".strip())]
        yield Check(f"run-{kind.value}", name, is_fine, figure=text, rows=rows, count=len(rows))


SUMMARY = {
    True: gettext_lazy("in order"),
    False: gettext_lazy("look at this"),
    None: gettext_lazy("not known"),
}
