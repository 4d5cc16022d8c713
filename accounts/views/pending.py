"""What a browser remembers between asking for a code and entering it."""

from dataclasses import dataclass, field
from uuid import UUID

from django.http import HttpRequest

from accounts import phones
from tutorhub.core.http import safe_path

KEY = "signin"


@dataclass
class Pending:
    """The number, and the challenges that this browser alone may answer."""

    phone: str
    challenges: list[str] = field(default_factory=list)
    next: str = ""
    role: str = ""
    is_working: bool = False
    """Whether this browser had to work for the last code, and will have to for entering it."""

    @property
    def phone_text(self) -> str:
        return phones.spaced(self.phone)

    @property
    def challenge_ids(self) -> list[UUID]:
        return [UUID(challenge) for challenge in self.challenges]


def load(request: HttpRequest) -> Pending | None:
    stored = request.session.get(KEY)
    return Pending(**stored) if stored else None


def remember(
    request: HttpRequest,
    *,
    phone: str,
    challenge_id: UUID,
    next_path: str,
    role: str,
    is_working: bool,
) -> None:
    """Add a challenge; those of the same number stay, so that a late code still works."""
    known = load(request)
    pending = known if known and known.phone == phone else Pending(phone)
    pending.challenges = [*pending.challenges, str(challenge_id)][-3:]
    pending.next = safe_next(request, next_path) or pending.next
    pending.role = role or pending.role
    pending.is_working = is_working
    request.session[KEY] = vars(pending)


def forget(request: HttpRequest) -> None:
    request.session.pop(KEY, None)


def safe_next(request: HttpRequest, path: str) -> str:
    """The path if it is one of this site, else nothing."""
    return safe_path(path, is_secure=request.is_secure())
