"""Routes: pages that mix apps."""

from tutorhub.core.access.kinds import FAMILIES, PEOPLE, STAFF, TUTORS, Rule

RULES: dict[str, Rule] = {
    "site:home": Rule("GET"),
    "site:dashboard": Rule("GET", PEOPLE | STAFF),
    "site:family": Rule("GET", FAMILIES),
    "site:tutor": Rule("GET", TUTORS),
    "site:help": Rule("GET"),
    "site:privacy": Rule("GET"),
    "site:language-set": Rule("POST"),
    "site:styleguide": Rule("GET"),
    "site:health-live": Rule("GET"),
    "site:health-ready": Rule("GET"),
    "site:robots": Rule("GET"),
    "site:sitemap": Rule("GET"),
    "site:sitemap-pages": Rule("GET"),
    "site:sitemap-cities": Rule("GET"),
    "site:sitemap-tutors": Rule("GET", ids="range", scope="tutors.TutorProfile.listed"),
    "site:manifest": Rule("GET"),
    "api-docs": Rule("GET"),
    "api-schema": Rule("GET"),
}
