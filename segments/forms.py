"""What members type about segments."""

import json
from typing import Any

from django import forms

from segments.models import Segment
from segments.services import MAX_NAME

EVERYBODY: dict[str, Any] = {"all": []}


class ConditionsField(forms.CharField):
    """Conditions as JSON, which the rule builder writes and a member may edit by hand."""

    widget = forms.Textarea(attrs={"rows": 12, "spellcheck": "false"})

    def __init__(self) -> None:
        super().__init__(label="Conditions as JSON", required=False, max_length=1_000_000)

    def clean(self, value: Any) -> Any:
        """The conditions as JSON values; nothing typed stands for everybody."""
        text = super().clean(value)
        if not text:
            return EVERYBODY
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError("This is not JSON.") from error


class RenameForm(forms.Form):
    """The name alone."""

    name = forms.CharField(max_length=MAX_NAME, widget=forms.TextInput(attrs={"autofocus": True}))


class SegmentForm(forms.Form):
    """A dynamic segment."""

    name = forms.CharField(max_length=MAX_NAME, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    description = forms.CharField(max_length=500, required=False)
    conditions = ConditionsField()

    @staticmethod
    def initial_of(segment: Segment) -> dict[str, Any]:
        """What the form shows of a segment."""
        return {
            "name": segment.name,
            "description": segment.description,
            "conditions": as_text(segment.conditions),
        }


class StaticSegmentForm(forms.Form):
    """A fixed list, whose members are not a matter of conditions."""

    name = forms.CharField(max_length=MAX_NAME)
    description = forms.CharField(max_length=500, required=False)


def as_text(conditions: Any) -> str:
    """Conditions as a member reads and edits them."""
    return json.dumps(conditions, indent=2, ensure_ascii=False)
