"""Who may do what: one table, which code, tests and docs read.

Strings and dataclasses only; no app is imported. The routes and the fields have one file for each
app. `docs/access.md` is written from here by `manage.py access`.
"""

from django.urls import ResolverMatch

from tutorhub.core.access.admin import ADMIN, PLAIN_PAGES, STANDARD_PAGES, VERBS
from tutorhub.core.access.kinds import STAFF, AdminRule, Rule
from tutorhub.core.access.routes import RULES

ADMIN_SITE = "admin"
ADMIN_PAGE = Rule("GET POST", STAFF)
"""What holds for every page of the back office; the site itself and its models ask for more."""

__all__ = ["ADMIN", "ADMIN_PAGE", "RULES", "AdminRule", "Rule", "admin_names", "rule_of"]


def rule_of(match: ResolverMatch | None) -> Rule | None:
    """The rule of the route that a request has found; None where nothing is allowed."""
    if match is None:
        return None
    if match.namespaces == [ADMIN_SITE]:
        # Without a name: what redirects an old address, and what says that nothing is there.
        known = match.url_name is None or match.url_name in _ADMIN_NAMES
        return ADMIN_PAGE if known else None
    return RULES.get(match.view_name)


def admin_names() -> dict[str, AdminRule | None]:
    """The name of each page of the back office, without the site's; None where no model owns it."""
    names: dict[str, AdminRule | None] = dict.fromkeys((*PLAIN_PAGES, *STANDARD_PAGES))
    for label, rule in ADMIN.items():
        names |= {f"{label.replace('.', '_')}_{verb}": rule for verb in VERBS}
        names |= {page.name: rule for page in rule.pages}
    return names


_ADMIN_NAMES = frozenset(admin_names())
