"""What the page of one user shows, read in a constant number of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.auth.models import User

from user360.listing.names import name_hidden, shown_name
from user360.masking import mask
from user360.models import (
    Encryption,
    Identity,
    IdentityType,
    Profile,
    ProfileTag,
    Property,
    Source,
    Tag,
    TagGroup,
    TagValue,
)
from user360.property_types import DisplayContext
from user360.services.profiles import years_since


@dataclass(frozen=True)
class Viewer:
    """For whom the page is made."""

    display: DisplayContext
    permissions: frozenset[str]

    @property
    def see_personal(self) -> bool:
        """Whether personal data is shown unmasked."""
        return "pii.view" in self.permissions

    @property
    def may_edit(self) -> bool:
        """Whether values can be edited in their place."""
        return "insight.user360.edit" in self.permissions

    @cached_property
    def sources(self) -> Mapping[int, str]:
        """The workspace's sources by key, read once a page."""
        return dict(Source.objects.values_list("pk", "name"))

    @cached_property
    def properties(self) -> Mapping[str, Property]:
        """The workspace's properties by key, archived ones too, in the order of the schema; read once a page."""
        return {prop.key: prop for prop in Property.objects.all()}

    @cached_property
    def id_types(self) -> Mapping[str, IdentityType]:
        """The workspace's ID types by key, read once a page."""
        return {kind.key: kind for kind in IdentityType.objects.all()}

    @cached_property
    def tag_names(self) -> Mapping[int, str]:
        """The workspace's tags by key, read once a page."""
        return dict(Tag.objects.values_list("pk", "name"))

    def name(self, profile: Profile) -> str:
        """What to call the user."""
        return shown_name(profile, hidden=name_hidden(self.properties, see_personal=self.see_personal))

    def value(self, profile: Profile, key: str) -> str:
        """A property of the user in words."""
        prop = self.properties.get(key)
        return self.words(prop, prop.value_of(profile)) if prop else ""

    def words(self, prop: Property, value: Any) -> str:
        """The value as this member may read it; empty when it is unknown."""
        if value is None or value == []:
            return ""
        if prop.is_personal and not self.see_personal:
            return mask(prop.type, prop.kind.csv_text(value, self.display))
        return prop.kind.format(value, self.display)


@dataclass(frozen=True)
class Pin:
    """Who edited a value by hand and when, and what the source behind it says: its name and the value in words."""

    who: str
    at: dt.datetime
    source: str
    said: str


@dataclass(frozen=True)
class Fact:
    """A property of the user as the page shows it; `text` is empty when the value is unknown."""

    prop: Property
    text: str
    source: str
    pin: Pin | None
    editable: bool


@dataclass(frozen=True)
class Id:
    """An identity as the page shows it."""

    type: IdentityType
    text: str
    encryption: str
    source: str
    first_seen_at: dt.datetime
    last_seen_at: dt.datetime
    readable: bool


@dataclass(frozen=True)
class TagRow:
    """A value of a tag on the user."""

    value: TagValue
    source: str
    pinned: bool
    tagged_by: str
    tagged_at: dt.datetime


def facts(profile: Profile, viewer: Viewer, keys: Iterable[str] | None = None) -> list[Fact]:
    """The properties (all, or those of `keys`) with their values, their origins and their pins."""
    people = _people(pin.get("by") for pin in profile.pins.values())
    wanted = viewer.properties.values() if keys is None else [viewer.properties[key] for key in keys]
    return [_fact(profile, prop, viewer, people) for prop in wanted if prop.archived_at is None]


def _fact(profile: Profile, prop: Property, viewer: Viewer, people: Mapping[int, str]) -> Fact:
    follows_birth = prop.is_system and prop.key == "age" and profile.dob is not None
    value = years_since(profile.dob) if follows_birth and profile.dob else prop.value_of(profile)
    text = viewer.words(prop, value)
    may_see = viewer.see_personal or not prop.is_personal
    origin = profile.origins.get("dob" if follows_birth else prop.key, profile.source_id)
    return Fact(
        prop=prop,
        text=text,
        source=viewer.sources.get(origin or 0, "") if text and prop.editable else "",
        pin=None if follows_birth else _pin(profile, prop, viewer, people),
        editable=viewer.may_edit and prop.editable and may_see and not follows_birth,
    )


def _pin(profile: Profile, prop: Property, viewer: Viewer, people: Mapping[int, str]) -> Pin | None:
    stored = profile.pins.get(prop.key)
    if stored is None:
        return None
    said = None if stored.get("value") is None else prop.kind.from_json(stored["value"])
    return Pin(
        who=people.get(stored.get("by") or 0, "somebody"),
        at=dt.datetime.fromisoformat(stored["at"]),
        source=viewer.sources.get(stored.get("source") or 0, ""),
        said=viewer.words(prop, said),
    )


def identities(profile: Profile, viewer: Viewer) -> list[Id]:
    """The user's IDs by priority of their type; personal ones masked for who may not see them."""
    types = {kind.pk: kind for kind in viewer.id_types.values()}
    made = [
        _id(row, types[row.type_id], viewer)
        for row in Identity.objects.filter(profile_id=profile.pk)
        if row.type_id in types
    ]
    return sorted(made, key=lambda one: (one.type.priority, one.first_seen_at, one.text))


def _id(row: Identity, kind: IdentityType, viewer: Viewer) -> Id:
    readable = viewer.see_personal or not kind.is_personal
    return Id(
        type=kind,
        text=row.value if readable else mask(kind.format, row.value),
        encryption=Encryption(row.encryption).label,
        source=viewer.sources.get(row.source_id or 0, ""),
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        readable=readable,
    )


def tags(profile: Profile, viewer: Viewer) -> list[tuple[TagGroup, list[TagRow]]]:
    """The user's tags by group."""
    rows = {row.tag_value_id: row for row in ProfileTag.objects.filter(profile_id=profile.pk)}
    people = _people(row.tagged_by_id for row in rows.values())
    values = TagValue.objects.select_related("tag__group").filter(pk__in=list(rows), tag__archived_at=None)
    grouped: dict[TagGroup, list[TagRow]] = {}
    for value in values.order_by("tag__group__name", "tag__name", "value"):
        row = rows[value.pk]
        source, by = viewer.sources.get(row.source_id or 0, ""), people.get(row.tagged_by_id or 0, "")
        grouped.setdefault(value.tag.group, []).append(TagRow(value, source, row.pinned, by, row.tagged_at))
    return list(grouped.items())


def full_name(user: User) -> str:
    """What to call a member."""
    return user.get_full_name() or user.email


def in_groups(every: Sequence[Fact], groups: Sequence[str]) -> list[Fact]:
    """The facts of the named groups of properties, in the order of the schema."""
    return [fact for fact in every if fact.prop.is_system and fact.prop.system and fact.prop.system.group in groups]


def _people(ids: Iterable[int | None]) -> Mapping[int, str]:
    sought = {key for key in ids if key is not None}
    return {user.pk: full_name(user) for user in User.objects.filter(pk__in=sought)} if sought else {}
