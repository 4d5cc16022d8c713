"""What documents and photos have in common on their way in."""

from datetime import timedelta

from accounts.models import User
from tutorhub.core import clock
from tutorhub.core.models import AuditEvent


def announced_today(user: User, action: str) -> int:
    """How often this person announced an upload within a day; taken back ones count as well."""
    since = clock.now() - timedelta(days=1)
    return AuditEvent.objects.filter(actor_id=user.pk, at__gt=since, action=action).count()
