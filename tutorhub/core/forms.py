"""How every form of the product is drawn."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Label, field, hint and errors in our own markup, tied together for screen readers."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
