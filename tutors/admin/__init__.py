"""The moderators' part of the back office: queues, cases, papers, and lists to look things up."""

from tutors.admin.lists import AnswerTemplateAdmin, BadgeAdmin, DecisionAdmin, TutorPhotoAdmin
from tutors.admin.profiles import TutorProfileAdmin
from tutors.admin.reports import TutorReportAdmin

__all__ = [
    "AnswerTemplateAdmin",
    "BadgeAdmin",
    "DecisionAdmin",
    "TutorPhotoAdmin",
    "TutorProfileAdmin",
    "TutorReportAdmin",
]
