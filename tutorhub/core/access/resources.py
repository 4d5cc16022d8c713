"""Which kind of thing there is, who may do what with it, and which routes lead to it.

A verb that stands nowhere is nobody's. `who` is a role, a group of staff, `system` for work that no
request asks for, or `signature` for what proves itself by what it carries.
"""

from dataclasses import dataclass, field

from tutorhub.core.access.kinds import (
    ANONYMOUS,
    ANY,
    BREAK_GLASS,
    FACTOR,
    FINANCE,
    LINKED,
    MODERATOR,
    OWN,
    REASON,
    SECOND_PERSON,
    SETTLED,
    STAFF_ROLE,
    STEP_UP,
    STRONG,
    STUDENT,
    SUPERUSER,
    SUPPORT,
    TUTOR_ROLE,
    Cell,
)

SIGNATURE, SYSTEM = "signature", "system"


@dataclass(frozen=True)
class Resource:
    verbs: dict[str, tuple[Cell, ...]]
    routes: tuple[str, ...] = ()
    """Names of routes; a star at the end stands for the rest of the name."""
    models: tuple[str, ...] = ()
    """Models of the back office."""


def _cell(who: str, relation: str = OWN, *needs: str, masked: bool = False, note: str = "") -> Cell:
    return Cell(who, relation, frozenset(needs), masked, note)


_FAMILY, _TUTOR = _cell(STUDENT), _cell(TUTOR_ROLE)
_BOTH = (_FAMILY, _TUTOR)
_ANYBODY = tuple(_cell(who, ANY) for who in (ANONYMOUS, STUDENT, TUTOR_ROLE, STAFF_ROLE))
_MODERATOR, _FINANCE = _cell(MODERATOR, ANY), _cell(FINANCE, ANY)
_SUPERUSER = _cell(SUPERUSER, ANY)
_SUPPORT = (_cell(SUPPORT, ANY), _SUPERUSER)
"""Whoever answers the mail; a superuser alone sees what they see."""
_GLASS = _cell(SUPERUSER, ANY, BREAK_GLASS)
_SYSTEM = _cell(SYSTEM, ANY)


@dataclass
class _Table:
    rows: dict[str, Resource] = field(default_factory=dict)

    def add(
        self,
        name: str,
        *,
        routes: str = "",
        models: str = "",
        **verbs: tuple[Cell, ...],
    ) -> None:
        self.rows[name] = Resource(verbs, tuple(routes.split()), tuple(models.split()))


_table = _Table()
_add = _table.add

