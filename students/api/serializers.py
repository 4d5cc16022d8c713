from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from accounts.api.fields import PhoneField
from accounts.models import Consent, Relation
from accounts.services import notices
from curriculum.api.fields import BoardField, GradeField, LanguageField, SubjectField
from students import queries
from students.models import FamilyMember, Guardian, GuardianInvite, Learner, Mode
from students.queries import Span
from tutorhub.core.errors import DomainError
from tutorhub.core.strict import Strict

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
PURPOSES = Consent.Purpose.choices


class RelationField(serializers.ChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=Relation.choices, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(data.strip().lower() if isinstance(data, str) else data)


class GuardianInput(serializers.Serializer):
    name = serializers.CharField(max_length=120)
    phone = serializers.CharField(max_length=20)
    relation = RelationField()


class ConsentInput(Strict):
    accepted = serializers.BooleanField()
    notice_version = serializers.CharField(
        max_length=20, help_text="the version of the notice that was shown: GET /consent/notice"
    )
    language = serializers.CharField(max_length=5, default="en")
    purposes = serializers.ListField(
        child=serializers.ChoiceField(choices=PURPOSES),
        required=False,
        allow_empty=False,
        help_text="all that the notice names, if left out",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A notice that nobody can have read is a mistake in the body, whatever the answer."""
        try:
            notices.find(attrs["notice_version"], attrs["language"])
        except DomainError as error:
            detail = ErrorDetail(str(error), code=error.code)
            raise ValidationError({"notice_version": [detail]}) from error
        return attrs


class SpanField(serializers.Serializer):
    """Hours in one go on one day, in Indian time: `{day: "mon", from: "16:00", to: "18:00"}`."""

    day = serializers.ChoiceField(choices=DAYS)

    def get_fields(self) -> dict[str, Any]:
        # `from` is a word of Python.
        hour = r"^([01]\d|2[0-3]):00$|^24:00$"
        fields = super().get_fields()
        fields["from"] = serializers.RegexField(hour, help_text="a full hour")
        fields["to"] = serializers.RegexField(hour, help_text="a full hour, 24:00 for midnight")
        return fields

    def validate(self, attrs: dict[str, Any]) -> Any:
        start, end = int(attrs["from"][:2]), int(attrs["to"][:2])
        if start >= end:
            raise ValidationError({"to": "It has to be later than `from`, on the same day."})
        return Span(DAYS.index(attrs["day"]), start, end)

    def to_representation(self, span: Span) -> dict[str, str]:
        return {"day": DAYS[span.day], "from": f"{span.start:02d}:00", "to": f"{span.end:02d}:00"}


class LearnerInput(serializers.Serializer):
    name = serializers.CharField(max_length=80)
    grade = GradeField()
    board = BoardField()
    subjects = serializers.ListField(child=SubjectField(), allow_empty=False, max_length=20)
    mode = serializers.ChoiceField(choices=Mode.choices)
    budget_min_paise = serializers.IntegerField(min_value=0, max_value=100_000_00, default=0)
    budget_max_paise = serializers.IntegerField(min_value=0, max_value=100_000_00)
    pin_code = serializers.CharField(max_length=7)
    languages = serializers.ListField(child=LanguageField(), default=list, max_length=23)
    goals = serializers.CharField(max_length=1000, allow_blank=True, default="")
    free_hours = serializers.ListField(child=SpanField(), required=False, max_length=84)
    guardian = GuardianInput()
    consent = ConsentInput()

    def validate_free_hours(self, spans: list[Span]) -> list[int]:
        return queries.hours(spans)


class GuardianOutput(serializers.ModelSerializer):
    class Meta:
        model = Guardian
        fields = ["name", "phone", "relation"]


class ConsentOutput(serializers.Serializer):
    notice_version = serializers.CharField(source="notice.version")
    language = serializers.CharField(source="notice.language")
    method = serializers.ChoiceField(choices=Consent.Method.choices)
    is_proved = serializers.BooleanField(
        help_text="false until the guardian's code was entered, unless it is your own number"
    )
    given_at = serializers.DateTimeField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)


class LearnerOutput(serializers.ModelSerializer):
    board = serializers.CharField(source="board_id")
    subjects: Any = serializers.PrimaryKeyRelatedField(many=True, read_only=True)
    pin_code = serializers.CharField(source="place_id")
    city = serializers.CharField(source="place.city")
    state = serializers.CharField(source="place.state")
    free_hours = serializers.SerializerMethodField()
    is_paused = serializers.SerializerMethodField(help_text="without consent nothing new starts")
    guardian = GuardianOutput()
    consent = ConsentOutput()

    class Meta:
        model = Learner
        fields = [
            "id",
            "name",
            "grade",
            "board",
            "subjects",
            "mode",
            "budget_min_paise",
            "budget_max_paise",
            "pin_code",
            "city",
            "state",
            "languages",
            "goals",
            "free_hours",
            "is_paused",
            "guardian",
            "consent",
        ]

    @extend_schema_field(SpanField(many=True))
    def get_free_hours(self, learner: Learner) -> Any:
        return SpanField(queries.spans(learner.free_hours), many=True).data

    def get_is_paused(self, learner: Learner) -> bool:
        return learner.paused_at is not None


class ConsentRow(ConsentOutput):
    """One line of the ledger."""

    id = serializers.UUIDField()
    learner = serializers.UUIDField(source="subject_id")
    purpose = serializers.ChoiceField(choices=PURPOSES)
    guardian_name = serializers.CharField()
    relation = serializers.CharField()


class NoticeSection(serializers.Serializer):
    title = serializers.CharField()
    points = serializers.ListField(child=serializers.CharField())


class NoticePurpose(serializers.Serializer):
    purpose = serializers.ChoiceField(choices=PURPOSES)
    text = serializers.CharField()


class NoticeOutput(serializers.Serializer):
    """The notice in force; send its `version` and `language` with the consent."""

    version = serializers.CharField()
    language = serializers.CharField()
    languages = serializers.ListField(child=serializers.CharField())
    title = serializers.CharField()
    sections = NoticeSection(many=True)
    purposes = NoticePurpose(many=True)


class CodeOnTheWay(serializers.Serializer):
    resend_after = serializers.IntegerField(help_text="seconds until another code may be asked for")
    expires_in = serializers.IntegerField(help_text="seconds that the code is good for")


class GuardianCodeInput(Strict):
    code = serializers.CharField(max_length=12)


class MemberOutput(serializers.ModelSerializer):
    """A guardian with an account in this family."""

    name = serializers.CharField(source="user.name")
    phone = serializers.CharField(source="user.phone", allow_null=True)
    is_you = serializers.SerializerMethodField()
    is_holder = serializers.BooleanField()

    class Meta:
        model = FamilyMember
        fields = ["id", "name", "phone", "relation", "is_holder", "is_you", "joined_at"]

    def get_is_you(self, member: FamilyMember) -> bool:
        return bool(member.user_id == self.context["request"].user.pk)


class InviteInput(serializers.Serializer):
    phone = PhoneField()
    relation = RelationField(default=Relation.PARENT)


class InviteOutput(serializers.ModelSerializer):
    """An invitation that is open; `from_name` is empty in what you sent yourself."""

    from_name = serializers.SerializerMethodField()

    class Meta:
        model = GuardianInvite
        fields = ["id", "phone", "relation", "from_name", "created_at", "expires_at"]

    def get_from_name(self, invite: GuardianInvite) -> str:
        is_mine = invite.invited_by_id == self.context["request"].user.pk
        return "" if is_mine else invite.invited_by.name
