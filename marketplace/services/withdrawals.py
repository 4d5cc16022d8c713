"""What stops when a guardian takes consent back.

Nothing new starts from that moment on, for every service asks (`students.policies.NEEDS`). What was
begun before stops here: open searches and offers end, coming classes are called off and all their
money goes back. A class that has begun is finished, paid and rated like any other.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import Consent
from accounts.services import consents
from marketplace import messages
from marketplace.models import Side, TutoringSession
from marketplace.services import bookings, enquiries, sessions
from tutorhub.core import clock

Status = TutoringSession.Status


@transaction.atomic
def stop(learner_id: UUID, *, before: datetime) -> None:
    """End what was begun for this child until the consent was withdrawn. Repeatable.

    Whichever purpose was withdrawn: without the profile there is no search, without the classes no
    search has an aim. What a consent given again has allowed since is not touched.
    """
    now = clock.now()
    is_given_again = set(consents.live(learner_id)) == set(Consent.Purpose)
    until = before if is_given_again else now
    enquiries.close_without_consent(learner_id, until)
    ids = (
        TutoringSession.objects.filter(learner=learner_id, created_at__lte=until)
        .filter(status__in=[Status.REQUESTED, Status.PENDING_PAYMENT, Status.SCHEDULED])
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    for pk in ids:
        session = bookings.locked(pk)
        if session.status == Status.PENDING_PAYMENT:
            bookings.end_offer(session, tell=Side.TUTOR)
        elif session.status == Status.SCHEDULED:
            sessions.call_off(session, why="consent_withdrawn")
            messages.class_without_consent(session)
