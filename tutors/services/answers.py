"""Words that moderators use again and again."""

from django.db import transaction

from accounts.models import User
from tutorhub.core import audit
from tutors.models import AnswerTemplate
from tutors.policies import check_can_verify


@transaction.atomic
def save(template: AnswerTemplate, *, by: User) -> AnswerTemplate:
    """Keep a new answer, or one that reads differently now."""
    check_can_verify(by)
    template.save()
    audit.record("answer_template.saved", template, by=by, use=template.use)
    return template
