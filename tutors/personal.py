"""The data map of tutors."""

from django.utils.translation import gettext_lazy as _

from tutorhub.core.datamap import Erased, Table
from tutors.models import (
    Badge,
    CaseNote,
    Decision,
    Offering,
    Submission,
    TutorDocument,
    TutorPhoto,
    TutorProfile,
    TutorReport,
)

TABLES = [
    Table(
        "tutors.TutorProfile",
        plain="id user status submitted_at approved_at rating_sum rating_count minutes_taught"
        " listed_until created_at updated_at",
        personal="slug headline bio gender languages experience_years qualifications video_url"
        " place latitude longitude city state radius_km status_notes trial_minutes"
        " trial_price_paise free_hours response_minutes",
        section="teaching",
        title=_("Profile"),
        purpose=_("To show you to families who look for a tutor"),
        kept="account",
        erased=Erased.EMPTIED,
        of=lambda user: TutorProfile.objects.filter(user=user.pk),
    ),
    Table(
        "tutors.Offering",
        plain="id tutor subject boards grade_min grade_max online_rate_paise home_rate_paise",
        section="teaching",
        title=_("Subjects and prices"),
        purpose=_("To show what you teach and for how much"),
        kept="account",
        erased=Erased.DELETED,
        of=lambda user: Offering.objects.filter(tutor__user=user.pk),
        since="",
    ),
    Table(
        "tutors.TutorDocument",
        plain="id tutor kind status content_type size pages upload_key problem created_at"
        " received_at reviewed_at reviewed_by",
        personal="filename sha256 notes",
        hidden="stored_key",
        section="papers",
        title=_("Papers"),
        purpose=_("To check who you are and what you have learnt"),
        kept="papers",
        erased=Erased.EMPTIED,
        of=lambda user: TutorDocument.objects.filter(tutor__user=user.pk),
    ),
    Table(
        "tutors.TutorPhoto",
        plain="id tutor status content_type size upload_key problem created_at received_at"
        " reviewed_at reviewed_by",
        personal="public_id notes",
        hidden="stored_key",
        section="papers",
        title=_("Photos"),
        purpose=_("To show families your face"),
        kept="account",
        erased=Erased.DELETED,
        of=lambda user: TutorPhoto.objects.filter(tutor__user=user.pk),
    ),
    Table(
        "tutors.Decision",
        plain="id tutor document verdict decided_by decided_at",
        personal="notes",
        section="papers",
        title=_("Decisions about your profile and papers"),
        purpose=_("To say why somebody was approved or not"),
        kept="records",
        erased=Erased.EMPTIED,
        of=lambda user: Decision.objects.filter(tutor__user=user.pk),
        since="decided_at",
    ),
    Table(
        "tutors.Badge",
        plain="id tutor claim document checked_on valid_until",
        section="papers",
        title=_("Badges"),
        purpose=_("To show families what was checked"),
        kept="account",
        erased=Erased.DELETED,
        of=lambda user: Badge.objects.filter(tutor__user=user.pk),
        since="checked_on",
    ),
    Table(
        "tutors.Submission",
        plain="id tutor number kind version submitted_at reviewed_at reviewed_by",
        personal="snapshot",
        section="papers",
        title=_("What you handed in"),
        purpose=_("To see what has changed since it was last checked"),
        kept="account",
        erased=Erased.DELETED,
        of=lambda user: Submission.objects.filter(tutor__user=user.pk),
        since="submitted_at",
    ),
    Table(
        "tutors.CaseNote",
        plain="id tutor decision by created_at",
        personal="text",
        section="papers",
        title=_("Notes of moderators"),
        purpose=_("To hand a case from one moderator to another"),
        kept="account",
        erased=Erased.DELETED,
        of=lambda user: CaseNote.objects.filter(tutor__user=user.pk),
    ),
    Table(
        "tutors.TutorReport",
        plain="id tutor reported_by reason status reported_at decided_at decided_by",
        personal="text",
        hidden="notes",
        section="classes",
        title=_("Tutors you have reported"),
        purpose=_("To look into what is wrong with a tutor's page"),
        kept="records",
        erased=Erased.EMPTIED,
        of=lambda user: TutorReport.objects.filter(reported_by=user.pk),
        since="reported_at",
    ),
    Table("tutors.ReviewClaim", plain="tutor moderator claimed_at expires_at"),
    Table("tutors.BadgeNotice", plain="id badge valid_until days created_at"),
    Table(
        "tutors.AnswerTemplate",
        plain="id use paper title text_en text_hi position is_offered",
    ),
    # Made by triggers from the tables above, and gone with them.
    Table(
        "tutors.SearchEntry",
        plain="pk offering tutor boards rate cell languages listed_until subject quality_gap"
        " rating_gap grades radius_km gender is_home has_trial",
        personal="latitude longitude free_hours",
        kept="account",
        erased=Erased.DELETED,
    ),
]
