from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from curriculum.api.fields import BoardField, GradeField, LanguageField, SubjectField
from tutorhub.core import contents, storage
from tutors.models import Badge, Offering, TutorDocument, TutorPhoto, TutorProfile
from tutors.models.hours import HOURS_A_WEEK
from tutors.models.profiles import RADIUS_MAX_KM, RATE_MAX_PAISE, RATE_MIN_PAISE, TRIAL_MINUTES
from tutors.policies import DOCUMENT_MAX_BYTES, PHOTO_MAX_BYTES
from tutors.queries.profiles import MISSING

PHOTO_TYPES = tuple(kind for kind in contents.ALLOWED_TYPES if kind.startswith("image/"))


class RateField(serializers.IntegerField):
    """Paise per hour, or null where this mode is not offered."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            min_value=RATE_MIN_PAISE,
            max_value=RATE_MAX_PAISE,
            allow_null=True,
            default=None,
            **kwargs,
        )


class OfferingInput(serializers.Serializer):
    subject = SubjectField()
    boards = serializers.ListField(child=BoardField(), allow_empty=False, max_length=60)
    grade_min = GradeField()
    grade_max = GradeField()
    online_rate_paise = RateField()
    home_rate_paise = RateField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["grade_min"] > attrs["grade_max"]:
            raise serializers.ValidationError(
                {"grade_max": _("The highest class is below the lowest.")}, code="unordered"
            )
        if attrs["online_rate_paise"] is None and attrs["home_rate_paise"] is None:
            raise serializers.ValidationError(
                {"online_rate_paise": _("Give an online rate, a home rate or both.")},
                code="required",
            )
        return attrs


class TrialInput(serializers.Serializer):
    """A first class at a price of its own, 0 for free; both null for none."""

    minutes = serializers.ChoiceField(choices=TRIAL_MINUTES, allow_null=True)
    price_paise = serializers.IntegerField(min_value=0, max_value=RATE_MAX_PAISE, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (attrs["minutes"] is None) != (attrs["price_paise"] is None):
            raise serializers.ValidationError(
                {"price_paise": _("Give minutes and price together.")}, code="unpaired"
            )
        return attrs


class ProfileInput(serializers.Serializer):
    """What is left out stays as it is."""

    name = serializers.CharField(max_length=120, required=False)
    headline = serializers.CharField(max_length=120, required=False, allow_blank=True)
    bio = serializers.CharField(max_length=3000, required=False, allow_blank=True)
    gender = serializers.ChoiceField(
        choices=TutorProfile.Gender.choices, required=False, allow_blank=True
    )
    languages = serializers.ListField(child=LanguageField(), required=False, max_length=23)
    experience_years = serializers.IntegerField(min_value=0, max_value=60, required=False)
    qualifications = serializers.ListField(
        child=serializers.CharField(max_length=120), required=False, max_length=10
    )
    video_url = serializers.URLField(required=False, allow_blank=True)
    pin_code = serializers.CharField(max_length=7, required=False)
    radius_km = serializers.IntegerField(min_value=0, max_value=RADIUS_MAX_KM, required=False)
    trial = TrialInput(required=False)
    free_hours = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=HOURS_A_WEEK - 1),
        required=False,
        max_length=HOURS_A_WEEK,
        help_text="hours of a usual week in IST; 0 is Monday from midnight",
    )
    offerings = serializers.ListField(child=OfferingInput(), required=False, max_length=20)


class OfferingOutput(serializers.ModelSerializer):
    subject = serializers.CharField(source="subject_id")
    subject_name = serializers.CharField(source="subject.name")

    class Meta:
        model = Offering
        fields = [
            "subject",
            "subject_name",
            "boards",
            "grade_min",
            "grade_max",
            "online_rate_paise",
            "home_rate_paise",
        ]


class BadgeOutput(serializers.Serializer):
    claim = serializers.ChoiceField(choices=Badge.Claim.choices)
    label = serializers.CharField()  # type: ignore[assignment]
    checked_on = serializers.DateField()
    valid_until = serializers.DateField(allow_null=True)


class ProfileOutput(serializers.ModelSerializer):
    """A tutor's own profile, with what is still missing before it can be submitted."""

    name = serializers.CharField()
    pin_code = serializers.CharField(source="place_id", allow_null=True)
    offerings = OfferingOutput(many=True)
    missing = serializers.ListField(child=serializers.ChoiceField(choices=list(MISSING)))
    notes = serializers.CharField(source="status_notes")
    free_hours = serializers.SerializerMethodField()

    class Meta:
        model = TutorProfile
        fields = [
            "id",
            "slug",
            "status",
            "notes",
            "missing",
            "name",
            "headline",
            "bio",
            "gender",
            "languages",
            "experience_years",
            "qualifications",
            "video_url",
            "pin_code",
            "city",
            "state",
            "radius_km",
            "trial_minutes",
            "trial_price_paise",
            "free_hours",
            "listed_until",
            "offerings",
            "submitted_at",
            "approved_at",
            "pending_name",
            "pending_qualifications",
            "pending_at",
        ]
        extra_kwargs = {
            "pending_name": {"help_text": "waits to be checked; families see `name` until then"},
            "pending_qualifications": {"help_text": "the same of `qualifications`; null for none"},
            "pending_at": {"help_text": "since when something waits"},
        }

    def get_free_hours(self, tutor: TutorProfile) -> list[int]:
        return sorted(tutor.free_hours)


