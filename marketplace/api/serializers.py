from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from curriculum.api.fields import SubjectField
from marketplace import policies, queries
from marketplace.models import Mode
from payments.api.chargeback_serializers import ChargebackOutput
from payments.models import EvidenceFile, GatewayDispute, PaymentOrder
from payments.policies import EVIDENCE_MAX_BYTES, EVIDENCE_WORDS
from tutorhub.core.strict import Strict
from tutors.api.serializers import UploadOutput

MAX_PAISE = 100_000_00


@extend_schema_field(str)
class PreferredTimeField(serializers.Field):
    """A wished-for time in the family's words, or `{day, from, to}`, kept as words."""

    default_error_messages = {"invalid": _("Give words, or an object with day, from and to.")}

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, dict):
            data = " ".join(str(data[key]) for key in ("day", "from", "to") if data.get(key))
        if not isinstance(data, str) or not data.strip() or "\x00" in data:
            self.fail("invalid")
        return data.strip()[:60]

    def to_representation(self, value: Any) -> str:
        return str(value)


class EnquiryInput(serializers.Serializer):
    learner = serializers.UUIDField()
    subject = SubjectField()
    mode = serializers.ChoiceField(choices=Mode.choices)
    budget_max_paise = serializers.IntegerField(
        min_value=1, max_value=MAX_PAISE, required=False, allow_null=True
    )
    pin_code = serializers.CharField(max_length=7, required=False, allow_blank=True)
    preferred_times = serializers.ListField(
        child=PreferredTimeField(), required=False, max_length=20
    )
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    tutor = serializers.UUIDField(required=False, allow_null=True)


class TutorCard(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    slug = serializers.CharField()


class OfferTutor(TutorCard):
    headline = serializers.CharField()
    rating = serializers.FloatField(allow_null=True)
    review_count = serializers.IntegerField(source="rating_count")
    hours_taught = serializers.IntegerField()


class OfferOutput(serializers.Serializer):
    """A tutor's answer to an enquiry: a session that waits for payment, or did."""

    id = serializers.UUIDField()
    status = serializers.CharField()
    start_at = serializers.DateTimeField()
    end_at = serializers.DateTimeField()
    duration_min = serializers.IntegerField(source="minutes")
    mode = serializers.CharField()
    rate_paise = serializers.IntegerField()
    price_paise = serializers.IntegerField()
    message = serializers.CharField()
    pay_by = serializers.DateTimeField()
    tutor = OfferTutor()


class EnquiryOutput(serializers.Serializer):
    id = serializers.UUIDField()
    status = serializers.CharField()
    learner = serializers.UUIDField(source="learner_id")
    subject = serializers.CharField(source="subject_id")
    grade = serializers.IntegerField()
    board = serializers.CharField(source="board_id")
    mode = serializers.CharField()
    budget_max_paise = serializers.IntegerField()
    pin_code = serializers.CharField(source="place_id")
    city = serializers.CharField(source="place.city")
    preferred_times = serializers.ListField(child=serializers.CharField())
    note = serializers.CharField()
    leads_sent = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class EnquiryDetailOutput(EnquiryOutput):
    offers = OfferOutput(many=True)


class LeadEnquiry(serializers.Serializer):
    """What a tutor sees of an enquiry: no name, no address, no number."""

    subject = serializers.CharField(source="subject_id")
    grade = serializers.IntegerField()
    board = serializers.CharField(source="board_id")
    mode = serializers.CharField()
    area = serializers.SerializerMethodField()
    city = serializers.CharField(source="place.city")
    budget_max_paise = serializers.IntegerField()
    preferred_times = serializers.ListField(child=serializers.CharField())
    note = serializers.CharField()
    expires_at = serializers.DateTimeField()

    def get_area(self, enquiry: Any) -> str:
        return f"{enquiry.place.area}, {enquiry.place.city}"


class LeadMatch(serializers.Serializer):
    score = serializers.FloatField(source="match_score")
    reasons = serializers.ListField(child=serializers.CharField())


class LeadOutput(serializers.Serializer):
    id = serializers.UUIDField()
    status = serializers.CharField()
    credits = serializers.SerializerMethodField(help_text="What accepting costs.")
    places_left = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    enquiry = LeadEnquiry()
    match = LeadMatch(source="*")

    def get_credits(self, lead: Any) -> int:
        return 1


class AcceptInput(Strict):
    start_at = serializers.DateTimeField()
    duration_min = serializers.IntegerField()
    rate_paise = serializers.IntegerField(max_value=MAX_PAISE)
    message = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    mode = serializers.ChoiceField(
        choices=Mode.choices,
        required=False,
        help_text="Which one, where the family is open to either; online if not said.",
    )


class DeclineInput(serializers.Serializer):
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class CodeInput(Strict):
    code = serializers.CharField(
        max_length=8,
        required=False,
        allow_blank=True,
        default="",
        help_text="The family's code, for a class at home.",
    )


class ReviewInput(serializers.Serializer):
    stars = serializers.IntegerField(min_value=1, max_value=5)
    text = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class PayInput(Strict):
    method = serializers.ChoiceField(
        choices=PaymentOrder.Method.choices, default=PaymentOrder.Method.RAZORPAY
    )


class LearnerCard(serializers.Serializer):
    """The child of a session, as far as the reader may see it.

    A tutor reads "a class 11 student" before a paid class, then the first name; 30 days after the
    last class grade is null and area empty.
    """

    id = serializers.UUIDField()
    name = serializers.CharField()
    grade = serializers.IntegerField(allow_null=True)
    area = serializers.CharField()

    def to_representation(self, session: Any) -> dict[str, Any]:
        child = queries.child_of(session, self.context["request"].user)
        return {
            "id": str(session.learner_id),
            "name": child.name,
            "grade": child.grade,
            "area": child.area,
        }


class SessionRow(serializers.Serializer):
    """A session in a list."""

    id = serializers.UUIDField()
    status = serializers.CharField()
    subject = serializers.CharField(source="subject_id")
    start_at = serializers.DateTimeField()
    end_at = serializers.DateTimeField()
    duration_min = serializers.IntegerField(source="minutes")
    mode = serializers.CharField()
    rate_paise = serializers.IntegerField()
    price_paise = serializers.IntegerField()
    message = serializers.CharField()
    pay_by = serializers.DateTimeField()
    enquiry = serializers.UUIDField(source="enquiry_id", allow_null=True)
    tutor = TutorCard()
    learner = LearnerCard(source="*")


class TimelineEvent(serializers.Serializer):
    kind = serializers.CharField()
    title = serializers.CharField(source="get_kind_display")
    at = serializers.DateTimeField()
    by = serializers.CharField(source="by.role", default=None, allow_null=True)


class MoneyOutput(serializers.Serializer):
    """The same figures for every reader, in paise; an estimate until the class is held."""

    price_paise = serializers.IntegerField(source="money.gross")
    commission_paise = serializers.IntegerField(source="money.commission")
    commission_bps = serializers.IntegerField(source="money.commission_bps")
    gst_paise = serializers.IntegerField(source="money.gst")
    tax_withheld_paise = serializers.IntegerField(source="money.tds")
    tax_withheld_bps = serializers.IntegerField(source="money.tds_bps")
    tcs_paise = serializers.IntegerField(source="money.tcs")
    net_paise = serializers.IntegerField(source="money.net")
    is_booked = serializers.BooleanField()


class ContactOutput(serializers.Serializer):
    name = serializers.CharField()
    phone = serializers.CharField()


class ReviewOutput(serializers.Serializer):
    side = serializers.CharField()
    stars = serializers.IntegerField()
    text = serializers.CharField()
    written_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)


