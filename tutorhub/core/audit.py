"""Write an audit event beside the change it speaks of."""

from typing import Any

from django.db.models import Model

from tutorhub.core.models import AuditEvent


def record(action: str, subject: Model, *, by: Any = None, **data: Any) -> AuditEvent:
    """Record that `by` (a user, or None for the system) did `action` to `subject`.

    Call it inside the transaction of the change. `data` must be JSON and hold no personal data.
    """
    return AuditEvent.objects.create(
        action=action,
        object_type=subject._meta.label_lower,
        object_id=str(subject.pk),
        actor_id=getattr(by, "pk", None),
        actor_role=getattr(by, "role", "") or "system",
        data=data,
    )