class StepItemOutput(serializers.Serializer):
    """One thing a profile can have; `why` says what it is good for."""

    code = serializers.CharField()
    what = serializers.CharField()
    why = serializers.CharField()
    is_required = serializers.BooleanField()
    is_done = serializers.BooleanField()


class ProfileStepOutput(serializers.Serializer):
    name = serializers.CharField()
    title = serializers.CharField()
    is_done = serializers.BooleanField()
    items = StepItemOutput(many=True)


class ProgressOutput(serializers.Serializer):
    """`next` is the first step that lacks something required, or null when it can be sent in."""

    percent = serializers.IntegerField()
    is_ready = serializers.BooleanField()
    next = serializers.CharField(source="next_name", allow_null=True)
    steps = ProfileStepOutput(many=True)


class TutorOutput(serializers.ModelSerializer):
    """What everybody may see of a tutor."""

    name = serializers.CharField()
    rating = serializers.FloatField(allow_null=True)
    photo_url = serializers.CharField(allow_null=True)
    review_count = serializers.IntegerField(source="rating_count")
    hours_taught = serializers.IntegerField()
    badges = BadgeOutput(many=True)
    offerings = OfferingOutput(many=True)

    class Meta:
        model = TutorProfile
        fields = [
            "id",
            "slug",
            "name",
            "headline",
            "photo_url",
            "bio",
            "gender",
            "languages",
            "experience_years",
            "qualifications",
            "video_url",
            "city",
            "state",
            "radius_km",
            "rating",
            "review_count",
            "hours_taught",
            "response_minutes",
            "trial_minutes",
            "trial_price_paise",
            "badges",
            "offerings",
        ]


class DocumentInput(serializers.Serializer):
    """`size` in bytes; the upload must have exactly that many."""

    kind = serializers.ChoiceField(choices=TutorDocument.Kind.choices)
    filename = serializers.CharField(max_length=150)
    content_type = serializers.ChoiceField(choices=contents.ALLOWED_TYPES)
    size = serializers.IntegerField(min_value=1, max_value=DOCUMENT_MAX_BYTES)


class UploadOutput(serializers.Serializer):
    """Post `fields`, then the file as `file`, as multipart/form-data to `url`."""

    url = serializers.CharField()
    method = serializers.CharField()
    fields = serializers.DictField(child=serializers.CharField())  # type: ignore[assignment]
    headers = serializers.DictField(child=serializers.CharField())


class DocumentOutput(serializers.ModelSerializer):
    """`problem` is a code that says why a SPOILT file cannot be used; `notes` says it in words."""

    notes = serializers.CharField(source="explanation")

    class Meta:
        model = TutorDocument
        fields = [
            "id",
            "kind",
            "status",
            "filename",
            "content_type",
            "size",
            "problem",
            "notes",
            "created_at",
            "received_at",
            "reviewed_at",
        ]


class PhotoInput(serializers.Serializer):
    """`size` in bytes; the upload must have exactly that many."""

    content_type = serializers.ChoiceField(choices=PHOTO_TYPES)
    size = serializers.IntegerField(min_value=1, max_value=PHOTO_MAX_BYTES)


class PhotoOutput(serializers.ModelSerializer):
    """Families see it once it is SHOWN and has a `photo_url`."""

    notes = serializers.CharField(source="explanation")
    photo_url = serializers.SerializerMethodField()

    class Meta:
        model = TutorPhoto
        fields = ["id", "status", "problem", "notes", "photo_url", "created_at", "received_at"]

    def get_photo_url(self, photo: TutorPhoto) -> str | None:
        return storage.public_url(photo.public_id, "336.jpg") if photo.public_id else None


class NewDocumentOutput(serializers.Serializer):
    id = serializers.UUIDField()
    status = serializers.CharField()
    upload = UploadOutput()
