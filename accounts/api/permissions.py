"""Who may call an operation. Nothing is open unless it says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import SAFE_METHODS, BasePermission

from accounts.models.users import Role
from accounts.services import standing

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class DenyAll(BasePermission):
    """The default: an operation that names no permission answers nobody."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return False


class OwnAccount(BasePermission):
    """Everybody with a token, whatever else they may not do: it is their own data."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(request.user and request.user.is_authenticated)


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
