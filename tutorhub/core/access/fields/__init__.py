"""Which fields people send and get, form by form; a field that stands nowhere fails the build.

`WRITES` has what a form or an input of the API takes, `READS` what an answer of the API shows, and
who may at most. What a person sends under any other name is passed over, or refused where the rule
of the route is `strict`; it is never written.
"""

from tutorhub.core.access.fields import (
    accounts,
    curriculum,
    marketplace,
    payments,
    site,
    students,
    tutors,
)
from tutorhub.core.access.fields.kinds import Fields

FILES = (site, accounts, curriculum, students, tutors, marketplace, payments)

WRITES: dict[str, Fields] = {name: fields for file in FILES for name, fields in file.WRITES.items()}
READS: dict[str, Fields] = {name: fields for file in FILES for name, fields in file.READS.items()}
