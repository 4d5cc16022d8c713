"""Fields of curriculum."""

from tutorhub.core.access.fields.kinds import Fields
from tutorhub.core.access.kinds import EVERYONE

WRITES: dict[str, Fields] = {}

READS: dict[str, Fields] = {
    "curriculum.BoardOutput": Fields(EVERYONE, "code name state"),
    "curriculum.SubjectOutput": Fields(EVERYONE, "slug name"),
    "curriculum.LanguageOutput": Fields(EVERYONE, "code name"),
    "curriculum.CurriculumOutput": Fields(EVERYONE, "boards subjects languages grades"),
}
