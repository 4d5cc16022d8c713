"""The shape of what people fill in; whether it can be done is the services' business."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from payments.models import PayoutMethod, TaxProfile
from payments.services.tax_profiles import STATES


class TopupForm(forms.Form):
    amount = forms.DecimalField(
        label=_("How much"), min_value=Decimal(1), max_digits=9, decimal_places=2
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].prefix_text = "₹"
        self.fields["amount"].widget.attrs["inputmode"] = "decimal"

    @property
    def amount_paise(self) -> int:
        return int(self.cleaned_data["amount"] * 100)


class RefundChoiceForm(forms.Form):
    SOURCE, WALLET = "source", "wallet"

    goes_to = forms.ChoiceField(
        label=_("Where refunds of classes go"),
        choices=[(SOURCE, _("back to where I paid from")), (WALLET, _("into my wallet"))],
        widget=forms.RadioSelect,
    )

    @property
    def is_to_wallet(self) -> bool:
        return bool(self.cleaned_data["goes_to"] == self.WALLET)


class PayoutForm(forms.Form):
    amount = forms.DecimalField(
        label=_("How much"), min_value=Decimal(1), max_digits=12, decimal_places=2
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].prefix_text = "₹"
        self.fields["amount"].widget.attrs["inputmode"] = "decimal"

    @property
    def amount_paise(self) -> int:
        return int(self.cleaned_data["amount"] * 100)


class PayoutMethodForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Pay me by"),
        choices=PayoutMethod.Kind.choices,
        widget=forms.RadioSelect,
        initial=PayoutMethod.Kind.BANK,
    )
    holder_name = forms.CharField(
        label=_("Name of the account holder"), min_length=3, max_length=120
    )
    account_number = forms.CharField(
        label=_("Account number"),
        required=False,
        max_length=24,
        help_text=_("For a bank account."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    ifsc = forms.CharField(
        label=_("IFSC"), required=False, max_length=14, help_text=_("Like HDFC0001234.")
    )
    vpa = forms.CharField(
        label=_("UPI ID"), required=False, max_length=130, help_text=_("Like name@bank.")
    )
    pan = forms.CharField(
        label=_("PAN"),
        max_length=14,
        help_text=_("The tax law asks for it. Without it 5 % would be withheld."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class TaxProfileForm(forms.Form):
    legal_name = forms.CharField(
        label=_("Full name, as on your PAN card"), max_length=120, strip=True
    )
    address = forms.CharField(
        label=_("Address"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )
    state = forms.ChoiceField(
        label=pgettext_lazy("part of an address", "State"),
        choices=[("", _("Choose"))] + [(state, state) for state in STATES],
    )
    gstin = forms.CharField(
        label=_("GSTIN"),
        required=False,
        max_length=20,
        help_text=_("Only if you are registered for GST. Like 29ABCDE1234F1ZW."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    pan = forms.CharField(
        label=_("PAN"),
        required=False,
        max_length=14,
        help_text=_("Like ABCDE1234F. Without it, 5 % of what you earn is withheld as tax."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    forget_pan = forms.BooleanField(label=_("Take out the PAN that we have"), required=False)
    field_order = ["legal_name", "pan", "forget_pan", "state", "gstin", "address"]

    def __init__(self, data: Any = None, *, profile: TaxProfile | None = None) -> None:
        names = ("legal_name", "address", "state", "gstin")
        super().__init__(data, initial={name: getattr(profile, name, "") for name in names})
        if profile is None or not profile.pan:
            del self.fields["forget_pan"]
        else:
            words = _("We have %s. Leave this empty to keep it.")
            self.fields["pan"].help_text = words % profile.pan_hint

    def arguments(self) -> dict[str, Any]:
        """For `tax_profiles.save`. A PAN is never shown again, so an empty field leaves it."""
        said = dict(self.cleaned_data)
        is_forgotten = said.pop("forget_pan", False)
        said["pan"] = said["pan"] or ("" if is_forgotten else None)
        return said
