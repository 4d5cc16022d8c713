"""What may be done with a learner, and when."""

from django.utils.translation import gettext_lazy as _

from students.models import Learner
from tutorhub.core.errors import DomainError


class ConsentMissing(DomainError):
    code = "consent_required"
    message = _("A parent or guardian has to agree before we keep anything about a child.")


def check_has_consent(learner: Learner) -> None:
    """Raise ConsentMissing where the guardian's consent was withdrawn."""
    if not learner.has_live_consent:
        raise ConsentMissing
