"""What a condition may name in the current workspace."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, cast
from zoneinfo import ZoneInfo

from user360.models import IdentityType, Property, Source, Tag, TagGroup, TagValue, Workspace
from user360.property_types import DisplayContext, ParseContext
from user360.tenancy import current_workspace


@dataclass(frozen=True)
class Schema:
    """A snapshot, good for one unit of work: trees hold what they found here.

    Archived properties and tags are in it, because saved conditions go on naming them. `remembered` is for what kinds
    of leaf look up besides (segments by slug, ids of tag values).
    """

    workspace: Workspace
    properties: dict[str, Property]
    identity_types: dict[str, IdentityType]
    tags: dict[str, tuple[Tag, ...]]
    sources: dict[str, Source]
    remembered: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which days begin and end."""
        return self.workspace.zone

    @property
    def parsing(self) -> ParseContext:
        """How values are read: phone numbers by the default country, times in the workspace's zone."""
        return ParseContext(default_country=self.workspace.default_country, time_zone=self.zone)

    @property
    def display(self) -> DisplayContext:
        """How values are written."""
        return DisplayContext(locale=self.workspace.locale, time_zone=self.zone)

    def remember[T](self, name: str, load: Callable[[], T]) -> T:
        """What `load` gave the first time this was asked for."""
        if name not in self.remembered:
            self.remembered[name] = load()
        return cast("T", self.remembered[name])

    def tag_value_ids(self, tag: Tag, values: Iterable[str]) -> tuple[tuple[int, ...], ...]:
        """For each value the ids of the tag's values that read so, whatever their case; none if there is none."""
        ids = self._ids_by_value(tag)
        return tuple(ids.get(value.casefold(), ()) for value in values)

    def all_value_ids(self, tag: Tag) -> tuple[int, ...]:
        """The ids of all values of a tag."""
        return tuple(pk for ids in self._ids_by_value(tag).values() for pk in ids)

    def _ids_by_value(self, tag: Tag) -> dict[str, tuple[int, ...]]:
        return self.remember(f"tag:{tag.pk}", lambda: _ids_by_value(tag))


def load_schema() -> Schema:
    """The schema of the current workspace, in five small statements."""
    workspace = current_workspace()
    return Schema(
        workspace=workspace,
        properties={prop.key: prop for prop in Property.objects.all()},
        identity_types={kind.key: kind for kind in IdentityType.objects.all()},
        tags=_tags_by_name(),
        sources={source.name: source for source in Source.objects.all()},
    )


def _tags_by_name() -> dict[str, tuple[Tag, ...]]:
    """Tags by every name that stands for them: `name`, `group/name`, `branch/group/name`."""
    groups = {group.pk: group for group in TagGroup.objects.all()}
    named: defaultdict[str, list[Tag]] = defaultdict(list)
    for tag in Tag.objects.all():
        name, group = tag.name, groups.get(tag.group_id)
        named[name].append(tag)
        while group is not None:
            name = f"{group.name}/{name}"
            if tag not in named[name]:
                named[name].append(tag)
            group = groups.get(group.parent_id) if group.parent_id else None
    return {name: tuple(tags) for name, tags in named.items()}


def _ids_by_value(tag: Tag) -> dict[str, tuple[int, ...]]:
    ids: defaultdict[str, list[int]] = defaultdict(list)
    for pk, value in TagValue.objects.filter(tag=tag).values_list("pk", "value"):
        ids[value.casefold()].append(pk)
    return {value: tuple(found) for value, found in ids.items()}
