from tutors.models.decisions import Badge, Decision
from tutors.models.documents import TutorDocument
from tutors.models.hours import FreeHours
from tutors.models.naming import SearchName, SearchWord
from tutors.models.photos import TutorPhoto
from tutors.models.profiles import Offering, TutorProfile
from tutors.models.saved import SavedSearch
from tutors.models.searching import SearchEntry

__all__ = [
    "Badge",
    "Decision",
    "FreeHours",
    "Offering",
    "SavedSearch",
    "SearchEntry",
    "SearchName",
    "SearchWord",
    "TutorDocument",
    "TutorPhoto",
    "TutorProfile",
]
