from tutors.models.decisions import Badge, BadgeNotice, Decision
from tutors.models.desk import AnswerTemplate, CaseNote, ReviewClaim, Submission
from tutors.models.documents import TutorDocument
from tutors.models.hours import FreeHours
from tutors.models.naming import SearchName, SearchWord
from tutors.models.photos import TutorPhoto
from tutors.models.profiles import Offering, TutorProfile
from tutors.models.reports import TutorReport
from tutors.models.saved import SavedSearch
from tutors.models.searching import SearchEntry

__all__ = [
    "AnswerTemplate",
    "Badge",
    "BadgeNotice",
    "CaseNote",
    "Decision",
    "FreeHours",
    "Offering",
    "ReviewClaim",
    "SavedSearch",
    "SearchEntry",
    "SearchName",
    "SearchWord",
    "Submission",
    "TutorDocument",
    "TutorPhoto",
    "TutorProfile",
    "TutorReport",
]
