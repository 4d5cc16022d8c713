from tutors.models.decisions import Badge, Decision
from tutors.models.documents import TutorDocument
from tutors.models.photos import TutorPhoto
from tutors.models.profiles import Offering, TutorProfile

__all__ = ["Badge", "Decision", "Offering", "TutorDocument", "TutorPhoto", "TutorProfile"]
