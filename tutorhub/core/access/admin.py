"""The back office: which group sees and does what, model by model.

A superuser alone has what names SUPERUSER. While a second one agrees (break-glass) they see every
model, and do nothing that `add`, `change` or an action does not name. Whoever asks a page that is
not for them gets 403; nothing is ever deleted here.
"""

from tutorhub.core.access.kinds import (
    FINANCE,
    MODERATOR,
    REASON,
    SECOND_PERSON,
    STEP_UP,
    SUPERUSER,
    SUPPORT,
    Action,
    AdminRule,
)

# Every model has these pages, whether or not somebody may use them.
VERBS = ("changelist", "add", "history", "delete", "change")
# Of the site itself: open before the sign-in, and for every member of staff.
PLAIN_PAGES = ("login", "logout", "passkey-challenge")
STANDARD_PAGES = (
    *("index", "app_list", "autocomplete", "jsi18n", "password_change", "password_change_done"),
    "view_on_site",
    *("confirm", "security", "recovery-codes", "authenticator"),
    *("passkey-options", "passkey-add", "passkey-rename", "passkey-remove"),
)

_NOBODY: frozenset[str] = frozenset()
_MODERATOR = frozenset({MODERATOR})
_FINANCE = frozenset({FINANCE})
_SUPPORT = frozenset({SUPPORT})
_STAFF = _MODERATOR | _FINANCE | _SUPPORT
_SUPERUSER = frozenset({SUPERUSER})
_LOOKS = AdminRule(view=_SUPERUSER)

MONEY = AdminRule(view=_FINANCE)


def _money(*actions: Action, pages: tuple[Action, ...] = ()) -> AdminRule:
    return AdminRule(view=_FINANCE, actions=actions, pages=pages)


def _finance(name: str, *needs: str, methods: str = "GET POST") -> Action:
    return Action(name, _FINANCE, frozenset(needs), methods)


def _superuser(name: str, *needs: str, methods: str = "GET POST") -> Action:
    return Action(name, _SUPERUSER, frozenset(needs), methods)


def _moderator(name: str, *needs: str, methods: str = "GET POST") -> Action:
    return Action(name, _MODERATOR, frozenset(needs), methods)


