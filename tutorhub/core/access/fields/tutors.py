"""Fields of tutors."""

from tutorhub.core.access.fields.kinds import Fields
from tutorhub.core.access.kinds import EVERYONE, FAMILIES, PEOPLE, STAFF, TUTORS

WRITES: dict[str, Fields] = {
    "tutors.OfferingInput": Fields(
        TUTORS, "subject boards grade_min grade_max online_rate_paise home_rate_paise"
    ),
    "tutors.TrialInput": Fields(TUTORS, "minutes price_paise"),
    "tutors.ProfileInput": Fields(
        TUTORS,
        "name headline bio gender languages experience_years qualifications video_url "
        "pin_code radius_km trial free_hours offerings",
    ),
    "tutors.SearchInput": Fields(
        EVERYONE,
        "subject grade board mode budget_max_paise pin_code lat lon within_km gender language "
        "min_rating trial day free_from free_to sort cursor page_size city q",
    ),
    "tutors.DocumentInput": Fields(TUTORS, "kind filename content_type size"),
    "tutors.PhotoInput": Fields(TUTORS, "content_type size"),
    "tutors.admin.PhotoShowForm": Fields(STAFF, ""),
    "tutors.admin.deciding.DecisionForm": Fields(STAFF, "internal notes"),
    "tutors.admin.deciding.PaperForm": Fields(STAFF, "internal notes seen valid_until"),
    "tutors.admin.deciding.VerdictForm": Fields(STAFF, "internal notes seen"),
    "tutors.admin.deciding.PhotoForm": Fields(STAFF, "notes"),
    "tutors.admin.desk.HandOverForm": Fields(STAFF, "reason to"),
    "tutors.admin.desk.NoteForm": Fields(STAFF, "text"),
    "tutors.admin.desk.TakeOverForm": Fields(STAFF, "reason"),
    "tutors.admin.reports.VerdictForm": Fields(STAFF, "is_founded notes"),
    "core.HoursForm": Fields(PEOPLE, "hours"),
    "tutors.CompareInput": Fields(EVERYONE, "ids"),
    "tutors.ReportForm": Fields(PEOPLE, "reason text"),
    "tutors.SavedSearchChange": Fields(FAMILIES, "is_told"),
    "tutors.SavedSearchInput": Fields(FAMILIES, "is_told name wishes"),
    "tutors.YouForm": Fields(TUTORS, "gender languages name"),
    "tutors.TeachingForm": Fields(TUTORS, "bio experience_years headline qualifications"),
    "tutors.WhereForm": Fields(TUTORS, "pin_code radius_km"),
    "tutors.TrialForm": Fields(TUTORS, "minutes price"),
    "tutors.VideoForm": Fields(TUTORS, "video_url"),
    "tutors.WeekForm": Fields(TUTORS, "hours"),
    "tutors.FileForm": Fields(TUTORS, "size"),
    "tutors.DocumentForm": Fields(TUTORS, "size kind content_type"),
    "tutors.PhotoForm": Fields(TUTORS, "size content_type"),
    "tutors.SearchForm": Fields(
        EVERYONE,
        "subject grade board mode pin_code city lat lon q budget gender language min_rating trial "
        "day time sort",
    ),
    "tutors.OfferingForm": Fields(
        TUTORS, "subject grade_min grade_max boards state_boards online_rate home_rate"
    ),
}

READS: dict[str, Fields] = {
    "tutors.OfferingOutput": Fields(
        EVERYONE,
        "subject subject_name boards grade_min grade_max online_rate_paise home_rate_paise",
    ),
    "tutors.ProfileOutput": Fields(
        TUTORS,
        "id slug status notes missing name headline bio gender languages experience_years "
        "qualifications video_url pin_code city state radius_km trial_minutes "
        "trial_price_paise free_hours listed_until offerings submitted_at approved_at "
        "pending_name pending_qualifications pending_at",
    ),
    "tutors.TutorOutput": Fields(
        EVERYONE,
        "id slug name headline photo_url bio gender languages experience_years qualifications "
        "video_url city state radius_km rating review_count hours_taught response_minutes "
        "trial_minutes trial_price_paise badges offerings",
    ),
    "tutors.DocumentOutput": Fields(
        TUTORS,
        "id kind status filename content_type size problem notes created_at received_at "
        "reviewed_at",
    ),
    "tutors.PhotoOutput": Fields(
        TUTORS, "id status problem notes photo_url created_at received_at"
    ),
    "tutors.BadgeOutput": Fields(EVERYONE, "claim label checked_on valid_until"),
    "tutors.PartOutput": Fields(EVERYONE, "code points most text"),
    "tutors.ResultOutput": Fields(
        EVERYONE,
        "id slug name headline photo_url city languages rate_paise mode distance_km rating "
        "review_count hours_taught badges has_trial score score_parts why",
    ),
    "tutors.ResultPageOutput": Fields(EVERYONE, "results next previous understood"),
    "tutors.UnderstoodOutput": Fields(EVERYONE, "did_you_mean filters names"),
    "tutors.ComparedOutput": Fields(
        EVERYONE, "boards experience_years fits free trial_minutes trial_price_paise tutor"
    ),
    "tutors.SpanOutput": Fields(EVERYONE, "day first last"),
    "tutors.SavedSearchOutput": Fields(FAMILIES, "created_at id is_told name wishes"),
    "tutors.ProgressOutput": Fields(TUTORS, "is_ready next percent steps"),
    "tutors.ProfileStepOutput": Fields(TUTORS, "is_done items name title"),
    "tutors.StepItemOutput": Fields(TUTORS, "code is_done is_required what why"),
    "tutors.PricesOutput": Fields(EVERYONE, "low middle high"),
    "tutors.FacetsOutput": Fields(EVERYONE, "total is_all counts prices"),
    "tutors.UploadOutput": Fields(TUTORS, "url method fields headers"),
    "tutors.NewDocumentOutput": Fields(TUTORS, "id status upload"),
}
