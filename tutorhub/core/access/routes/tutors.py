"""Routes: tutors, their papers and the search."""

from tutorhub.core.access.kinds import TUTORS, Rule

RULES: dict[str, Rule] = {
    "tutors:tutor-search": Rule("GET"),
    "tutors:tutor-detail": Rule("GET", ids="slug", scope="tutors.TutorProfile.visible_to"),
    "tutors:profile-edit": Rule("GET POST", TUTORS),
    "tutors:profile-submit": Rule("POST", TUTORS),
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
    "api:tutors-profile": Rule("GET POST", TUTORS),
    "api:tutors-profile-submit": Rule("POST", TUTORS),
    "api:tutors-documents": Rule("GET POST", TUTORS),
    "api:tutors-document-complete": Rule(
        "POST", TUTORS, "document", scope="tutors.TutorDocument.of"
    ),
    "api:tutors-photos": Rule("GET POST", TUTORS),
    "api:tutors-photo": Rule("DELETE", TUTORS, "photo", scope="tutors.TutorPhoto.of"),
    "api:tutors-photo-complete": Rule("POST", TUTORS, "photo", scope="tutors.TutorPhoto.of"),
}
