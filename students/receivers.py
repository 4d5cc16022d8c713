"""Where families go after signing in."""

from accounts.models import Role
from accounts.services import onboarding
from students.services import learners

onboarding.register(Role.STUDENT, learners.next_step)
