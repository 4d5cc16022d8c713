"""Two of everyone, with something of their own, and a client for each."""

from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.clients import Client as Device
from accounts.models import DataRequest, FormerAddress, User
from accounts.services import staff, tokens, users
from accounts.tests.authenticator import Authenticator, passkey_of
from accounts.tests.cast import trusted_app, trusted_browser
from accounts.tests.factories import StaffFactory
from marketplace.models import TutoringSession
from marketplace.services import bookings
from marketplace.services import evidence as evidence_service
from marketplace.tests.factories import (
    EnquiryFactory,
    LeadAcceptedFactory,
    LeadFactory,
    OfferFactory,
    order_for,
)
from payments.models import PaymentOrder
from payments.services import disputes, payouts, tax_profiles
from payments.tests.factories import (
    failed_refund,
    fund_float,
    make_method,
    open_order,
    pay,
    rich_tutor,
)
from students.models import Learner
from students.tests.factories import LearnerFactory, add_guardian, invitation
from tutorhub.core import clock
from tutors.models import TutorDocument, TutorReport
from tutors.tests.factories import (
    DocumentFactory,
    PhotoFactory,
    SavedSearchFactory,
    TutorDraftFactory,
    TutorFactory,
    TutorSuspendedFactory,
)

# The second guardian of `family`'s family, and somebody who was it before.
GUARDIANS = frozenset({"guardian_two", "guardian_left"})
FAMILIES = frozenset({"family", "other_family"}) | GUARDIANS
TUTORS = frozenset({"tutor_new", "tutor", "other_tutor", "tutor_suspended"})
GROUPS = frozenset({"moderator", "finance", "support"})
# Alone, and while another one agrees.
SUPERUSERS = frozenset({"superuser", "superuser_with_glass"})
STAFF = GROUPS | SUPERUSERS
PEOPLE = FAMILIES | TUTORS
EVERYONE = frozenset({"anonymous"}) | PEOPLE | STAFF
# Signed in, by cookie and by token, when staff shut the account or a new epoch ended all sessions.
SHUT = frozenset({"family_shut", "tutor_shut"})
SIGNED_OUT = frozenset({"tutor_signed_out"})
# Whose the things are that an address names; what stands not here is nobody's in particular.
_FAMILY, _TUTOR = frozenset({"family"}), frozenset({"tutor"})
_BOTH_GUARDIANS = frozenset({"family", "guardian_two"})
OWNERS = {
    **dict.fromkeys(("learner", "consent", "member", "enquiry"), _BOTH_GUARDIANS),
    **dict.fromkeys(("invite", "invite_sent"), _FAMILY),
    **dict.fromkeys(("order", "order_pk", "refund", "refund_pk"), _FAMILY),
    **dict.fromkeys(("passkey", "passkey_pk"), _FAMILY),
    **dict.fromkeys(("sign_in", "sign_in_pk", "copy", "copy_pk", "saved_search"), _FAMILY),
    **dict.fromkeys(("lead", "payout", "payout_pk", "document", "disputed", "evidence"), _TUTOR),
    **dict.fromkeys(("photo", "invoice"), _TUTOR),
    "session": _BOTH_GUARDIANS | _TUTOR,
}
PRINCIPALS = (*sorted(EVERYONE), *sorted(SHUT | SIGNED_OUT), "staff_without_device")


NUMBERS = count(1)
# What addresses name that belongs to nobody.
OF_NOBODY: dict[str, dict[str, Any]] = {
    "": {},
    "step": {"step": "you"},
    "city": {"city": "bengaluru"},
    "city_subject": {"city": "bengaluru", "subject": "physics"},
    "range": {"after": UUID(int=0)},
    "token": {"token": "x"},
}


def bearer(access: str) -> Client:
    """The app with this access token."""
    return Client(raise_request_exception=False, headers={"Authorization": f"Bearer {access}"})


def staff_browser(user: User, *, is_verified: bool = True) -> Client:
    """The browser of a member of staff, past the second factor or before it."""
    client = Client(raise_request_exception=False)
    client.force_login(user, backend="accounts.backends.StaffBackend")
    if is_verified:
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = TOTPDevice.objects.get(user=user).persistent_id
        session.save()
    return client


