"""One small form for each step of a tutor's profile. Each knows only its own part of it."""

from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from curriculum.queries import Catalogue
from tutorhub.core.week import HoursForm
from tutors.forms.offerings import offer
from tutors.models import FreeHours, TutorProfile
from tutors.models.profiles import RADIUS_MAX_KM, RATE_MAX_PAISE
from tutors.services.profiles import ProfileDetails, Trial


class StepForm(forms.Form):
    """Filled with the profile as it is; what was sent comes back by `details`."""

    names: ClassVar[tuple[str, ...]] = ()
    """Fields that are called as on the profile."""

    def __init__(
        self, data: Any, *, user: User, tutor: TutorProfile | None, catalogue: Catalogue
    ) -> None:
        self.user, self.tutor, self.catalogue = user, tutor, catalogue
        super().__init__(data, initial=self.stored())
        self.prepare()

    def stored(self) -> dict[str, Any]:
        if self.tutor is None:
            return {}
        return {name: getattr(self.tutor, name) for name in self.names}

    def prepare(self) -> None:
        """Offer what only the database knows."""

    def details(self) -> ProfileDetails:
        return ProfileDetails(**self.cleaned_data)


class YouForm(StepForm):
    names = ("gender", "languages")
    name = forms.CharField(
        label=_("Your name"), max_length=120, help_text=_("As in your proof of identity.")
    )
    gender = forms.ChoiceField(
        label=_("You are a"),
        required=False,
        choices=[("", _("I do not say")), *TutorProfile.Gender.choices],
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages you teach in"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def stored(self) -> dict[str, Any]:
        waiting = self.tutor.pending_name if self.tutor else ""
        return {**super().stored(), "name": waiting or self.user.name}

    def prepare(self) -> None:
        languages = self.catalogue.languages.items()
        offer(self, "languages", [(key, language.name) for key, language in languages])

    def details(self) -> ProfileDetails:
        said = self.cleaned_data
        languages = [self.catalogue.languages[key] for key in said["languages"]]
        return ProfileDetails(name=said["name"], gender=said["gender"], languages=languages)


class TeachingForm(StepForm):
    names = ("headline", "bio", "experience_years")
    headline = forms.CharField(
        label=_("One line about what you teach"),
        max_length=120,
        required=False,
        help_text=_("For instance: Physics for classes 9 to 12, CBSE and ICSE."),
    )
    bio = forms.CharField(
        label=_("How you teach"),
        max_length=3000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Please write no phone numbers, e-mail addresses or links here."),
    )
    experience_years = forms.IntegerField(
        label=_("Years of teaching"), min_value=0, max_value=60, initial=0
    )
    qualifications = forms.CharField(
        label=_("Degrees and certificates"),
        required=False,
        max_length=1300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One per line."),
    )

    def stored(self) -> dict[str, Any]:
        lines = self.tutor.qualifications if self.tutor else []
        if self.tutor is not None and self.tutor.pending_qualifications is not None:
            lines = self.tutor.pending_qualifications
        return {"experience_years": 0, **super().stored(), "qualifications": "\n".join(lines)}

    def clean_qualifications(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["qualifications"].splitlines()]
        kept = [line for line in lines if line]
        if len(kept) > 10 or any(len(line) > 120 for line in kept):
            raise forms.ValidationError(_("At most 10 lines of 120 letters each."))
        return kept


class WhereForm(StepForm):
    names = ("radius_km",)
    pin_code = forms.CharField(
        label=_("PIN code"),
        max_length=7,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code"}),
        help_text=_("Families see the city and how far away you are, never your address."),
    )
    radius_km = forms.IntegerField(
        label=_("Km you travel for classes at a home"),
        min_value=0,
        max_value=RADIUS_MAX_KM,
        help_text=_("0 if you teach online only."),
    )

    def stored(self) -> dict[str, Any]:
        place = self.tutor.place_id if self.tutor else None
        known = super().stored()
        if place is None:
            known["radius_km"] = 5
        return {**known, "pin_code": place or ""}


class WeekForm(HoursForm):
    """The free hours, made like the other steps."""

    def __init__(
        self, data: Any, *, user: User, tutor: TutorProfile | None, catalogue: Catalogue
    ) -> None:
        self.before = tutor.free_hours if tutor is not None else FreeHours()
        super().__init__(data, initial={"hours": sorted(self.before)})

    def details(self) -> ProfileDetails:
        return ProfileDetails(free_hours=FreeHours(self.wanted(self.before)))


NO_TRIAL: list[tuple[Any, str | Promise]] = [("", _("I give none"))]


class TrialForm(StepForm):
    minutes = forms.TypedChoiceField(
        label=_("How long is a trial class?"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[*NO_TRIAL, (30, _("30 minutes")), (45, _("45 minutes")), (60, _("1 hour"))],
        widget=forms.RadioSelect,
    )
    price = forms.IntegerField(
        label=_("What does it cost?"),
        required=False,
        min_value=0,
        max_value=RATE_MAX_PAISE // 100,
        help_text=_("0 if it is free."),
    )
    price.prefix_text = "₹"

    def stored(self) -> dict[str, Any]:
        if self.tutor is None or self.tutor.trial_minutes is None:
            return {"minutes": ""}
        price = (self.tutor.trial_price_paise or 0) // 100
        return {"minutes": self.tutor.trial_minutes, "price": price}

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("minutes") and said.get("price") is None and "price" not in self.errors:
            self.add_error("price", _("Say what it costs, or 0."))
        return said

    def details(self) -> ProfileDetails:
        minutes = self.cleaned_data["minutes"]
        if minutes is None:
            return ProfileDetails(trial=Trial())
        return ProfileDetails(
            trial=Trial(minutes=minutes, price_paise=self.cleaned_data["price"] * 100)
        )


class VideoForm(StepForm):
    names = ("video_url",)
    video_url = forms.CharField(
        label=_("Link to a short video of you"),
        required=False,
        max_length=200,
        widget=forms.URLInput(attrs={"placeholder": "https://youtu.be/…"}),
        help_text=_("On YouTube or Vimeo. No names of children in it, please."),
    )


FORMS: dict[str, type[StepForm] | type[WeekForm]] = {
    "you": YouForm,
    "teaching": TeachingForm,
    "where": WhereForm,
    "hours": WeekForm,
    "trial": TrialForm,
    "video": VideoForm,
}
