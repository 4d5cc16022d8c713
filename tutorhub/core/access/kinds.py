"""The words that the rules of access are written in."""

from collections.abc import Set
from dataclasses import dataclass
from typing import Final

# Who somebody is: the role of their account (`accounts.models.Role`), or nobody that we know.
ANONYMOUS, STUDENT, TUTOR_ROLE, STAFF_ROLE = "anonymous", "student", "tutor", "staff"

FAMILIES: Final = frozenset({STUDENT})
TUTORS: Final = frozenset({TUTOR_ROLE})
STAFF: Final = frozenset({STAFF_ROLE})
PEOPLE: Final = FAMILIES | TUTORS
EVERYONE: Final = PEOPLE | STAFF | {ANONYMOUS}

# The groups of staff (`accounts.services.staff`), and the flag beside them.
MODERATOR, FINANCE, SUPPORT = "moderator", "finance", "support"
SUPERUSER = "superuser"
"""Alone, without a group."""

# How somebody stands to a thing.
OWN, LINKED, ANY = "own", "linked", "any"

# What else it takes.
STEP_UP = "step-up"
"""A code of staff of a moment ago (`accounts.sudo`)."""
STRONG = "strong-step-up"
"""A proof of a moment ago (`accounts.services.stepup`).

Of whoever has a passkey or an authenticator by that, and not by SMS.
"""
FACTOR = "second-factor"
"""A strong step-up of everybody, where `settings.PAYOUTS_TAKE_SECOND_FACTOR` is on."""
SETTLED = "settled-device"
"""A device that is not new (`settings.NEW_DEVICE_WAITS`)."""
REASON = "reason"
"""Words of staff, kept in the audit trail."""
SECOND_PERSON = "second-person"
"""Somebody else than whoever asked for it."""
BREAK_GLASS = "break-glass"
"""A second superuser who agrees to every right for a while (`accounts.services.break_glass`)."""
NEEDS: Final = frozenset({STEP_UP, STRONG, FACTOR, SETTLED, REASON, SECOND_PERSON, BREAK_GLASS})

# What a suspended tutor and an account that staff have shut may still do.
ACTS = "acts"
"""A suspended tutor may look at it and do nothing; an account that is shut gets nothing."""
OWN_ACCOUNT = "own account"
"""A suspended tutor may do it: it concerns nothing but the own account."""
HEARD = "is heard"
"""A suspended tutor may do it: it is their side of a dispute that is open."""
PROVES = "proves"
"""As `OWN_ACCOUNT`, and also from a device that has to prove itself first."""
OPEN = "open"
"""Whoever may look at it without an account may, whatever becomes of the account."""
STANDINGS: Final = frozenset({ACTS, OWN_ACCOUNT, HEARD, PROVES, OPEN})

SAFE: Final = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class Rule:
    """What one route answers, and to whom. Whatever no rule names is refused."""

    methods: str
    who: Set[str] = EVERYONE
    ids: str = ""
    """What the address names, in the word that tests have for it; empty when it names nothing."""
    scope: str = ""
    """Where the view looks for that, as `app.Model.method` or `app.queries.function`.

    Words in brackets instead: why there is nothing of anybody's to look for.
    """
    body: str = ""
    """What a request must say to get past the question whether the thing exists."""
    money: bool = False
    """Whether its POST moves money, so that a repeat must not do it again."""
    acts_by_get: bool = False
    """A GET that does something; a HEAD, which asks for nothing to be done, is refused."""
    standing: str = ""
    needs: Set[str] = frozenset()
    strict: bool = False
    """Whether a key of the body that nobody knows is refused, and not passed over."""
    signature: str = ""
    """What the request carries that lets it in, whoever sends it."""
    holder: str = ""
    """Methods that are for the guardian who made the family alone; the second one gets 403."""
    giver: str = ""
    """Methods that are for the holder, and for the second guardian where they gave the consent."""

    def __post_init__(self) -> None:
        if not self.standing:
            object.__setattr__(self, "standing", OPEN if self.who == EVERYONE else ACTS)

    @property
    def names(self) -> frozenset[str]:
        """The methods that the rule names."""
        return frozenset(self.methods.split())

    def is_others(self, method: str | None) -> bool:
        """Whether the second guardian may not do this with what the holder has agreed to."""
        return method in {*self.holder.split(), *self.giver.split()}

    def answers(self, method: str | None) -> bool:
        """Whether a request with this method gets as far as the view."""
        if method == "HEAD":
            return "GET" in self.names and not self.acts_by_get
        return method in self.names

    def is_action(self, method: str | None) -> bool:
        """Whether the request asks for more than to look at something."""
        if self.standing != ACTS:
            return False
        return method not in SAFE or self.acts_by_get


@dataclass(frozen=True)
class AdminRule:
    """What the back office shows of one model.

    A superuser for whom a second one agrees may look at everything and do what anybody may.
    """

    view: frozenset[str] = frozenset()
    add: frozenset[str] = frozenset()
    change: frozenset[str] = frozenset()
    decide: frozenset[str] = frozenset()
    """Who may send the form on the page of one row, which is none for changing it."""
    actions: "tuple[Action, ...]" = ()
    pages: "tuple[Action, ...]" = ()


@dataclass(frozen=True)
class Action:
    """An action of the list, or a page of its own, by name, and which groups have it."""

    name: str
    groups: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    methods: str = "GET POST"
    """Of a page; an action is always sent."""


@dataclass(frozen=True)
class Cell:
    """One field of the table of resources: who may, being what to the thing, and what it takes."""

    who: str
    relation: str = OWN
    needs: frozenset[str] = frozenset()
    masked: bool = False
    note: str = ""
