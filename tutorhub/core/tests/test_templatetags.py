"""What the built-in tags write, letter by letter."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation

from tutorhub.core.templatetags import tutorhub as tags

SIX_PM = datetime(2026, 12, 1, 12, 30, tzinfo=UTC)


def drawn(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


@time_machine.travel(datetime(2026, 11, 23, tzinfo=UTC), tick=False)
def test_times_are_indian_and_name_the_year_only_when_it_is_another() -> None:
    assert tags.ist(SIX_PM) == "Tue 1 Dec, 6:00\u00a0pm"
    assert tags.ist(SIX_PM + timedelta(days=31)) == "Fri 1 Jan 2027, 6:00\u00a0pm"
    assert tags.ist(None) == ""
    midnight = datetime(2026, 12, 1, 18, 30, tzinfo=UTC)
    assert tags.ist(midnight) == "Wed 2 Dec, 12:00\u00a0am"


def test_range_says_am_and_pm_once_when_both_are_the_same() -> None:
    hour = timedelta(hours=1)
    evening = tags.ist_range(SIX_PM, SIX_PM + hour)
    assert evening == "Tuesday 1 December 2026, 6:00-7:00\u00a0pm"
    noon = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)
    assert tags.ist_range(noon, noon + hour).endswith("11:30\u00a0am-12:30\u00a0pm")


@pytest.mark.parametrize(
    ("minutes", "words"), [(45, "45 min"), (60, "1 hour"), (120, "2 hours"), (90, "1 h 30 min")]
)
def test_duration(minutes: int, words: str) -> None:
    assert tags.duration(minutes) == words


@pytest.mark.parametrize(
    ("name", "letters"), [("Meera Iyer", "MI"), ("a b c", "AC"), ("Aarav", "A"), ("", "")]
)
def test_initials(name: str, letters: str) -> None:
    assert tags.initials(name) == letters


def test_status_badge_has_the_tone_of_its_meaning_and_escapes_the_label() -> None:
    assert (
        tags.status_badge("SCHEDULED", "scheduled") == '<span class="badge info">Scheduled</span>'
    )
    assert 'class="badge danger"' in tags.status_badge("REJECTED")
    assert 'class="badge plain"' in tags.status_badge("NOBODY_KNOWS_IT")
    assert "<script>" not in tags.status_badge("NEW", "<script>")


def test_rating_without_an_average_says_how_many_reviews_there_are() -> None:
    assert "4.9</b> (64 reviews)" in tags.rating(4.9, 64)
    assert "2 reviews" in tags.rating(None, 2)
    assert "No reviews yet" in tags.rating(None, 0)
    assert 'aria-label="4 of 5 stars"' in tags.stars(4)


def test_allows_names_a_rule_of_some_policies() -> None:
    with pytest.raises(TemplateSyntaxError):
        drawn("{% allows 'os.path.join' 'a' %}")


class SomeForm(forms.Form):
    name = forms.CharField(help_text="As on the school's list")
    agree = forms.BooleanField(label="I agree")
    mode = forms.ChoiceField(widget=forms.RadioSelect, choices=[("a", "A"), ("b", "B")])


def test_field_ties_label_hint_and_error_together() -> None:
    html = SomeForm({})["name"].as_field_group()
    assert '<label for="id_name">' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html


def test_choices_stand_in_a_fieldset_and_boxes_before_their_label() -> None:
    assert "<fieldset" in SomeForm()["mode"].as_field_group()
    box = SomeForm()["agree"].as_field_group()
    assert box.index("<input") < box.index("I agree")


def test_form_begins_with_a_summary_that_links_to_the_fields() -> None:
    html = str(SomeForm({}))
    assert 'id="form-errors"' in html
    assert 'href="#id_name"' in html
    assert "form-errors" not in str(SomeForm())


def test_words_follow_the_language() -> None:
    with translation.override("hi"):
        assert "दिसंबर" in tags.ist_day(SIX_PM)
