"""The columns of the list as objects: what heads them, what they sort by, and their cells for a page of users."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from django.db.models import F, Q

from user360.conditions.schema import Schema
from user360.conditions.sql import is_known, is_null
from user360.conditions.values import property_known, property_value
from user360.listing.paging import Order
from user360.listing.state import DEFAULT_SORT
from user360.masking import mask
from user360.models import Identity, IdentityType, Profile, ProfileTag, Property, Source, Tag, TagValue
from user360.property_types import PROPERTY_TYPES, DisplayContext
from user360.property_types.dates import date_in_words

MAX_COLUMNS = 30
# Longer texts end in an ellipsis.
CUT = 30
DEFAULT_LAYOUT = ("id:mobile", "property:createdAt", "property:source", "tag:Labels", "property:city")


@dataclass(frozen=True)
class Cell:
    """What stands in one place of the table: text with its whole form where it is cut, or tag values.

    Both empty: unknown.
    """

    text: str = ""
    title: str = ""
    tags: Sequence[TagValue] = ()


@dataclass
class PageData:
    """What the cells of a page need, read in one query a kind however many rows there are."""

    profiles: Sequence[Profile]
    display: DisplayContext
    see_personal: bool
    identities: dict[tuple[int, int], list[str]] = field(default_factory=lambda: defaultdict(list))
    tags: dict[tuple[int, int], list[TagValue]] = field(default_factory=lambda: defaultdict(list))

    def load(self, columns: Sequence[Column]) -> None:
        """Reads the identities and tags that the columns show."""
        ids = [profile.pk for profile in self.profiles]
        types = [column.type.pk for column in columns if isinstance(column, IdentityColumn)]
        if ids and types:
            found = Identity.objects.filter(profile_id__in=ids, type_id__in=types).order_by("first_seen_at", "value")
            for key, kind, value in found.values_list("profile_id", "type_id", "value"):
                self.identities[key, kind].append(value)
        tags = [column.tag.pk for column in columns if isinstance(column, TagColumn)]
        if ids and tags:
            held = ProfileTag.objects.filter(profile_id__in=ids).values_list("profile_id", "tag_value_id")
            pairs = list(held)
            values = TagValue.objects.filter(tag_id__in=tags).in_bulk([value for _, value in pairs])
            for key, value_id in pairs:
                if value_id in values:
                    self.tags[key, values[value_id].tag_id].append(values[value_id])


class Column(Protocol):
    """One column of the table. `key` names it in layouts, `sort_key` in the address (empty: no order for them)."""

    @property
    def key(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def group(self) -> str: ...
    @property
    def numeric(self) -> bool: ...
    def sort_key(self, *, see_personal: bool) -> str: ...
    def cell(self, profile: Profile, data: PageData) -> Cell: ...


@dataclass(frozen=True)
class PropertyColumn:
    """A user property."""

    prop: Property

    @property
    def key(self) -> str:
        return f"property:{self.prop.key}"

    @property
    def label(self) -> str:
        return self.prop.label

    @property
    def group(self) -> str:
        return self.prop.group or "Other properties"

    @property
    def numeric(self) -> bool:
        return self.prop.type == "number"

    def sort_key(self, *, see_personal: bool) -> str:
        return self.prop.key if sortable(self.prop, see_personal=see_personal) else ""

    def cell(self, profile: Profile, data: PageData) -> Cell:
        value = self.prop.value_of(profile)
        if value is None:
            return Cell()
        if self.prop.is_personal and not data.see_personal:
            return Cell(mask(self.prop.type, self.prop.kind.csv_text(value, data.display)))
        text = self.prop.kind.format(value, data.display)
        if self.prop.type == "datetime":
            return Cell(date_in_words(value.astimezone(data.display.time_zone), data.display.locale), text)
        return Cell(text, text if len(text) > CUT else "")


@dataclass(frozen=True)
class IdentityColumn:
    """The IDs of one type."""

    type: IdentityType
    group = "IDs"
    numeric = False

    @property
    def key(self) -> str:
        return f"id:{self.type.key}"

    @property
    def label(self) -> str:
        return self.type.name

    def sort_key(self, *, see_personal: bool) -> str:  # noqa: ARG002  # nobody sorts by several values
        return ""

    def cell(self, profile: Profile, data: PageData) -> Cell:
        hidden = self.type.is_personal and not data.see_personal
        values = data.identities.get((profile.pk, self.type.pk), [])
        if hidden:
            return Cell(", ".join(mask(self.type.format, value) for value in values))
        kind = PROPERTY_TYPES.get(self.type.format)
        text = ", ".join(kind.format(value, data.display) if kind else value for value in values)
        return Cell(text, text if len(text) > CUT else "")


@dataclass(frozen=True)
class TagColumn:
    """The values of one tag."""

    tag: Tag
    group = "Tags"
    numeric = False

    @property
    def key(self) -> str:
        return "tag:Labels" if self.tag.is_labels else f"tag:{self.tag.pk}"

    @property
    def label(self) -> str:
        return self.tag.name

    def sort_key(self, *, see_personal: bool) -> str:  # noqa: ARG002  # nobody sorts by several values
        return ""

    def cell(self, profile: Profile, data: PageData) -> Cell:
        return Cell(tags=data.tags.get((profile.pk, self.tag.pk), []))


def available_columns(schema: Schema) -> dict[str, Column]:
    """Every column the workspace has, by key, in the order of the dialog."""
    tags = {tag.pk: tag for named in schema.tags.values() for tag in named}
    columns: list[Column] = [IdentityColumn(kind) for kind in schema.identity_types.values() if kind.enabled]
    columns += [PropertyColumn(prop) for prop in schema.properties.values() if prop.archived_at is None]
    columns += [TagColumn(tag) for tag in tags.values() if tag.archived_at is None]
    return {column.key: column for column in columns}


def shown_columns(available: dict[str, Column], *layouts: Sequence[str]) -> list[Column]:
    """The columns of the first layout that has any (personal, workspace, shipped), without those no longer there."""
    for layout in (*layouts, DEFAULT_LAYOUT):
        shown = [available[key] for key in layout if key in available]
        if shown:
            return shown[:MAX_COLUMNS]
    return []


def order_of(sort: str, properties: Mapping[str, Property], *, see_personal: bool) -> Order:
    """The order that the address names; the shipped one for a key that has none.

    Personal data gives no order to members who see it masked: the order would tell what the mask hides.
    """
    prop = properties.get(sort.removeprefix("-"))
    if prop is None or not sortable(prop, see_personal=see_personal):
        return order_of(DEFAULT_SORT, properties, see_personal=see_personal)
    value = property_value(prop)
    if prop.is_system:
        arms = _sources() if prop.key == "source" else None
        column = F("source_id") if prop.key == "source" else value
        return Order(sort, value, is_known(column), is_null(column), arms)
    return Order(sort, value, property_known(prop), ~property_known(prop))


def sortable(prop: Property, *, see_personal: bool) -> bool:
    """Whether somebody may sort the list by the property."""
    return prop.archived_at is None and prop.sortable and (see_personal or not prop.is_personal)


def _sources() -> list[tuple[str, Q]]:
    """The sources by name. Profiles are indexed by the source's id, which is no order for people."""
    keys = defaultdict(list)
    for key, name in Source.objects.values_list("pk", "name"):
        keys[name.lower()].append(key)
    return [(name, Q(source_id__in=keys[name])) for name in sorted(keys)]