_add(
    "Pages for everybody",
    read=_ANYBODY,
    update=_ANYBODY,
    routes="site:home site:help site:privacy site:language-set site:styleguide site:robots"
    " site:manifest site:sitemap* tutors:city-* api:curriculum api-docs api-schema"
    " notifications:inbox* notifications:staff-json core:picture",
)
_add("Health", read=_ANYBODY, routes="site:health-*")
_add(
    "Start pages", read=(*_BOTH, _cell(STAFF_ROLE)), routes="site:dashboard site:family site:tutor"
)
_add(
    "Signing in",
    read=_ANYBODY,
    create=_ANYBODY,
    routes="accounts:signin* accounts:signout accounts:email-confirm api:auth-*",
)
_add(
    "Account",
    read=(
        *_BOTH,
        *(_cell(who, ANY, masked=True) for who in (MODERATOR, FINANCE, SUPPORT, SUPERUSER)),
    ),
    reveal=tuple(_cell(who, ANY, REASON, STEP_UP) for who in (MODERATOR, FINANCE, SUPPORT)),
    update=(
        *_BOTH,
        *(_cell(who, OWN, STRONG, SETTLED, note="phone, e-mail") for who in (STUDENT, TUTOR_ROLE)),
    ),
    delete=(_cell(STUDENT, OWN, STRONG), _cell(TUTOR_ROLE, OWN, STRONG)),
    suspend=tuple(_cell(who, ANY, REASON, STEP_UP) for who in (MODERATOR, SUPERUSER)),
    vouch=tuple(_cell(who, ANY, REASON, STEP_UP) for who in (MODERATOR, SUPERUSER)),
    restore=(
        *(_cell(who, ANY, REASON, STEP_UP) for who in (MODERATOR, SUPERUSER)),
        _cell(SUPERUSER, ANY, REASON, STEP_UP, BREAK_GLASS, note="staff"),
    ),
    routes="accounts:account accounts:email-edit accounts:phone-* accounts:step-up accounts:prove"
    " accounts:start-clean api:me api:me-email api:me-phone-* api:me-step-up-* api:me-proof-*",
    models="accounts.user accounts.loginattempt accounts.smsbudgetday",
)
_add(
    "Devices",
    list=(*_BOTH, _SUPERUSER),
    delete=_BOTH,
    routes="accounts:device-* api:me-session*",
    models="accounts.appsession",
)
_add(
    "Second factor",
    list=_BOTH,
    create=(_cell(STUDENT, OWN, STRONG, SETTLED), _cell(TUTOR_ROLE, OWN, STRONG, SETTLED)),
    delete=(_cell(STUDENT, OWN, STRONG), _cell(TUTOR_ROLE, OWN, STRONG)),
    forget=tuple(_cell(who, ANY, REASON, STEP_UP) for who in (MODERATOR, SUPERUSER)),
    routes="accounts:passkey-* accounts:authenticator-* accounts:factor-needed api:me-passkey*"
    " api:me-authenticator*",
)
_add(
    "Tutor's public profile",
    list=_ANYBODY,
    read=_ANYBODY,
    report=_BOTH,
    decide=(_cell(MODERATOR, ANY, REASON),),
    routes="tutors:tutor-* api:tutors-list api:tutors-facets api:tutors-detail api:tutors-compare"
    " marketplace:times-show",
    models="tutors.tutorreport",
)
_add(
    "Kept searches",
    list=(_FAMILY,),
    create=(_FAMILY,),
    update=(_FAMILY,),
    delete=(_FAMILY,),
    routes="tutors:saved-* api:students-search*",
)
_add(
    "Own data",
    read=(*_BOTH, _cell(MODERATOR, ANY, note="what was asked for, and the answer")),
    export=(_cell(STUDENT, OWN, STRONG, SETTLED), _cell(TUTOR_ROLE, OWN, STRONG, SETTLED)),
    erase=(_cell(STUDENT, OWN, STRONG), _cell(TUTOR_ROLE, OWN, STRONG)),
    ask=_BOTH,
    answer=(_cell(MODERATOR, ANY, REASON),),
    routes="accounts:data-* api:me-data api:me-export* api:me-requests",
    models="accounts.datarequest",
)
_add(
    "Tutor's own profile",
    read=(_TUTOR, _MODERATOR),
    create=(_TUTOR,),
    update=(_TUTOR,),
    decide=(
        _cell(MODERATOR, ANY, REASON, note="a rejection ends when the tutor sends it in again"),
    ),
    routes="tutors:profile-* api:tutors-profile*",
    models="tutors.tutorprofile tutors.decision tutors.badge",
)
_add(
    "Papers and photos",
    list=(_TUTOR,),
    read=(
        _cell(
            MODERATOR, ANY, STEP_UP, note="papers: of the own case; each look is in the audit trail"
        ),
        _TUTOR,
    ),
    create=(_TUTOR,),
    delete=(_cell(TUTOR_ROLE, OWN, note="before the review"),),
    decide=(_cell(MODERATOR, ANY, REASON),),
    routes="tutors:document-* tutors:photo-* api:tutors-document* api:tutors-photo*",
    models="tutors.tutorphoto tutors.answertemplate",
)
_add("Files by link", read=(_cell(SIGNATURE, ANY),), create=(_cell(SIGNATURE, ANY),),
     routes="core:upload core:download")  # fmt: skip
