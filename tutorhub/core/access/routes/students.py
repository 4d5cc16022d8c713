"""Routes: families, learners, guardians and consent."""

from tutorhub.core.access.kinds import FAMILIES, Rule

RULES: dict[str, Rule] = {
    "students:learner-new": Rule("GET POST", FAMILIES),
    "students:learner-edit": Rule("GET POST", FAMILIES, "learner", scope="students.Learner.of"),
    "students:learner-list": Rule("GET", FAMILIES),
    "students:learner-hours": Rule("GET POST", FAMILIES, "learner", scope="students.Learner.of"),
    "students:learner-remove": Rule(
        "GET POST", FAMILIES, "learner", scope="students.Learner.of", holder="POST"
    ),
    "students:learner-withdraw": Rule(
        "POST", FAMILIES, "learner", scope="students.Learner.of", giver="POST"
    ),
    "students:consent-list": Rule("GET", FAMILIES),
    "students:consent-give": Rule("POST", FAMILIES, "learner", scope="students.Learner.of"),
    "students:consent-withdraw": Rule(
        "POST", FAMILIES, "consent", scope="students.Learner.of", giver="POST"
    ),
    "students:guardian-code": Rule("GET POST", FAMILIES, "learner", scope="students.Learner.of"),
    "students:guardian-code-send": Rule("POST", FAMILIES, "learner", scope="students.Learner.of"),
    "students:people-list": Rule(
        "GET POST", FAMILIES, body="phone=9822200077&relation=father", holder="POST"
    ),
    "students:guardian-remove": Rule("POST", FAMILIES, "member", scope="students.FamilyMember.of"),
    "students:invite-list": Rule("GET", FAMILIES),
    "students:invite-accept": Rule("POST", FAMILIES, "invite", scope="students.queries.invites_to"),
    "students:invite-decline": Rule(
        "POST", FAMILIES, "invite", scope="students.queries.invites_to"
    ),
    "students:invite-take-back": Rule(
        "POST", FAMILIES, "invite_sent", scope="students.GuardianInvite[family__user]"
    ),
    "api:students-profile": Rule("POST", FAMILIES),
    "api:students-learners": Rule("GET POST", FAMILIES),
    "api:consent-notice": Rule("GET"),
    "api:students-learner": Rule(
        "DELETE GET PATCH", FAMILIES, "learner", scope="students.Learner.of", holder="DELETE"
    ),
    "api:students-learner-consent": Rule(
        "POST", FAMILIES, "learner", scope="students.Learner.of", strict=True
    ),
    "api:students-guardian-code": Rule("POST", FAMILIES, "learner", scope="students.Learner.of"),
    "api:students-guardian-code-confirm": Rule(
        "POST", FAMILIES, "learner", scope="students.Learner.of", strict=True
    ),
    "api:students-consents": Rule("GET", FAMILIES),
    "api:students-consent-withdraw": Rule(
        "POST", FAMILIES, "consent", scope="students.Learner.of", giver="POST"
    ),
    "api:students-guardians": Rule(
        "GET POST", FAMILIES, body="phone=9822200077&relation=father", holder="POST"
    ),
    "api:students-guardian": Rule("DELETE", FAMILIES, "member", scope="students.FamilyMember.of"),
    "api:students-invites": Rule("GET", FAMILIES),
    "api:students-invite": Rule(
        "DELETE", FAMILIES, "invite_sent", scope="students.GuardianInvite[family__user]"
    ),
    "api:students-invite-accept": Rule(
        "POST", FAMILIES, "invite", scope="students.queries.invites_to"
    ),
    "api:students-invite-decline": Rule(
        "POST", FAMILIES, "invite", scope="students.queries.invites_to"
    ),
    "api:students-learner-withdraw-consent": Rule(
        "POST", FAMILIES, "learner", scope="students.Learner.of", giver="POST"
    ),
}
