"""Fields of students."""

from tutorhub.core.access.fields.kinds import Fields
from tutorhub.core.access.kinds import EVERYONE, FAMILIES

WRITES: dict[str, Fields] = {
    "students.ConsentInput": Fields(FAMILIES, "accepted notice_version language purposes"),
    "students.GuardianCodeInput": Fields(FAMILIES, "code"),
    "students.GuardianInput": Fields(FAMILIES, "name phone relation"),
    "students.SpanField": Fields(FAMILIES, "day from to"),
    "students.LearnerInput": Fields(
        FAMILIES,
        "name grade board subjects mode budget_min_paise budget_max_paise pin_code languages "
        "goals free_hours guardian consent",
    ),
    "students.InviteInput": Fields(FAMILIES, "phone relation"),
    "students.LearnerForm": Fields(
        FAMILIES,
        "name grade board subjects mode pin_code budget_min budget_max languages goals "
        "guardian_name guardian_phone guardian_relation consent",
    ),
    "students.GuardianCodeForm": Fields(FAMILIES, "code"),
    "students.InviteForm": Fields(FAMILIES, "phone relation"),
}

READS: dict[str, Fields] = {
    "students.GuardianOutput": Fields(FAMILIES, "name phone relation"),
    "students.LearnerOutput": Fields(
        FAMILIES,
        "id name grade board subjects mode budget_min_paise budget_max_paise pin_code city "
        "state languages goals free_hours is_paused guardian consent",
    ),
    "students.MemberOutput": Fields(FAMILIES, "id name phone relation is_holder is_you joined_at"),
    "students.InviteOutput": Fields(FAMILIES, "id phone relation from_name created_at expires_at"),
    "students.ConsentOutput": Fields(
        FAMILIES, "notice_version language method is_proved given_at withdrawn_at"
    ),
    "students.ConsentRow": Fields(
        FAMILIES,
        "notice_version language method is_proved given_at withdrawn_at id learner purpose "
        "guardian_name relation",
    ),
    "students.NoticeSection": Fields(EVERYONE, "title points"),
    "students.NoticePurpose": Fields(EVERYONE, "purpose text"),
    "students.NoticeOutput": Fields(EVERYONE, "version language languages title sections purposes"),
    "students.CodeOnTheWay": Fields(FAMILIES, "resend_after expires_in"),
}
