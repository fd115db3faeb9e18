"""What the page of one user shows, read in a constant number of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

from user360.masking import mask
from user360.models import (
    Encryption,
    Identity,
    IdentityType,
    Profile,
    ProfileTag,
    Property,
    Source,
    TagGroup,
    TagValue,
)
from user360.property_types import DisplayContext


@dataclass(frozen=True)
class Pin:
    """Who edited a value by hand, and when."""

    who: str
    at: dt.datetime


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


@dataclass(frozen=True)
class TagRow:
    """A value of a tag on the user."""

    value: TagValue
    source: str
    pinned: bool
    tagged_at: dt.datetime


@dataclass(frozen=True)
class Viewer:
    """For whom the page is made."""

    display: DisplayContext
    see_personal: bool
    may_edit: bool


def facts(profile: Profile, viewer: Viewer) -> list[Fact]:
    """Every property with its value, where the value came from and whether it is pinned."""
    sources = dict(Source.objects.values_list("pk", "name"))
    people = _people(pin["by"] for pin in profile.pins.values())
    made = []
    for prop in Property.objects.filter(archived_at=None):
        value = _age(profile, prop, viewer) if prop.key == "age" and prop.is_system else prop.value_of(profile)
        known = value is not None and value != []
        text = prop.kind.format(value, viewer.display) if known else ""
        hidden = prop.is_personal and not viewer.see_personal
        made.append(
            Fact(
                prop=prop,
                text=mask(prop.type, text) if hidden and text else text,
                source=sources.get(profile.origins.get(prop.key, profile.source_id), "") if known else "",
                pin=_pin(profile.pins.get(prop.key), people),
                editable=viewer.may_edit and prop.editable and not hidden and not _derived_age(profile, prop),
            )
        )
    return made


def identities(profile: Profile, viewer: Viewer) -> list[Id]:
    """The user's IDs by priority of their type; personal ones masked for who may not see them."""
    sources = dict(Source.objects.values_list("pk", "name"))
    types = IdentityType.objects.in_bulk()
    rows = Identity.objects.filter(profile_id=profile.pk)
    made = [
        Id(
            type=types[row.type_id],
            text=mask(types[row.type_id].format, row.value) if _hidden(types[row.type_id], viewer) else row.value,
            encryption=Encryption(row.encryption).label,
            source=sources.get(row.source_id, ""),
            first_seen_at=row.first_seen_at,
            last_seen_at=row.last_seen_at,
        )
        for row in rows
        if row.type_id in types
    ]
    return sorted(made, key=lambda one: (one.type.priority, one.first_seen_at, one.text))


def tags(profile: Profile) -> list[tuple[TagGroup, list[TagRow]]]:
    """The user's tags by group."""
    sources = dict(Source.objects.values_list("pk", "name"))
    rows = {row.tag_value_id: row for row in ProfileTag.objects.filter(profile_id=profile.pk)}
    values = TagValue.objects.select_related("tag__group").filter(pk__in=list(rows), tag__archived_at=None)
    grouped: dict[TagGroup, list[TagRow]] = {}
    for value in values.order_by("tag__group__name", "tag__name", "value"):
        row = rows[value.pk]
        shown = TagRow(value, sources.get(row.source_id, ""), row.pinned, row.tagged_at)
        grouped.setdefault(value.tag.group, []).append(shown)
    return list(grouped.items())


def _people(ids: Any) -> Mapping[int, str]:
    found = User.objects.filter(pk__in={key for key in ids if key is not None})
    return {user.pk: user.get_full_name() or user.email for user in found}


def _pin(stored: Mapping[str, Any] | None, people: Mapping[int, str]) -> Pin | None:
    if stored is None:
        return None
    return Pin(people.get(stored.get("by") or 0, "somebody"), dt.datetime.fromisoformat(stored["at"]))


def _hidden(kind: IdentityType, viewer: Viewer) -> bool:
    return kind.is_personal and not viewer.see_personal


def _derived_age(profile: Profile, prop: Property) -> bool:
    return prop.is_system and prop.key == "age" and profile.dob is not None


def _age(profile: Profile, prop: Property, viewer: Viewer) -> Any:
    """Years since the date of birth where that is known (PR1)."""
    if not _derived_age(profile, prop):
        return prop.value_of(profile)
    today = dt.datetime.now(viewer.display.time_zone).date()
    born = profile.dob
    assert born is not None  # noqa: S101  # _derived_age looked
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def split(all_facts: Sequence[Fact], groups: Sequence[str]) -> list[Fact]:
    """The facts of the named groups, in their order."""
    return [fact for fact in all_facts if fact.prop.group in groups]
