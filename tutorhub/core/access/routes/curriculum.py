"""Routes: what is taught."""

from tutorhub.core.access.kinds import Rule

RULES: dict[str, Rule] = {
    "api:curriculum": Rule("GET"),
}
