from typing import Any

from rest_framework import serializers

from curriculum.api.fields import BoardField, GradeField, LanguageField, SubjectField
from students.models import Guardian, Learner, Mode
from students.models.families import Relation


class RelationField(serializers.ChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=Relation.choices, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(data.strip().lower() if isinstance(data, str) else data)


class GuardianInput(serializers.Serializer):
    name = serializers.CharField(max_length=120)
    phone = serializers.CharField(max_length=20)
    relation = RelationField()


class ConsentInput(serializers.Serializer):
    accepted = serializers.BooleanField()
    notice_version = serializers.CharField(max_length=20)
    language = serializers.CharField(max_length=5, default="en")


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
    guardian = GuardianInput()
    consent = ConsentInput()


class GuardianOutput(serializers.ModelSerializer):
    class Meta:
        model = Guardian
        fields = ["name", "phone", "relation"]


class ConsentOutput(serializers.Serializer):
    notice_version = serializers.CharField()
    language = serializers.CharField()
    given_at = serializers.DateTimeField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)


class LearnerOutput(serializers.ModelSerializer):
    board = serializers.CharField(source="board_id")
    subjects: Any = serializers.PrimaryKeyRelatedField(many=True, read_only=True)
    pin_code = serializers.CharField(source="place_id")
    city = serializers.CharField(source="place.city")
    state = serializers.CharField(source="place.state")
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
            "guardian",
            "consent",
        ]