class SessionOutput(serializers.Serializer):
    """A session in full, for one reader."""

    id = serializers.UUIDField(source="session.id")
    status = serializers.CharField(source="session.status")
    subject = serializers.CharField(source="session.subject_id")
    start_at = serializers.DateTimeField(source="session.start_at")
    end_at = serializers.DateTimeField(source="session.end_at")
    duration_min = serializers.IntegerField(source="session.minutes")
    mode = serializers.CharField(source="session.mode")
    rate_paise = serializers.IntegerField(source="session.rate_paise")
    price_paise = serializers.IntegerField(source="session.price_paise")
    message = serializers.CharField(source="session.message")
    pay_by = serializers.DateTimeField(source="session.pay_by")
    release_due_at = serializers.DateTimeField(source="session.release_due_at", allow_null=True)
    is_first_of_pair = serializers.BooleanField(source="session.is_first_of_pair")
    enquiry = serializers.UUIDField(source="session.enquiry_id", allow_null=True)
    policy = serializers.DictField(source="session.policy")
    tutor = TutorCard(source="session.tutor")
    learner = LearnerCard(source="session")
    timeline = TimelineEvent(source="events", many=True)
    money = MoneyOutput(source="*")
    contact = ContactOutput(allow_null=True)
    start_code = serializers.CharField()
    end_code = serializers.CharField()
    reviews = ReviewOutput(source="shown_reviews", many=True)
    chargebacks = ChargebackOutput(many=True, help_text="What the family's bank questions.")
    actions = serializers.SerializerMethodField(help_text="What the caller may do now.")

    def get_actions(self, page: Any) -> list[str]:
        has_reviewed = page.own_review is not None
        return policies.actions(page.session, page.reader, has_reviewed=has_reviewed)


class EvidenceInput(serializers.Serializer):
    statement = serializers.CharField(
        max_length=EVIDENCE_WORDS, allow_blank=True, help_text="Empty takes the words back."
    )


class EvidenceFileInput(serializers.Serializer):
    """`size` in bytes; the upload must have exactly that many."""

    content_type = serializers.ChoiceField(choices=tuple(EVIDENCE_MAX_BYTES))
    size = serializers.IntegerField(min_value=1, max_value=max(EVIDENCE_MAX_BYTES.values()))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["size"] > EVIDENCE_MAX_BYTES[attrs["content_type"]]:
            raise serializers.ValidationError({"size": _("This file is too large.")})
        return attrs


class EvidenceFileOutput(serializers.ModelSerializer):
    class Meta:
        model = EvidenceFile
        fields = [
            *("id", "status", "filename", "content_type", "size"),
            *("created_at", "received_at", "sent_at"),
        ]


class NewEvidenceFileOutput(serializers.Serializer):
    id = serializers.UUIDField()
    status = serializers.CharField()
    upload = UploadOutput()


class EvidenceOutput(serializers.Serializer):
    """What the tutor has handed in about the newest chargeback of a class."""

    statement = serializers.CharField()
    takes_evidence = serializers.BooleanField(help_text="Whether anything can be added now.")
    evidence_until = serializers.DateTimeField(allow_null=True)
    files = serializers.SerializerMethodField()

    @extend_schema_field(EvidenceFileOutput(many=True))
    def get_files(self, dispute: GatewayDispute) -> Any:
        files = dispute.evidence.from_tutors().order_by("pk")
        return EvidenceFileOutput(files, many=True).data
