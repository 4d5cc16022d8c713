"""Routes: enquiries, leads, classes and reviews."""

from tutorhub.core.access.kinds import FAMILIES, HEARD, PEOPLE, TUTORS, Rule

RULES: dict[str, Rule] = {
    "marketplace:review-list": Rule("GET", ids="slug", scope="tutors.TutorProfile.listed"),
    "marketplace:times-show": Rule("GET", ids="slug", scope="tutors.TutorProfile.listed"),
    "marketplace:enquiry-list": Rule("GET", FAMILIES),
    "marketplace:enquiry-new": Rule("GET POST", FAMILIES),
    "marketplace:enquiry-detail": Rule(
        "GET", FAMILIES, "enquiry", scope="marketplace.queries.enquiries_with_offers"
    ),
    "marketplace:enquiry-close": Rule(
        "POST", FAMILIES, "enquiry", scope="marketplace.Enquiry.of", money=True
    ),
    "marketplace:lead-list": Rule("GET", TUTORS),
    "marketplace:lead-detail": Rule(
        "GET POST", TUTORS, "lead", scope="marketplace.Lead.of", money=True
    ),
    "marketplace:lead-decline": Rule("POST", TUTORS, "lead", scope="marketplace.Lead.of"),
    "marketplace:session-list": Rule("GET", PEOPLE),
    "marketplace:session-detail": Rule(
        "GET", PEOPLE, "session", scope="marketplace.TutoringSession.visible_to"
    ),
    "marketplace:session-pay": Rule(
        "POST", FAMILIES, "session", scope="marketplace.TutoringSession.visible_to", money=True
    ),
    "marketplace:session-start": Rule(
        "POST", TUTORS, "session", scope="marketplace.TutoringSession.visible_to"
    ),
    "marketplace:session-complete": Rule(
        "POST", TUTORS, "session", scope="marketplace.TutoringSession.visible_to", money=True
    ),
    "marketplace:session-confirm": Rule(
        "POST", FAMILIES, "session", scope="marketplace.TutoringSession.visible_to", money=True
    ),
    "marketplace:session-review": Rule(
        "POST", PEOPLE, "session", scope="marketplace.TutoringSession.visible_to"
    ),
    "marketplace:session-cancel": Rule(
        "POST", PEOPLE, "session", scope="marketplace.TutoringSession.visible_to", money=True
    ),
    "marketplace:evidence-edit": Rule(
        "GET POST",
        TUTORS,
        "disputed",
        scope="marketplace.TutoringSession.visible_to",
        standing=HEARD,
    ),
    "marketplace:evidence-add": Rule(
        "POST", TUTORS, "disputed", scope="marketplace.TutoringSession.visible_to", standing=HEARD
    ),
    "marketplace:evidence-upload": Rule(
        "GET",
        TUTORS,
        "evidence",
        scope="payments.EvidenceFile.given_by",
        acts_by_get=True,
        standing=HEARD,
    ),
    "marketplace:evidence-done": Rule(
        "GET",
        TUTORS,
        "evidence",
        scope="payments.EvidenceFile.given_by",
        acts_by_get=True,
        standing=HEARD,
    ),
    "marketplace:evidence-delete": Rule(
        "POST", TUTORS, "evidence", scope="payments.EvidenceFile.given_by", standing=HEARD
    ),
    "api:enquiries-ask": Rule("POST", FAMILIES),
    "api:enquiries": Rule("GET", FAMILIES),
    "api:enquiries-detail": Rule(
        "GET", FAMILIES, "enquiry", scope="marketplace.queries.enquiries_with_offers"
    ),
    "api:enquiries-close": Rule(
        "POST", FAMILIES, "enquiry", scope="marketplace.Enquiry.of", money=True
    ),
    "api:leads-inbox": Rule("GET", TUTORS),
    "api:leads-detail": Rule("GET", TUTORS, "lead", scope="marketplace.Lead.of"),
    "api:leads-accept": Rule(
        "POST", TUTORS, "lead", scope="marketplace.Lead.of", money=True, strict=True
    ),
    "api:leads-decline": Rule("POST", TUTORS, "lead", scope="marketplace.Lead.of"),
    "api:sessions": Rule("GET", PEOPLE),
    "api:sessions-detail": Rule(
        "GET", PEOPLE, "session", scope="marketplace.TutoringSession.visible_to"
    ),
    "api:sessions-pay": Rule(
        "POST",
        FAMILIES,
        "session",
        scope="marketplace.TutoringSession.visible_to",
        money=True,
        strict=True,
    ),
    "api:sessions-start": Rule(
        "POST", TUTORS, "session", scope="marketplace.TutoringSession.visible_to", strict=True
    ),
    "api:sessions-complete": Rule(
        "POST",
        TUTORS,
        "session",
        scope="marketplace.TutoringSession.visible_to",
        money=True,
        strict=True,
    ),
    "api:sessions-confirm": Rule(
        "POST", FAMILIES, "session", scope="marketplace.TutoringSession.visible_to", money=True
    ),
    "api:sessions-review": Rule(
        "POST", PEOPLE, "session", scope="marketplace.TutoringSession.visible_to"
    ),
    "api:sessions-cancel": Rule(
        "POST", PEOPLE, "session", scope="marketplace.TutoringSession.visible_to", money=True
    ),
    "api:evidence": Rule(
        "GET PUT",
        TUTORS,
        "disputed",
        scope="marketplace.TutoringSession.visible_to",
        standing=HEARD,
    ),
    "api:evidence-files": Rule(
        "POST", TUTORS, "disputed", scope="marketplace.TutoringSession.visible_to", standing=HEARD
    ),
    "api:evidence-file": Rule(
        "DELETE", TUTORS, "evidence", scope="payments.EvidenceFile.given_by", standing=HEARD
    ),
    "api:evidence-file-complete": Rule(
        "POST", TUTORS, "evidence", scope="payments.EvidenceFile.given_by", standing=HEARD
    ),
}
