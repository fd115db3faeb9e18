"""The forms of the property page."""

from typing import Any

from django import forms

from user360.models import Property
from user360.property_types import PROPERTY_TYPES


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class PropertyForm(forms.Form):
    """What may change about any property: its words, its choices and its marks."""

    label = forms.CharField(max_length=100)
    description = forms.CharField(max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    group = forms.CharField(max_length=60, required=False, help_text="The heading it stands under.")
    choices = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One a line. Empty: any value of the type.",
    )
    is_personal = forms.BooleanField(
        required=False, label="Personal data", help_text="Masked for members who may not see personal data."
    )

    def clean_choices(self) -> list[str]:
        """The choices as a list."""
        return _lines(self.cleaned_data["choices"])

    @staticmethod
    def initial_of(prop: Property) -> dict[str, Any]:
        """The form's initial values for a property."""
        return {
            "label": prop.label,
            "description": prop.description,
            "group": prop.group,
            "choices": "\n".join(prop.choices),
            "is_personal": prop.is_personal,
        }


class NewPropertyForm(PropertyForm):
    """What a new custom property needs besides: a type, and a key that is made from the label when left empty."""

    key = forms.CharField(
        max_length=63, required=False, help_text="How files and programs name it. Empty: made from the label."
    )
    type = forms.ChoiceField(choices=[(kind.key, kind.label) for kind in PROPERTY_TYPES.values()])
    searchable = forms.BooleanField(
        required=False, help_text="Builds an index, so that conditions and sorting on it are quick."
    )

    field_order = ("label", "type", "key", "description", "group", "choices", "is_personal", "searchable")
