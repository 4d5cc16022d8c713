"""Routes: tutors, their papers and the search."""

from tutorhub.core.access.kinds import FAMILIES, PEOPLE, TUTORS, Rule

RULES: dict[str, Rule] = {
    "tutors:tutor-search": Rule("GET"),
    "tutors:tutor-detail": Rule("GET", ids="slug", scope="tutors.TutorProfile.visible_to"),
    "tutors:city-show": Rule("GET", ids="city", scope="(a city, not anybody's)"),
    "tutors:city-subject": Rule("GET", ids="city_subject", scope="(a city, not anybody's)"),
    "tutors:tutor-facets": Rule("GET"),
    "tutors:tutor-compare": Rule("GET"),
    "tutors:tutor-card": Rule("GET", ids="card", scope="tutors.TutorProfile.listed"),
    "tutors:tutor-report": Rule("GET POST", PEOPLE, ids="slug", scope="tutors.TutorProfile.listed"),
    "tutors:saved-list": Rule("GET POST", FAMILIES),
    "tutors:saved-tell": Rule("POST", FAMILIES, "saved_search", scope="tutors.SavedSearch.of"),
    "tutors:saved-remove": Rule("POST", FAMILIES, "saved_search", scope="tutors.SavedSearch.of"),
    "tutors:profile-edit": Rule("GET", TUTORS),
    "tutors:profile-step": Rule("GET POST", TUTORS, "step", scope="(a step, not anybody's)"),
    "tutors:profile-submit": Rule("POST", TUTORS),
    "tutors:profile-withdraw": Rule("POST", TUTORS),
    "tutors:document-list": Rule("GET POST", TUTORS),
    "tutors:document-upload": Rule(
        "GET", TUTORS, "document", scope="tutors.TutorDocument.of", acts_by_get=True
    ),
    "tutors:document-done": Rule(
        "GET", TUTORS, "document", scope="tutors.TutorDocument.of", acts_by_get=True
    ),
    "tutors:document-withdraw": Rule("POST", TUTORS, "document", scope="tutors.TutorDocument.of"),
    "tutors:photo-edit": Rule("GET POST", TUTORS),
    "tutors:photo-upload": Rule(
        "GET", TUTORS, "photo", scope="tutors.TutorPhoto.of", acts_by_get=True
    ),
    "tutors:photo-done": Rule(
        "GET", TUTORS, "photo", scope="tutors.TutorPhoto.of", acts_by_get=True
    ),
    "tutors:photo-remove": Rule("POST", TUTORS, "photo", scope="tutors.TutorPhoto.of"),
    "tutors:photo-preview": Rule("GET", TUTORS, "photo", scope="tutors.TutorPhoto.of"),
    "api:tutors-list": Rule("GET"),
    "api:tutors-facets": Rule("GET"),
    "api:tutors-detail": Rule("GET", ids="profile", scope="tutors.TutorProfile.visible_to"),
    "api:tutors-compare": Rule("GET"),
    "api:tutors-reviews": Rule("GET", ids="profile", scope="tutors.TutorProfile.listed"),
    "api:students-searches": Rule("GET POST", FAMILIES),
    "api:students-search": Rule(
        "PATCH DELETE", FAMILIES, "saved_search", scope="tutors.SavedSearch.of"
    ),
    "api:tutors-profile-steps": Rule("GET", TUTORS),
    "api:tutors-profile": Rule("GET POST", TUTORS),
    "api:tutors-profile-submit": Rule("POST", TUTORS),
    "api:tutors-profile-withdraw": Rule("POST", TUTORS),
    "api:tutors-documents": Rule("GET POST", TUTORS),
    "api:tutors-document-complete": Rule(
        "POST", TUTORS, "document", scope="tutors.TutorDocument.of"
    ),
    "api:tutors-photos": Rule("GET POST", TUTORS),
    "api:tutors-photo": Rule("DELETE", TUTORS, "photo", scope="tutors.TutorPhoto.of"),
    "api:tutors-photo-complete": Rule("POST", TUTORS, "photo", scope="tutors.TutorPhoto.of"),
}
