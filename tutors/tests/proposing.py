"""What waits of a checked tutor, and what became of it, for tests."""

from typing import Any

from notifications.models import Message
from tutorhub.core.models import AuditEvent
from tutors.models import TutorProfile
from tutors.queries.desk import queues
from tutors.services import profiles

OLD, NEW = "Meera Iyer", "Dr. Meera Rao"


def again(tutor: TutorProfile) -> TutorProfile:
    return TutorProfile.objects.select_related("user").get(pk=tutor.pk)


def save(tutor: TutorProfile, **values: Any) -> TutorProfile:
    profiles.save(by=tutor.user, details=profiles.ProfileDetails(**values))
    return again(tutor)


def state(tutor: TutorProfile) -> tuple[str, str, bool]:
    """The name that is shown, the one that waits, and whether something waits."""
    found = again(tutor)
    return found.user.name, found.pending_name, found.is_proposing


def in_queue(moderator: Any) -> list[tuple[TutorProfile, str]]:
    rows = next(queue.rows for queue in queues(moderator) if queue.code == "changes")
    return [(row.tutor, row.what) for row in rows]


def actions(tutor: TutorProfile) -> list[str]:
    events = AuditEvent.objects.filter(object_id=str(tutor.pk)).order_by("pk")
    return list(events.values_list("action", flat=True))


def told(template: str) -> Message:
    return Message.objects.filter(template=template).latest("pk")