class World:
    """`family` and `tutor` have a class together; `other_…` have nothing to do with it."""

    def __init__(self) -> None:
        learner = LearnerFactory()
        other = LearnerFactory()
        left = self._left(learner)
        with clock.at(clock.now() - timedelta(days=8)):
            self.tutor = TutorFactory(
                user=rich_tutor(), pending_name="Waits to be checked", pending_at=clock.now()
            )
        self.users: dict[str, User] = {
            "family": learner.family.user,
            "other_family": other.family.user,
            "guardian_two": add_guardian(learner.family).user,
            "guardian_left": left,
            "tutor_new": TutorDraftFactory().user,
            "tutor": self.tutor.user,
            "other_tutor": TutorFactory().user,
            "tutor_suspended": TutorSuspendedFactory().user,
            **self._staff(),
        }
        self._past: dict[str, tuple[str, str]] = {}
        self._shut_out()
        self._bank_and_tax()
        self.ids: dict[str, dict[str, Any]] = {
            **OF_NOBODY,
            **self._of_both(learner),
            **self._of_family(learner, other),
            **self._of_tutor(),
        }
        self._report()
        self._paid_before_leaving(learner)
        for user in self.users.values():
            FormerAddress.objects.create(user=user, address="a number of before")

    def _left(self, learner: Learner) -> User:
        """Was the second guardian until yesterday, and has a child in a family of their own now.

        What they write themselves begins with the letter of a mark already, so that every mark
        that they are shown is somebody else's.
        """
        own = LearnerFactory(
            name="c own child",
            goals="c own goals",
            guardian__name="c own",
            family__user__name="c me",
        )
        add_guardian(learner.family, user=own.family.user, left_at=clock.now() - timedelta(days=1))
        return own.family.user

    def _paid_before_leaving(self, learner: Learner) -> None:
        """A class of the family's child that is still to come; the money stays with who paid."""
        start = clock.now() + timedelta(days=12)
        lead = LeadAcceptedFactory(tutor=self.tutor, enquiry__learner=learner)
        session = OfferFactory(lead=lead, start_at=start)
        order = open_order(bookings._order(session, by=self.users["guardian_left"]))
        bookings.order_paid(order_id=pay(order).order_id, session_id=session.pk)
        PaymentOrder.objects.filter(pk=order.pk).update(description="c own")

    def _bank_and_tax(self) -> None:
        """Of every tutor; the first one has a payout account already."""
        for name in TUTORS - {"tutor"}:
            make_method(self.users[name])
        for name in TUTORS:
            tax_profiles.save(
                user=self.users[name], legal_name="Ravi Kumar", address="", state="Karnataka"
            )

    def _of_both(self, learner: Learner) -> dict[str, dict[str, Any]]:
        """What the family and the tutor have with each other, and its money."""
        enquiry = EnquiryFactory(learner=learner)
        waiting = LeadFactory(enquiry=enquiry, tutor=self.tutor)
        session = OfferFactory(lead=LeadAcceptedFactory(tutor=self.tutor, enquiry__learner=learner))
        order = order_for(session)
        refund = failed_refund(learner.family.user)
        fund_float()
        payout = payouts.request(tutor=self.tutor.user, amount_paise=500_00, by=self.tutor.user)
        disputed = self._disputed(learner)
        evidence = evidence_service.announce(
            disputed, content_type="application/pdf", by=self.tutor.user
        )
        return {
            "enquiry": {"pk": enquiry.pk},
            "lead": {"pk": waiting.pk},
            "session": {"pk": session.pk},
            "order": {"order_id": order.pk},
            "order_pk": {"pk": order.pk},
            "refund": {"refund_id": refund.pk},
            "refund_pk": {"pk": refund.pk},
            "payout": {"payout_id": payout.pk},
            "payout_pk": {"pk": payout.pk},
            "disputed": {"pk": disputed.pk},
            "evidence": {"pk": evidence.pk},
            "invoice": {"invoice_id": self.tutor.user.invoices.latest("pk").pk},
        }

    def _of_family(self, learner: Learner, other: Learner) -> dict[str, dict[str, Any]]:
        passkey = passkey_of(self.users["family"], Authenticator())
        return {
            "learner": {"pk": learner.pk},
            "consent": {"pk": learner.consent_id},
            "member": {"pk": self.users["guardian_two"].memberships.get().pk},
            "invite": {"pk": invitation(other.family, phone=learner.family.user.phone).pk},
            "invite_sent": {"pk": invitation(learner.family).pk},
            "saved_search": {"pk": SavedSearchFactory(user=learner.family.user).pk},
            "sign_in": {"sign_in_id": self._sign_in_of("family")},
            "sign_in_pk": {"pk": self._sign_in_of("family")},
            "passkey": {"passkey_id": passkey.pk},
            "passkey_pk": {"pk": passkey.pk},
            "copy": {"request_id": self._copy_of("family")},
            "copy_pk": {"pk": self._copy_of("family")},
        }

    def _of_tutor(self) -> dict[str, dict[str, Any]]:
        document = DocumentFactory(
            tutor=self.tutor, status=TutorDocument.Status.UPLOADING, stored_key=""
        )
        return {
            "document": {"pk": document.pk},
            "photo": {"pk": PhotoFactory(tutor=self.tutor).pk},
            "profile": {"pk": self.tutor.pk},
            "slug": {"slug": self.tutor.slug},
            "card": {"slug": self.tutor.slug, "mark": "x"},
        }

    def _copy_of(self, principal: str) -> UUID:
        """A copy of their data that is being made."""
        copy, _is_new = DataRequest.objects.get_or_create(
            user=self.users[principal], kind="export", defaults={"due_at": clock.now()}
        )
        return copy.pk

    def _report(self) -> None:
        """What somebody else has written to moderators about the tutor."""
        TutorReport.objects.create(
            tutor=self.tutor, reported_by=self.users["other_family"], reason="other", text="Late"
        )

    def page_client(self, principal: str) -> Client:
        """A browser, signed in as the principal."""
        client = Client(raise_request_exception=False)
        if principal == "anonymous":
            return client
        if principal in self._past:
            client.cookies[settings.SESSION_COOKIE_NAME] = self._past[principal][0]
            return client
        user = self.users[principal]
        if not user.is_staff:
            return trusted_browser(user)
        return staff_browser(user, is_verified=principal in STAFF)

    def api_client(self, principal: str) -> Client:
        """The app with an access token; staff can have none and come with their cookie."""
        if principal in self._past:
            return bearer(self._past[principal][1])
        if principal not in PEOPLE:
            return self.page_client(principal)
        return bearer(trusted_app(self.users[principal]))

    def _sign_in_of(self, principal: str) -> Any:
        """A sign-in of this person besides the ones that the requests come from."""
        tokens.issue(user=self.users[principal], client=Device())
        return self.users[principal].app_sessions.latest("pk").pk

    def _disputed(self, learner: Learner) -> TutoringSession:
        """A paid class of `family` and `tutor` whose payment the family's bank questions."""
        start = clock.now() + timedelta(days=9)
        session = OfferFactory(
            lead=LeadAcceptedFactory(tutor=self.tutor, enquiry__learner=learner), start_at=start
        )
        payment = pay(order_for(session))
        bookings.order_paid(order_id=payment.order_id, session_id=session.pk)
        disputes.apply(
            {
                "id": f"disp_World{next(NUMBERS):08d}",
                "payment_id": payment.razorpay_payment_id,
                "amount": payment.amount_paise,
                "status": "open",
            }
        )
        session.refresh_from_db()
        return session

    def _shut_out(self) -> None:
        """People whose cookie and token are from before."""
        made = {
            "family_shut": LearnerFactory().family.user,
            "tutor_shut": TutorFactory().user,
            "tutor_signed_out": TutorFactory().user,
        }
        for name, user in made.items():
            client = Client()
            client.force_login(user, backend="accounts.backends.PhoneBackend")
            access = tokens.issue(user=user, client=Device()).access
            self._past[name] = client.cookies[settings.SESSION_COOKIE_NAME].value, access
        for name in SHUT:
            users.suspend(made[name], by=self.users["moderator"], reason="complaints")
        User.objects.filter(pk=made["tutor_signed_out"].pk).update(session_epoch=1)

    def _staff(self) -> dict[str, User]:
        staff.ensure_groups()
        made = {
            "moderator": StaffFactory(),
            "finance": StaffFactory(),
            "support": StaffFactory(),
            "superuser": StaffFactory(is_superuser=True),
            "superuser_with_glass": StaffFactory(glass=True),
            "staff_without_device": StaffFactory(device=False),
        }
        for name in GROUPS:
            made[name].groups.add(Group.objects.get(name=name))
        return made
