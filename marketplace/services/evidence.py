"""What the tutor of a class hands in when the family's bank questions its payment."""

from accounts.models import User
from accounts.services.standing import check_is_open
from marketplace import policies, queries
from marketplace.models import TutoringSession
from payments.models import EvidenceFile, GatewayDispute
from payments.services import evidence
from tutorhub.core import storage
from tutorhub.core.errors import Conflict


def state(session: TutoringSession, *, text: str, by: User) -> GatewayDispute:
    """Keep the tutor's words. Raises NotAllowed, EvidenceClosed, TooLong."""
    return evidence.state(_disputed(session, by), text=text, by=by)


def announce(
    session: TutoringSession, *, content_type: str, by: User, size: int | None = None
) -> EvidenceFile:
    """Note a file that is about to come. Raises NotAllowed, EvidenceClosed, TooManyFiles."""
    return evidence.announce(_disputed(session, by), content_type=content_type, size=size, by=by)


def upload_form(file: EvidenceFile, *, by: User, redirect_to: str = "") -> storage.Upload:
    """A fresh signed form for a file that has not arrived. Speaks to the storage."""
    check_is_open(by)
    return evidence.upload_form(file, redirect_to=redirect_to)


def complete(file: EvidenceFile, *, by: User) -> EvidenceFile:
    """Take in what has arrived. Speaks to the storage."""
    check_is_open(by)
    return evidence.complete(file, by=by)


def withdraw(file: EvidenceFile, *, by: User) -> None:
    """Take a file back, and delete it. Speaks to the storage."""
    check_is_open(by)
    evidence.withdraw(file, by=by)


def _disputed(session: TutoringSession, by: User) -> GatewayDispute:
    policies.check_can_give_evidence(session, by)
    dispute = queries.dispute_about(session)
    if dispute is None:
        raise Conflict(code="not_disputed")
    return dispute
