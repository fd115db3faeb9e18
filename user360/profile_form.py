"""Forms made from the schema: one field a property, read by the property's type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from user360.models import IdentityType, Profile, Property
from user360.property_input import parse_context, parse_value
from user360.property_types import DisplayContext, InvalidValue
from user360.tenancy import current_workspace

# Widget of a property type → the input; what is not named is a line of text.
INPUT_TYPES: dict[str, str] = {
    "date": "date",
    "datetime-local": "datetime-local",
    "time": "time",
    "tel": "tel",
    "email": "email",
    "url": "url",
}
YES_NO = (("", "Unknown"), ("true", "Yes"), ("false", "No"))
ID_FIELD = "id:"


class PropertyField(forms.CharField):
    """A field whose text the property's type reads; empty is unknown."""

    def __init__(self, prop: Property) -> None:
        super().__init__(label=prop.label, required=False, widget=_widget(prop), help_text=prop.description)
        self.prop = prop

    def clean(self, value: Any) -> Any:
        """The Python value; a sentence of the type becomes the field's error."""
        try:
            return parse_value(self.prop, value, parse_context(current_workspace()))
        except InvalidValue as invalid:
            raise forms.ValidationError(invalid.message) from invalid


def _widget(prop: Property) -> forms.Widget:
    if prop.choices:
        return forms.Select(choices=[("", "Unknown"), *((choice, choice) for choice in prop.choices)])
    if prop.type == "boolean":
        return forms.Select(choices=YES_NO)
    if prop.type == "text":
        return forms.Textarea(attrs={"rows": 3})
    widget = forms.TextInput()
    widget.input_type = INPUT_TYPES.get(prop.kind.widget, "text")
    if widget.input_type in ("datetime-local", "time"):
        widget.attrs["step"] = "1"
    return widget


def editable_properties() -> list[Property]:
    """The properties that members may write, in the order of the schema."""
    return [prop for prop in Property.objects.filter(archived_at=None) if prop.editable]


def display_context() -> DisplayContext:
    """How values are written in the current workspace."""
    workspace = current_workspace()
    return DisplayContext(workspace.locale, workspace.zone)


class ProfileForm(forms.Form):
    """Properties of a user by key. `values` after validation are Python values for the services."""

    def __init__(self, props: Iterable[Property], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.props = list(props)
        for prop in self.props:
            self.fields[prop.key] = PropertyField(prop)

    @property
    def values(self) -> dict[str, Any]:
        """What the form says, by property key."""
        return {prop.key: self.cleaned_data[prop.key] for prop in self.props}

    @property
    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under the headings of their groups."""
        grouped: dict[str, list[forms.BoundField]] = {}
        for prop in self.props:
            grouped.setdefault(prop.group or "Other properties", []).append(self[prop.key])
        return list(grouped.items())

    def changed_values(self, profile: Profile) -> dict[str, Any]:
        """The values that differ from the profile's."""
        return {
            prop.key: self.values[prop.key] for prop in self.props if self.values[prop.key] != prop.value_of(profile)
        }


def initial_of(props: Iterable[Property], profile: Profile) -> Mapping[str, str]:
    """The texts that the inputs begin with."""
    display = display_context()
    values = {prop: prop.value_of(profile) for prop in props}
    return {prop.key: prop.kind.input_value(value, display) for prop, value in values.items() if value is not None}


class NewProfileForm(ProfileForm):
    """A new user: IDs besides properties."""

    user_id = forms.CharField(
        label="User ID", max_length=255, required=False, help_text="Empty: one is made. It cannot be changed later."
    )

    def __init__(self, props: Iterable[Property], types: Iterable[IdentityType], *args: Any, **kwargs: Any) -> None:
        super().__init__(props, *args, **kwargs)
        self.types = list(types)
        for kind in self.types:
            self.fields[ID_FIELD + kind.key] = forms.CharField(label=kind.name, max_length=255, required=False)

    @property
    def ids(self) -> dict[str, str]:
        """The IDs given, by type."""
        given = {kind.key: self.cleaned_data[ID_FIELD + kind.key] for kind in self.types}
        return {key: value for key, value in given.items() if value}

    @property
    def id_fields(self) -> list[forms.BoundField]:
        """The fields of IDs."""
        return [self["user_id"], *(self[ID_FIELD + kind.key] for kind in self.types)]
