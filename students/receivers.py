"""What families hear from accounts, and where they go after signing in."""

from typing import Any
from uuid import UUID

from accounts import news
from accounts.models import Role
from accounts.services import leaving as accounts_leaving
from accounts.services import onboarding
from students import personal
from students.services import forgetting, learners, leaving
from tutorhub.core import datamap, outbox

onboarding.register(Role.STUDENT, learners.next_step)
datamap.register(personal.TABLES)
accounts_leaving.register(says=leaving.consequences)


@outbox.receiver(news.USER_ERASED)
def forget_family(payload: dict[str, Any]) -> None:
    forgetting.forget(UUID(payload["user_id"]))


@outbox.job(learners.ERASE_JOB)
def erase_learner(payload: dict[str, Any]) -> None:
    learners.erase(UUID(payload["learner"]))