ADMIN: dict[str, AdminRule] = {
    "core.outboxrow": AdminRule(
        view=_FINANCE | _SUPERUSER, actions=(Action("revive", _SUPERUSER),)
    ),
    "core.auditevent": _LOOKS,
    "notifications.message": AdminRule(),
    "notifications.providerevent": _LOOKS,
    "accounts.user": AdminRule(
        view=_STAFF | _SUPERUSER,
        actions=(
            Action("reveal", _STAFF, frozenset({REASON, STEP_UP})),
            Action("suspend", _MODERATOR | _SUPERUSER, frozenset({REASON, STEP_UP})),
            Action("restore", _MODERATOR | _SUPERUSER, frozenset({REASON, STEP_UP})),
            Action("vouch", _MODERATOR | _SUPERUSER, frozenset({REASON, STEP_UP})),
            Action("forget_factors", _MODERATOR | _SUPERUSER, frozenset({REASON, STEP_UP})),
        ),
    ),
    "accounts.loginattempt": AdminRule(view=_STAFF | _SUPERUSER),
    "accounts.consent": AdminRule(view=_MODERATOR),
    "accounts.datarequest": AdminRule(
        view=_MODERATOR,
        actions=(_moderator("answer_them", REASON), _moderator("refuse_them", REASON)),
    ),
    "accounts.consentnotice": _LOOKS,
    "accounts.smsbudgetday": _LOOKS,
    "accounts.appsession": _LOOKS,
    "accounts.breakglass": AdminRule(
        view=_SUPERUSER,
        pages=(
            _superuser("accounts_breakglass_now"),
            _superuser("accounts_breakglass_ask", STEP_UP, REASON, methods="POST"),
            _superuser("accounts_breakglass_agree", STEP_UP, SECOND_PERSON, methods="POST"),
            _superuser("accounts_breakglass_end", methods="POST"),
        ),
    ),
    "students.learner": AdminRule(),
    "tutors.tutorprofile": AdminRule(
        view=_MODERATOR,
        pages=(
            _moderator("tutors_desk", methods="GET"),
            _moderator("tutors_desk_next", methods="POST"),
            _moderator("tutors_claim", methods="POST"),
            _moderator("tutors_release", methods="POST"),
            _moderator("tutors_hand_over", REASON),
            _moderator("tutors_take_over", REASON),
            _moderator("tutors_note", methods="POST"),
            _moderator("tutors_paper_open", STEP_UP, methods="POST"),
            _moderator("tutors_paper", methods="GET"),
            _moderator("tutors_paper_page", methods="GET"),
            _moderator("tutors_tutorprofile_decide", REASON),
            _moderator("tutors_tutordocument_open", STEP_UP, methods="POST"),
            _moderator("tutors_tutordocument_review", REASON),
            _moderator("tutors_tutorphoto_look", methods="GET"),
            _moderator("tutors_tutorphoto_decide", REASON),
        ),
    ),
    "tutors.tutorphoto": AdminRule(view=_MODERATOR),
    "tutors.tutorreport": AdminRule(view=_MODERATOR, decide=_MODERATOR),
    "tutors.answertemplate": AdminRule(view=_MODERATOR, add=_MODERATOR, change=_MODERATOR),
    "tutors.decision": AdminRule(view=_MODERATOR),
    "tutors.badge": AdminRule(view=_MODERATOR),
    "marketplace.enquiry": AdminRule(view=_MODERATOR | _SUPPORT | _SUPERUSER),
    "marketplace.lead": AdminRule(
        view=_MODERATOR | _SUPPORT | _SUPERUSER, actions=(_moderator("dead_number"),)
    ),
    "marketplace.tutoringsession": AdminRule(view=_FINANCE | _SUPPORT | _SUPERUSER),
    "marketplace.review": AdminRule(
        view=_MODERATOR,
        actions=(_moderator("take_down", REASON), _moderator("put_back", REASON)),
    ),
    # Money: finance.
    "payments.creditpack": AdminRule(view=_FINANCE, add=_FINANCE, change=_FINANCE),
    "payments.creditlot": _money(_finance("refund_unused", STEP_UP)),
    "payments.earning": MONEY,
    "payments.earningfreeze": MONEY,
    "payments.earningreversal": MONEY,
    "payments.externalrefund": _money(
        _finance("take_from_order"),
        _finance("take_from_tutor"),
        _finance("take_from_wallet"),
        _finance("take_as_loss"),
    ),
    "payments.funding": AdminRule(
        view=_FINANCE,
        add=_FINANCE,
        actions=(_finance("approve", SECOND_PERSON), _finance("reject")),
    ),
    "payments.gatewaydispute": _money(
        _finance("contest"),
        _finance("accept", STEP_UP),
        pages=(
            _finance("payments_gatewaydispute_contest"),
            _finance("payments_evidencefile_open", methods="POST"),
        ),
    ),
    "payments.gatewayevent": _money(_finance("try_again")),
    "payments.refusedwebhooks": MONEY,
    "payments.invoice": MONEY,
    "payments.ledgeraccount": _money(
        pages=(_finance("payments_find"), _finance("payments_person"))
    ),
    "payments.ledgertxn": MONEY,
    "payments.orderrefund": MONEY,
    "payments.payment": _money(_finance("send_back", STEP_UP)),
    "payments.paymentorder": _money(
        _finance("refund", STEP_UP),
        _finance("refund_to_source", STEP_UP),
        _finance("refund_to_wallet", STEP_UP),
        _finance("refund_from_tutor", STEP_UP),
    ),
    "payments.payout": _money(_finance("approve", SECOND_PERSON), _finance("reject")),
    "payments.payoutmethod": _money(_finance("confirm")),
    "payments.promogrant": AdminRule(
        view=_FINANCE,
        add=_FINANCE,
        actions=(_finance("approve", STEP_UP, SECOND_PERSON), _finance("reject")),
    ),
    "payments.reconitem": _money(_finance("resolve")),
    "payments.reconrun": _money(
        pages=(_finance("payments_health"), _finance("payments_health_check", methods="POST"))
    ),
    "payments.refund": _money(_finance("retry", STEP_UP), _finance("to_wallet", STEP_UP)),
    "payments.refundrequest": _money(
        _finance("approve", STEP_UP, SECOND_PERSON), _finance("reject")
    ),
    "payments.settlement": MONEY,
    "payments.settlementrow": MONEY,
    "payments.taxrate": AdminRule(view=_FINANCE, add=_FINANCE),
}
