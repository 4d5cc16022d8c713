"""The table of rules as a page for people: `docs/access.md`."""

from collections.abc import Iterable, Set

from tutorhub.core.access import kinds
from tutorhub.core.access.admin import ADMIN
from tutorhub.core.access.fields import READS, WRITES
from tutorhub.core.access.files import PREFIXES
from tutorhub.core.access.kinds import Action, AdminRule, Cell, Rule
from tutorhub.core.access.resources import RESOURCES, resources_of
from tutorhub.core.access.routes import RULES
from tutorhub.core.access.work import COMMANDS, HANDLERS, TASKS, Work

INTRODUCTION = """\
# Who may do what

Written by `manage.py access` from `tutorhub/core/access/`; a test compares the two. Change the
table, not this page.

What stands nowhere here is refused: a route without a rule is not there (404), a method that its
rule does not name is 405, people whom it does not name get the sign-in page, 401 or 403, and what
belongs to somebody else is answered to the byte as if it did not exist. `HEAD` is answered where
`GET` is. Pages are held to the table by `tutorhub.site.middleware.AccessMiddleware`, the API by
`accounts.api.permissions`; the decorators and permission classes of the views are the second lock.
Both guardians of a family are its *student* to what is about its children; payments, wallet, copies
and sign-ins are of whoever made them, and the *holder* is the guardian who made the family.

Standing: *acts* is closed to an account that is shut, and a suspended tutor may only look; *own
account* and *proves* concern nothing but the own account; *is heard* is the own side of an open
dispute, which a suspended tutor may still tell; *open* is there for whoever could see it
without an account.

*step-up* is a code of staff, entered a moment ago; *strong-step-up* is a proof of a moment ago, by
passkey or authenticator of whoever has either and by SMS of whoever has none; *second-factor* is
one by passkey or authenticator of everybody, where `PAYOUTS_TAKE_SECOND_FACTOR` is on.

A superuser alone has what names the superuser here. *break-glass*: while a second superuser agrees,
they look at every model of the back office and do in it what anybody may (`docs/signin.md`).
"""

_WHO = {
    kinds.EVERYONE: "everybody",
    kinds.PEOPLE: "families, tutors",
    kinds.FAMILIES: "families",
    kinds.TUTORS: "tutors",
    kinds.STAFF: "staff",
    kinds.PEOPLE | kinds.STAFF: "signed in",
}


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION, _resources(), _routes(), _admin(), _fields(), _work(), _files()]
    return "\n".join(parts)


def _table(title: str, heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = list(heads)
    lines = [f"## {title}", "", _line(heads), _line("---" for _head in heads)]
    return "\n".join([*lines, *(_line(row) for row in rows), ""])


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _who(who: Set[str]) -> str:
    return _WHO.get(frozenset(who)) or ", ".join(sorted(who))


def _resources() -> str:
    rows = (
        (name, "; ".join(_verb(*item) for item in row.verbs.items()))
        for name, row in RESOURCES.items()
    )
    return _table("Things", ("Thing", "Who may"), rows)


def _verb(verb: str, cells: tuple[Cell, ...]) -> str:
    everybody = {cell.who for cell in cells if cell.relation == kinds.ANY} == kinds.EVERYONE
    who = "everybody" if everybody else ", ".join(_cell(cell) for cell in cells)
    return f"**{verb.replace('_', ' ')}**: {who}"


def _cell(cell: Cell) -> str:
    extra = [cell.relation, *sorted(cell.needs)]
    extra += ["masked"] if cell.masked else []
    extra += [cell.note] if cell.note else []
    return f"{cell.who} ({', '.join(extra)})"


def _routes() -> str:
    rows = (
        (
            f"`{name}`",
            rule.methods,
            rule.signature or _who(rule.who),
            "".join(resources_of(name)),
            f"`{rule.scope}`"
            if rule.scope and not rule.scope.startswith("(")
            else rule.scope or "–",
            rule.standing,
            _takes(rule),
        )
        for name, rule in sorted(RULES.items())
    )
    heads = ("Route", "Methods", "Who", "Thing", "Looked for in", "Standing", "Takes")
    return _table("Routes", heads, rows)


def _takes(rule: Rule) -> str:
    takes = sorted(rule.needs)
    takes += ["a key for repeats"] if rule.money else []
    takes += ["no unknown keys"] if rule.strict else []
    takes += [f"{rule.holder} by the holder"] if rule.holder else []
    takes += [f"{rule.giver} by the holder or who agreed"] if rule.giver else []
    return ", ".join(takes) or "–"


def _admin() -> str:
    rows = (
        (
            f"`{label}`",
            _groups(rule.view),
            _groups(rule.add) if rule.add else "–",
            _groups(rule.change) if rule.change else "–",
            _actions(rule),
        )
        for label, rule in sorted(ADMIN.items())
    )
    heads = ("Model", "View", "Add", "Change", "Actions and pages")
    return _table("Back office", heads, rows)


def _groups(groups: Set[str]) -> str:
    return ", ".join(sorted(groups)) or kinds.BREAK_GLASS


def _actions(rule: AdminRule) -> str:
    form = (Action("the form of a row", rule.decide),) if rule.decide else ()
    return "; ".join(_action(action) for action in (*form, *rule.actions, *rule.pages)) or "–"


def _action(action: Action) -> str:
    needs = f" ({', '.join(sorted(action.needs))})" if action.needs else ""
    return f"`{action.name}`: {_groups(action.groups)}{needs}"


def _fields() -> str:
    lists = ((READS, "get"), (WRITES, "send"))
    rows = (
        (f"`{name}`", f"{_who(fields.who)} {verb}", ", ".join(fields.fields.split()))
        for table, verb in lists
        for name, fields in sorted(table.items())
    )
    return _table("Fields", ("Form or answer", "Who", "Fields"), rows)


def _work() -> str:
    kinds_of_work = (("task", TASKS), ("handler", HANDLERS), ("command", COMMANDS))
    rows = (
        (f"`{name}`", kind, work.actor, work.what)
        for kind, table in kinds_of_work
        for name, work in sorted(table.items(), key=_by_name)
    )
    return _table("Work without a request", ("Name", "Kind", "For", "What"), rows)


def _files() -> str:
    rows = ((f"`{name}/`", at.put, at.get, at.goes) for name, at in PREFIXES.items())
    return _table("Files", ("Below", "Who puts them there", "Who gets them", "They go"), rows)


def _by_name(item: tuple[str, Work]) -> str:
    return item[0]
