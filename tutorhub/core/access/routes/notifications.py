"""Routes: messages and their receipts."""

from tutorhub.core.access.kinds import Rule

RULES: dict[str, Rule] = {
    "notifications:inbox": Rule("GET"),
    "notifications:inbox-json": Rule("GET"),
    "notifications:staff-json": Rule("GET"),
    "notifications:webhook-whatsapp": Rule(
        "GET POST", signature="the signature over the body; the verify token for a GET"
    ),
    "notifications:webhook-msg91": Rule("POST", signature="the secret in a header or in the body"),
}
