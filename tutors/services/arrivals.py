"""What documents and photos have in common on their way in."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tutorhub.core import clock, storage
from tutorhub.core.errors import DomainError
from tutorhub.core.models import AuditEvent


class WrongFile(DomainError):
    code = "wrong_file"
    message = _("The file that arrived is not the one that was announced. Please upload it again.")


def announced_today(user: User, action: str) -> int:
    """How often this person announced an upload within a day; taken back ones count as well."""
    since = clock.now() - timedelta(days=1)
    return AuditEvent.objects.filter(actor_id=user.pk, at__gt=since, action=action).count()


def check_arrived(key: str, *, size: int | None, content_type: str, max_size: int) -> None:
    """Raises storage.MissingFile, or WrongFile for another file than was announced."""
    head = storage.head(key)
    if head.size > max_size or (head.size, head.content_type) != (size or head.size, content_type):
        storage.delete(key)
        raise WrongFile
