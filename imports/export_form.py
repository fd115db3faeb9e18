"""What the dialog of an export asks: which information about the users, each kind with a switch (EX2)."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.http import QueryDict

from imports.services.exports import Content, exportable


def _switch(label: str) -> forms.BooleanField:
    return forms.BooleanField(
        label=label, required=False, initial=True, widget=forms.CheckboxInput(attrs={"role": "switch"})
    )


class ExportForm(forms.Form):
    """Everything is on to begin with; what is switched off is left out."""

    with_properties = _switch("User properties")
    properties = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    id_types = forms.MultipleChoiceField(
        label="IDs", required=False, widget=forms.CheckboxSelectMultiple(attrs={"role": "switch"})
    )
    with_tags = _switch("Tags")
    formula_safe = _switch("Make formulas harmless for spreadsheets")

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self._everything = everything = exportable()
        self._offer("properties", ((prop.key, prop.label) for prop in everything.properties))
        self._offer("id_types", ((kind.key, kind.name) for kind in everything.id_types))

    def _offer(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  # so that its type is known
        field.choices = list(choices)
        field.initial = [key for key, _ in field.choices]

    @property
    def content(self) -> Content:
        """The columns chosen; only of a valid form."""
        chosen = self.cleaned_data
        return Content(
            [
                prop
                for prop in self._everything.properties
                if chosen["with_properties"] and prop.key in chosen["properties"]
            ],
            [kind for kind in self._everything.id_types if kind.key in chosen["id_types"]],
            self._everything.tags if chosen["with_tags"] else [],
        )
