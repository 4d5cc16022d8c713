"""Routes: files, which come and go by links that we sign."""

from tutorhub.core.access.kinds import ACTS, Rule

RULES: dict[str, Rule] = {
    "core:upload": Rule("POST", standing=ACTS, signature="the signed token of one upload"),
    "core:download": Rule("GET", standing=ACTS, signature="the signed token of one file"),
    "core:picture": Rule("GET", signature="nothing: what lies there is public"),
}
