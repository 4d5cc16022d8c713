"""What stands between `fixed` and `endfixed` is drawn once for each language, and is nobody's."""

from django.template import Context, Template
from django.utils import translation

PAGE = (
    "{% load i18n fixed %}{% fixed %}{% translate 'Sign in' %}{{ name }}{% endfixed %}, {{ name }}"
)


def drawn(template: Template, language: str, name: str) -> str:
    with translation.override(language):
        return template.render(Context({"name": name}))


def test_each_language_has_its_own() -> None:
    template = Template(PAGE)
    english, hindi, again = (drawn(template, code, "Meera") for code in ("en", "hi", "en"))
    assert english == again == "Sign in, Meera"
    assert hindi.endswith(", Meera")
    assert hindi != english


def test_nothing_of_the_page_gets_in() -> None:
    template = Template(PAGE)
    assert drawn(template, "en", "Meera") == "Sign in, Meera"
    assert drawn(template, "en", "Arjun") == "Sign in, Arjun"
    assert (
        Template("{% load fixed %}{% fixed %}{% csrf_token %}{% endfixed %}").render(
            Context({"csrf_token": "secret"})
        )
        == ""
    )
