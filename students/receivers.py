"""What families hear from accounts, and where they go after signing in."""

from typing import Any
from uuid import UUID

from accounts import news
from accounts.models import Role
from accounts.services import onboarding
from students.services import forgetting, learners
from tutorhub.core import outbox

onboarding.register(Role.STUDENT, learners.next_step)


@outbox.receiver(news.USER_ERASED)
def forget_family(payload: dict[str, Any]) -> None:
    forgetting.forget(UUID(payload["user_id"]))


@outbox.job(learners.ERASE_JOB)
def erase_learner(payload: dict[str, Any]) -> None:
    learners.erase(UUID(payload["learner"]))