_add(
    "Child",
    list=(_FAMILY,),
    read=(
        _FAMILY,
        _cell(TUTOR_ROLE, LINKED, masked=True, note="in a class: name once it is paid"),
        _GLASS,
    ),
    create=(_FAMILY,),
    update=(_FAMILY,),
    delete=(_FAMILY,),
    routes="students:learner-new students:learner-edit students:learner-list"
    " students:learner-hours students:learner-remove api:students-profile api:students-learners"
    " api:students-learner",
    models="students.learner",
)
_add(
    "Guardians",
    list=(_FAMILY,),
    create=(_FAMILY,),
    delete=(_FAMILY,),
    routes="students:people-list students:guardian-remove students:invite-* api:students-guardians"
    " api:students-guardian api:students-invite*",
)
_add(
    "Consent",
    list=(_FAMILY, _MODERATOR, _SUPERUSER),
    read=(_FAMILY, *_ANYBODY),
    create=(_FAMILY,),
    withdraw=(_FAMILY,),
    routes="students:learner-withdraw students:consent-* students:guardian-code*"
    " api:consent-notice api:students-learner-* api:students-consent* api:students-guardian-code*",
    models="accounts.consent accounts.consentnotice",
)
_add(
    "Enquiry",
    list=(_FAMILY,),
    read=(_FAMILY, _MODERATOR, *_SUPPORT),
    create=(_FAMILY,),
    close=(_FAMILY,),
    routes="marketplace:enquiry-* api:enquiries*",
    models="marketplace.enquiry",
)
_add(
    "Lead",
    list=(_TUTOR,),
    read=(_TUTOR, _MODERATOR, *_SUPPORT),
    answer=(_TUTOR,),
    give_back=(_MODERATOR,),
    routes="marketplace:lead-* api:leads-*",
    models="marketplace.lead",
)
_add(
    "Class",
    list=_BOTH,
    read=(*_BOTH, _FINANCE, *_SUPPORT),
    pay=(_FAMILY,),
    start=(_TUTOR,),
    complete=(_TUTOR,),
    confirm=(_FAMILY,),
    cancel=_BOTH,
    routes="marketplace:session-list marketplace:session-detail marketplace:session-pay"
    " marketplace:session-start marketplace:session-complete marketplace:session-confirm"
    " marketplace:session-cancel api:sessions api:sessions-detail api:sessions-pay"
    " api:sessions-start api:sessions-complete api:sessions-confirm api:sessions-cancel",
    models="marketplace.tutoringsession",
)
_add(
    "Review",
    list=_ANYBODY,
    create=tuple(
        _cell(who, OWN, note="of a class that was given") for who in (STUDENT, TUTOR_ROLE)
    ),
    take_down=(_cell(MODERATOR, ANY, REASON),),
    routes="marketplace:review-list marketplace:session-review api:sessions-review"
    " api:tutors-reviews",
    models="marketplace.review",
)
_add(
    "Dispute with a bank",
    read=(_TUTOR, _FINANCE),
    answer=(_TUTOR, _FINANCE),
    routes="marketplace:evidence-* api:evidence*",
    models="payments.gatewaydispute",
)
_add(
    "Order and payment",
    list=_BOTH,
    read=(*_BOTH, _FINANCE),
    pay=_BOTH,
    refund=(
        _cell(FINANCE, ANY, STEP_UP, note="up to a limit for each class or top-up"),
        _cell(FINANCE, ANY, STEP_UP, SECOND_PERSON, note="more"),
        _cell(STUDENT, OWN, note="one that failed, as wallet credit"),
    ),
    routes="payments:checkout-show payments:checkout-result payments:checkout-method"
    " payments:checkout-give-up payments:payment-* payments:refund-to-wallet api:payments*",
    models="payments.paymentorder payments.payment payments.refund payments.externalrefund"
    " payments.orderrefund payments.refundrequest",
)
_add(
    "Ledger, wallet and credits",
    read=(*_BOTH, _FINANCE),
    create=(_SYSTEM,),
    give=(_cell(FINANCE, ANY, STEP_UP, SECOND_PERSON, REASON, note="promotional balance"),),
    buy=_BOTH,
    routes="payments:wallet-show payments:refunds-choose payments:credits-* api:students-wallet*"
    " api:wallet*",
    models="payments.ledgertxn payments.ledgeraccount payments.creditlot payments.creditpack"
    " payments.promogrant",
)
_add(
    "Statements and invoices",
    read=(*_BOTH, _FINANCE),
    routes="payments:invoice-* payments:earnings-* payments:payments-* api:invoice*"
    " api:statement-* api:earnings",
    models="payments.invoice payments.earning payments.earningreversal payments.earningfreeze",
)
_add(
    "Payout",
    list=(_TUTOR, _FINANCE),
    read=(_TUTOR, _FINANCE),
    create=(_cell(TUTOR_ROLE, OWN, SETTLED, FACTOR),),
    cancel=(_TUTOR,),
    approve=(_cell(FINANCE, ANY, SECOND_PERSON),),
    routes="payments:payout-list payments:payout-detail payments:payout-cancel api:payouts*",
    models="payments.payout payments.funding",
)
_add(
    "Bank account and tax details",
    read=(_TUTOR, _cell(FINANCE, ANY, masked=True)),
    update=(_cell(TUTOR_ROLE, OWN, STRONG, FACTOR, SETTLED),),
    routes="payments:payout-method-* payments:tax-profile-edit api:payout-method api:tax-profile",
    models="payments.payoutmethod",
)
_add(
    "Webhooks and callbacks",
    create=(_cell(SIGNATURE, ANY),),
    read=(_SUPERUSER, _FINANCE),
    routes="payments:webhook-* payments:checkout-callback notifications:webhook-*",
    models="payments.gatewayevent notifications.providerevent",
)
_add(
    "The books",
    read=(_FINANCE,),
    decide=(_FINANCE,),
    models="payments.reconrun payments.reconitem payments.settlement payments.settlementrow"
    " payments.taxrate payments.refusedwebhooks",
)
_add("Outbox", read=(_FINANCE, _SUPERUSER), revive=(_SUPERUSER,), models="core.outboxrow")
_add("Messages", read=(_GLASS,), create=(_SYSTEM,), models="notifications.message")
_add(
    "Every right of a superuser",
    read=(_SUPERUSER,),
    create=(_cell(SUPERUSER, OWN, STEP_UP, REASON),),
    agree=(_cell(SUPERUSER, ANY, STEP_UP, SECOND_PERSON),),
    close=(_SUPERUSER,),
    models="accounts.breakglass",
)
_add("Audit trail", read=(_SUPERUSER,), create=(_SYSTEM,), models="core.auditevent")

RESOURCES: dict[str, Resource] = _table.rows


def resources_of(name: str) -> list[str]:
    """The resources that claim a route; every route has exactly one."""
    return [
        resource
        for resource, row in RESOURCES.items()
        if any(_fits(name, pattern) for pattern in row.routes)
    ]


def _fits(name: str, pattern: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern
