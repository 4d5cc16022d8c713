"""Who may call an operation. Nothing is open unless it says so.

Each of these asks the table of rules (`tutorhub.core.access`) first: an operation without a rule, a
method that the rule does not name and a role that it does not name are refused, whatever the view
says. What the view says on top is the second lock; a test compares the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import SAFE_METHODS, BasePermission

from accounts import policies
from accounts.clients import sign_in_of
from accounts.models.users import Role
from accounts.services import standing, stepup
from tutorhub.core import access

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class DenyAll(BasePermission):
    """The default: an operation that names no permission answers nobody."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return False


class AnyToken(BasePermission):
    """Everybody with a token, even on a device that has to prove itself first."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not (request.user and request.user.is_authenticated):
            return False
        rule = access.rule_of(request.resolver_match)
        return rule is not None and rule.answers(request.method) and request.user.role in rule.who


class OwnAccount(AnyToken):
    """Everybody with a token, whatever else they may not do: it is their own data.

    Raises policies.ProofDue on a device that has to prove itself first.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not super().has_permission(request, view):
            return False
        if getattr(request.auth, "proof_due", False):
            raise policies.ProofDue
        return True


class SignedIn(OwnAccount):
    """People of these roles; whoever is suspended may look and not act.

    Raises what `standing.check_may_act` raises.
    """

    roles: frozenset[str] = frozenset({Role.STUDENT, Role.TUTOR})

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not super().has_permission(request, view) or request.user.role not in self.roles:
            return False
        if request.method not in SAFE_METHODS:
            standing.check_may_act(request.user)
        return True


class IsFamily(SignedIn):
    roles: frozenset[str] = frozenset({Role.STUDENT})


class IsTutor(SignedIn):
    roles: frozenset[str] = frozenset({Role.TUTOR})


class IsHeardTutor(OwnAccount):
    """Tutors, suspended or not, about a dispute that is theirs."""

    roles: frozenset[str] = frozenset({Role.TUTOR})

    def has_permission(self, request: Request, view: APIView) -> bool:
        return super().has_permission(request, view) and request.user.role in self.roles


def check_strong_code(request: Request) -> None:
    """Raise stepup.StepUpNeeded unless a code was entered a moment ago.

    Of whoever has a second factor by that: raises stepup.StrongStepUpNeeded.
    """
    stepup.check_enough(request.user, sign_in_of(request))


def check_second_factor(request: Request) -> None:
    """Raise what `stepup.check_for_payouts` raises before earnings go anywhere."""
    stepup.check_for_payouts(request.user, sign_in_of(request))


def check_settled(request: Request, action: str) -> None:
    """Raise policies.DeviceTooNew on a device that is too new (settings.NEW_DEVICE_WAITS)."""
    policies.check_device_is_settled(request.user, sign_in_of(request), action)


class StrongCode(BasePermission):
    """Whatever is changed here takes a code of a moment ago; whoever has a second factor uses it.

    List it after the permission that says who may come here at all.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.method not in SAFE_METHODS:
            check_strong_code(request)
        return True


class SecondFactorForPayout(BasePermission):
    """Whatever is changed here takes a second factor, where the settings say so."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.method not in SAFE_METHODS:
            check_second_factor(request)
        return True


class SettledForWithdrawal(BasePermission):
    """Whatever is changed here takes a device that is not new."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.method not in SAFE_METHODS:
            check_settled(request, "withdrawal")
        return True
