from tutors.models.decisions import Badge, Decision
from tutors.models.documents import TutorDocument
from tutors.models.hours import FreeHours
from tutors.models.photos import TutorPhoto
from tutors.models.profiles import Offering, TutorProfile
from tutors.models.reports import TutorReport
from tutors.models.searching import SearchEntry

__all__ = [
    "Badge",
    "Decision",
    "FreeHours",
    "Offering",
    "SearchEntry",
    "TutorDocument",
    "TutorPhoto",
    "TutorProfile",
    "TutorReport",
]
