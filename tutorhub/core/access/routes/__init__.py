"""One rule for each route, by its name; each app has a file, so that two can add rows at once."""

from tutorhub.core.access.kinds import Rule
from tutorhub.core.access.routes import (
    accounts,
    core,
    curriculum,
    marketplace,
    notifications,
    payments,
    site,
    students,
    tutors,
)

FILES = (
    site,
    core,
    notifications,
    accounts,
    curriculum,
    students,
    tutors,
    marketplace,
    payments,
)

RULES: dict[str, Rule] = {name: rule for file in FILES for name, rule in file.RULES.items()}
