"""Fields of site."""

from tutorhub.core.access.fields.kinds import Fields
from tutorhub.core.access.kinds import EVERYONE

WRITES: dict[str, Fields] = {
    "site.TutorSearchForm": Fields(EVERYONE, "subject grade pin_code"),
    "site.SampleForm": Fields(EVERYONE, "name phone board rate mode subjects paper note consent"),
}

READS: dict[str, Fields] = {}
