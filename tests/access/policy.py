"""The rules of `tutorhub.core.access.routes`, said of the people of `tests.access.world`.

A new route gets its rule there, in the file of its app; what it names in its address, and whose
that is, stands in the world. Others of the right role get 404, everybody else 401, 403, 404 or the
way to the sign-in page.
"""

from dataclasses import dataclass

from tests.access.world import EVERYONE, FAMILIES, OWNERS, STAFF, TUTORS
from tutorhub.core import access
from tutorhub.core.access import kinds

PRINCIPALS_OF = {
    kinds.ANONYMOUS: frozenset({"anonymous"}),
    kinds.STUDENT: FAMILIES,
    kinds.TUTOR_ROLE: TUTORS,
    kinds.STAFF_ROLE: STAFF,
}


@dataclass(frozen=True)
class Row:
    rule: access.Rule

    @property
    def methods(self) -> str:
        return self.rule.methods

    @property
    def ids(self) -> str:
        return self.rule.ids

    @property
    def body(self) -> str:
        return self.rule.body

    @property
    def roles(self) -> frozenset[str]:
        return frozenset().union(*(PRINCIPALS_OF[kind] for kind in self.rule.who))

    @property
    def allowed(self) -> frozenset[str]:
        """Those of the right role whose object it is."""
        owners = OWNERS.get(self.ids)
        return self.roles if owners is None else self.roles & owners

    @property
    def is_open(self) -> bool:
        return self.roles == EVERYONE

    def is_action(self, method: str) -> bool:
        return self.rule.is_action(method)


RULES = {name: rule for name, rule in access.RULES.items() if not rule.signature}
PAGES = {name: Row(rule) for name, rule in RULES.items() if not name.startswith("api:")}
API = {name: Row(rule) for name, rule in RULES.items() if name.startswith("api:")}
# Let in by what the request carries, not by who sends it; each has tests of its own.
BY_SIGNATURE = {name: rule.signature for name, rule in access.RULES.items() if rule.signature}
