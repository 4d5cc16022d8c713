"""Fields of marketplace."""

from tutorhub.core.access.fields.kinds import Fields
from tutorhub.core.access.kinds import EVERYONE, FAMILIES, PEOPLE, STAFF, TUTORS

WRITES: dict[str, Fields] = {
    "marketplace.EnquiryInput": Fields(
        FAMILIES, "learner subject mode budget_max_paise pin_code preferred_times note tutor"
    ),
    "marketplace.AcceptInput": Fields(TUTORS, "start_at duration_min rate_paise message mode"),
    "marketplace.DeclineInput": Fields(TUTORS, "reason"),
    "marketplace.CodeInput": Fields(TUTORS, "code"),
    "marketplace.ReviewInput": Fields(PEOPLE, "stars text"),
    "marketplace.PayInput": Fields(FAMILIES, "method"),
    "marketplace.EvidenceInput": Fields(TUTORS, "statement"),
    "marketplace.EvidenceFileInput": Fields(TUTORS, "content_type size"),
    "marketplace.StatementForm": Fields(TUTORS, "text"),
    "marketplace.EvidenceFileForm": Fields(TUTORS, "content_type"),
    "marketplace.ContestForm": Fields(STAFF, "words has_ours has_statement tutor_files"),
    "marketplace.EnquiryForm": Fields(
        FAMILIES, "learner subject mode budget_max pin_code preferred_times note tutor"
    ),
    "marketplace.AcceptForm": Fields(TUTORS, "start_at duration_min rate mode message"),
    "marketplace.DeclineForm": Fields(TUTORS, "reason"),
    "marketplace.CodeForm": Fields(TUTORS, "code"),
    "marketplace.ReviewForm": Fields(PEOPLE, "stars text"),
}

READS: dict[str, Fields] = {
    "marketplace.TutorReviewOutput": Fields(EVERYONE, "published_at stars subject text"),
    "marketplace.EvidenceFileOutput": Fields(
        TUTORS, "id status filename content_type size created_at received_at sent_at"
    ),
    "marketplace.TutorCard": Fields(PEOPLE, "id name slug"),
    "marketplace.OfferTutor": Fields(
        FAMILIES, "id name slug headline rating review_count hours_taught"
    ),
    "marketplace.OfferOutput": Fields(
        FAMILIES,
        "id status start_at end_at duration_min mode rate_paise price_paise message pay_by tutor",
    ),
    "marketplace.EnquiryOutput": Fields(
        FAMILIES,
        "id status learner subject grade board mode budget_max_paise pin_code city "
        "preferred_times note leads_sent created_at expires_at",
    ),
    "marketplace.EnquiryDetailOutput": Fields(
        FAMILIES,
        "id status learner subject grade board mode budget_max_paise pin_code city "
        "preferred_times note leads_sent created_at expires_at offers",
    ),
    "marketplace.LeadEnquiry": Fields(
        TUTORS,
        "subject grade board mode area city budget_max_paise preferred_times note expires_at",
    ),
    "marketplace.LeadMatch": Fields(TUTORS, "score reasons"),
    "marketplace.LeadOutput": Fields(
        TUTORS, "id status credits places_left created_at enquiry match"
    ),
    "marketplace.LearnerCard": Fields(PEOPLE, "id name grade area"),
    "marketplace.SessionRow": Fields(
        PEOPLE,
        "id status subject start_at end_at duration_min mode rate_paise price_paise message "
        "pay_by enquiry tutor learner",
    ),
    "marketplace.TimelineEvent": Fields(PEOPLE, "kind title at by"),
    "marketplace.MoneyOutput": Fields(
        PEOPLE,
        "price_paise commission_paise commission_bps gst_paise tax_withheld_paise "
        "tax_withheld_bps tcs_paise net_paise is_booked",
    ),
    "marketplace.ContactOutput": Fields(PEOPLE, "name phone"),
    "marketplace.ReviewOutput": Fields(PEOPLE, "side stars text written_at published_at"),
    "marketplace.SessionOutput": Fields(
        PEOPLE,
        "id status subject start_at end_at duration_min mode rate_paise price_paise message "
        "pay_by release_due_at is_first_of_pair enquiry policy tutor learner timeline money "
        "contact start_code end_code reviews chargebacks actions",
    ),
    "marketplace.NewEvidenceFileOutput": Fields(TUTORS, "id status upload"),
    "marketplace.EvidenceOutput": Fields(TUTORS, "statement takes_evidence evidence_until files"),
}
