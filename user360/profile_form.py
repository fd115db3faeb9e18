"""Forms made from the schema: one field a property, read by the property's type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms

from user360.identification.normalise import normalise_format
from user360.listing.levels import member_levels
from user360.models import Encryption, IdentityType, Profile, Property
from user360.property_input import parse_context, parse_value
from user360.property_types import DisplayContext, InvalidValue
from user360.services.identities import NewIdentity
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
# The IDs that a person types, and the property that the same text fills.
TYPED_IDS: dict[str, str] = {"mobile": "phone", "email": "email", "whatsapp": ""}


class PropertyField(forms.CharField):
    """A field whose text the property's type reads; empty is unknown.

    The text that the member saw travels with the form, so that only what the member changed is written.
    """

    def __init__(self, prop: Property) -> None:
        super().__init__(
            label=prop.label,
            required=False,
            widget=_widget(prop),
            help_text=prop.description or _hint(prop),
            show_hidden_initial=True,
        )
        self.prop = prop

    def clean(self, value: Any) -> Any:
        """The Python value; a sentence of the type becomes the field's error."""
        try:
            return parse_value(self.prop, value, parse_context(current_workspace()))
        except InvalidValue as invalid:
            raise forms.ValidationError(invalid.message) from invalid

    @property
    def suggestions(self) -> Sequence[str]:
        """Values to offer beside the input, without refusing others."""
        if self.prop.key == "memberLevel" and self.prop.is_system and not self.prop.choices:
            return member_levels()
        return ()


def _hint(prop: Property) -> str:
    return "Several values with ; between them" if prop.type == "list" else ""


def _widget(prop: Property) -> forms.Widget:
    if prop.choices and prop.type != "list":
        return forms.Select(choices=[("", "Unknown"), *((choice, choice) for choice in prop.choices)])
    if prop.type == "boolean":
        return forms.Select(choices=YES_NO)
    if prop.type == "text":
        return forms.Textarea(attrs={"rows": 3})
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    widget.input_type = INPUT_TYPES.get(prop.kind.widget, "text")
    if prop.type == "number":
        widget.attrs["inputmode"] = "decimal"
    if widget.input_type in ("datetime-local", "time"):
        widget.attrs["step"] = "1"
    return widget


def editable_properties(profile: Profile | None = None) -> list[Property]:
    """The properties that members may write, in the order of the schema; no age where the date of birth decides it."""
    born = profile is not None and profile.dob is not None
    props = Property.objects.filter(archived_at=None)
    return [prop for prop in props if prop.editable and not (born and prop.is_system and prop.key == "age")]


def display_context() -> DisplayContext:
    """How values are written in the current workspace."""
    workspace = current_workspace()
    return DisplayContext(workspace.locale, workspace.zone)


def initial_of(props: Iterable[Property], profile: Profile) -> Mapping[str, str]:
    """The texts that the inputs begin with."""
    display = display_context()
    values = {prop: prop.value_of(profile) for prop in props}
    return {prop.key: prop.kind.input_value(value, display) for prop, value in values.items() if value is not None}


class ProfileForm(forms.Form):
    """Properties of a user by key; after validation the values are Python values for the services."""

    def __init__(self, props: Iterable[Property], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.props = list(props)
        for prop in self.props:
            self.fields[prop.key] = PropertyField(prop)

    @property
    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under the headings of their groups."""
        grouped: dict[str, list[forms.BoundField]] = {}
        for prop in self.props:
            grouped.setdefault(prop.group or "Other properties", []).append(self[prop.key])
        return list(grouped.items())

    @property
    def changed_values(self) -> dict[str, Any]:
        """What the member changed: value by property key."""
        return {prop.key: self.cleaned_data[prop.key] for prop in self.props if prop.key in self.changed_data}


class IdField(forms.CharField):
    """An ID of one type, brought to its one spelling."""

    def __init__(self, kind: IdentityType) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off"})
        widget.input_type = {"phone": "tel", "email": "email"}.get(kind.format, "text")
        super().__init__(label=kind.name, max_length=255, required=False, widget=widget)
        self.kind = kind

    def clean(self, value: Any) -> str:
        """The normalised ID, empty for none."""
        text = str(super().clean(value))
        if not text:
            return ""
        country = current_workspace().default_country
        try:
            return normalise_format(self.kind.format, text, encryption=Encryption.NONE, default_country=country)
        except InvalidValue as invalid:
            raise forms.ValidationError(invalid.message) from invalid


class NewProfileForm(ProfileForm):
    """A new user: IDs besides properties. A mobile number and an e-mail address are IDs and properties at once."""

    user_id = forms.CharField(
        label="User ID",
        max_length=255,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Leave it empty and one is made. It cannot be changed later.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        types = {kind.key: kind for kind in IdentityType.objects.filter(key__in=TYPED_IDS, enabled=True)}
        filled = {TYPED_IDS[key] for key in types}
        super().__init__([prop for prop in editable_properties() if prop.key not in filled], *args, **kwargs)
        self.types = [types[key] for key in TYPED_IDS if key in types]
        for kind in self.types:
            self.fields[ID_FIELD + kind.key] = IdField(kind)

    @property
    def ids(self) -> list[NewIdentity]:
        """The IDs given."""
        given = ((kind.key, self.cleaned_data[ID_FIELD + kind.key]) for kind in self.types)
        return [NewIdentity(key, value) for key, value in given if value]

    @property
    def values(self) -> dict[str, Any]:
        """The properties given, those that are IDs as well among them."""
        return {TYPED_IDS[one.type]: one.value for one in self.ids if TYPED_IDS[one.type]} | self.changed_values

    @property
    def id_fields(self) -> list[forms.BoundField]:
        """The fields of IDs."""
        return [self["user_id"], *(self[ID_FIELD + kind.key] for kind in self.types)]
