"""What an import does with its columns: the mapping brought together with the workspace's schema, and checked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from imports.engine.mapping import MappedColumn
from imports.engine.refusal import MappingRefused
from imports.engine.targets import USER_ID, IdentityTarget, LeftOut, PropertyTarget, TagTarget, parse_target
from user360.models import Encryption, IdentityType, Property, Tag, Workspace
from user360.models.property import KEY_PATTERN
from user360.property_types import ParseContext
from user360.tenancy import current_workspace

# A row of a table must fit on a page; what is beyond these columns is staged in one array.
SEPARATE_COLUMNS = 200
# The ID types whose plain values are a property of the person as well, unless another column says it.
PROPERTY_OF_IDENTITY = {"email": "email", "mobile": "phone"}


@dataclass(frozen=True)
class Staged:
    """A column of the file that is staged: place in the file, header, SQL for its trimmed text (NULL when empty)."""

    place: int
    name: str
    sql: str


@dataclass(frozen=True)
class PropertyColumn:
    """A column that fills a property. `prop` may be unsaved while a dry run is looking at a property to be made."""

    staged: Staged
    prop: Property
    context: ParseContext
    create: bool = False
    # Said by an ID column of the same person: its errors are reported there.
    implied: bool = False


@dataclass(frozen=True)
class IdentityColumn:
    """A column of identifiers; `slot` 0 is the user ID, the others follow by priority."""

    staged: Staged
    slot: int
    type: IdentityType
    encryption: str

    @property
    def finds(self) -> bool:
        """Whether an equal value means the same person."""
        return self.slot == 0 or (self.type.in_mapping and self.type.enabled)


@dataclass(frozen=True)
class TagColumn:
    """A column of values of one tag; `tag` may be unsaved while it is still to be made."""

    staged: Staged
    tag: Tag


@dataclass(frozen=True)
class Plan:
    """Everything the steps need to know about an import."""

    workspace: Workspace
    width: int
    header: bool
    staged: tuple[Staged, ...]
    properties: tuple[PropertyColumn, ...]
    identities: tuple[IdentityColumn, ...]
    tags: tuple[TagColumn, ...]
    on_conflict: str = "update"
    merge_tags: bool = True
    labels: tuple[str, ...] = ()
    left_out: tuple[str, ...] = field(default=())

    @property
    def user_id(self) -> IdentityColumn | None:
        """The column of user IDs, where there is one."""
        return self.identities[0] if self.identities and self.identities[0].slot == 0 else None

    @property
    def system(self) -> tuple[PropertyColumn, ...]:
        """The columns that fill a column of `profile`."""
        return tuple(column for column in self.properties if column.prop.is_system)

    @property
    def custom(self) -> tuple[PropertyColumn, ...]:
        """The columns that fill a key of `profile.attributes`."""
        return tuple(column for column in self.properties if not column.prop.is_system)

    @property
    def created(self) -> tuple[PropertyColumn, ...]:
        """The columns whose property the import makes."""
        return tuple(column for column in self.properties if column.create)


def make_plan(
    *,
    names: Sequence[str],
    header: bool,
    mapping: Sequence[MappedColumn],
    user_id_column: str,
    on_conflict: str = "update",
    merge_tags: bool = True,
    labels: Sequence[str] = (),
) -> Plan:
    """Brings mapping and schema of the current workspace together. Raises MappingRefused; writes nothing."""
    return _Maker(names, mapping, user_id_column).plan(header, on_conflict, merge_tags, labels)


class _Maker:
    def __init__(self, names: Sequence[str], mapping: Sequence[MappedColumn], user_id_column: str) -> None:
        self.workspace = current_workspace()
        self.names = names
        self.places = {name: place for place, name in enumerate(names)}
        self.user_id_column = user_id_column
        self.mapped = {column.column: column for column in mapping}
        self.schema = {prop.key: prop for prop in Property.objects.filter(archived_at=None)}
        self.types = {kind.key: kind for kind in IdentityType.objects.all()}
        self.taken: dict[object, str] = {}

    def plan(self, header: bool, on_conflict: str, merge_tags: bool, labels: Sequence[str]) -> Plan:
        for name in (*self.mapped, *([self.user_id_column] if self.user_id_column else [])):
            if name not in self.places:
                raise MappingRefused(f"The file has no column “{name}”.", column=name)
        properties: list[PropertyColumn] = []
        identities: list[IdentityColumn] = []
        tags: list[TagColumn] = []
        staged: list[Staged] = []
        for name in self.names:
            mapped = self.mapped.get(name, MappedColumn(name))
            target = self._target(mapped)
            if isinstance(target, LeftOut):
                continue
            column = Staged(self.places[name], name, _sql(len(staged)))
            staged.append(column)
            match target:
                case IdentityTarget():
                    identities.append(self._identity(column, target))
                case TagTarget():
                    tags.append(TagColumn(column, self._tag(column, target)))
                case PropertyTarget():
                    properties.append(self._property(column, target, mapped))
        if not staged:
            raise MappingRefused("No column is mapped, so there is nothing to import.")
        ordered = sorted(identities, key=lambda column: (column.slot, column.type.priority, column.staged.place))
        return Plan(
            workspace=self.workspace,
            width=len(self.names),
            header=header,
            staged=tuple(staged),
            properties=(*properties, *self._implied(identities)),
            identities=tuple(
                replace(column, slot=0 if column.slot == 0 else slot) for slot, column in enumerate(ordered, start=1)
            ),
            tags=tuple(tags),
            on_conflict=on_conflict,
            merge_tags=merge_tags,
            labels=tuple(labels),
            left_out=tuple(name for name in self.names if name not in {column.name for column in staged}),
        )

    def _target(self, mapped: MappedColumn) -> PropertyTarget | IdentityTarget | TagTarget | LeftOut:
        if mapped.column == self.user_id_column:
            return IdentityTarget(USER_ID)
        target = parse_target(mapped.target, column=mapped.column)
        if target == PropertyTarget(USER_ID):
            target = IdentityTarget(USER_ID)
        if target == IdentityTarget(USER_ID) and self.user_id_column:
            raise MappingRefused(
                f"The user ID is in the column “{self.user_id_column}”, so it cannot be in “{mapped.column}” as well.",
                column=mapped.column,
            )
        return target

    def _once(self, target: object, column: Staged, what: str) -> None:
        if other := self.taken.get(target):
            raise MappingRefused(f"{what} is in two columns, “{other}” and “{column.name}”.", column=column.name)
        self.taken[target] = column.name

    def _identity(self, column: Staged, target: IdentityTarget) -> IdentityColumn:
        kind = self.types.get(target.type_key)
        if kind is None:
            raise MappingRefused(f"There is no ID type “{target.type_key}”.", column=column.name)
        if target.type_key == USER_ID:
            if target.encryption != Encryption.NONE:
                raise MappingRefused("User IDs are imported unencrypted.", column=column.name)
            self._once(target, column, "The user ID")
            return IdentityColumn(column, 0, kind, target.encryption)
        return IdentityColumn(column, 1, kind, target.encryption)

    def _tag(self, column: Staged, target: TagTarget) -> Tag:
        self._once(target, column, f"The tag {target.name or 'Labels'}")
        if not target.name:
            labels: Tag = Tag.objects.get(is_labels=True)
            return labels
        group, _, name = target.name.rpartition("/")
        found = Tag.objects.filter(name=name, archived_at=None)
        tags = list(found.filter(group__name=group) if group else found)
        if len(tags) > 1:
            raise MappingRefused(f"There are several tags “{name}”; write group/name.", column=column.name)
        return tags[0] if tags else Tag(workspace=self.workspace, name=name)

    def _property(self, column: Staged, target: PropertyTarget, mapped: MappedColumn) -> PropertyColumn:
        self._once(target, column, f"The property {target.key}")
        context = ParseContext(self.workspace.default_country, self.workspace.zone, mapped.date_format)
        prop = self.schema.get(target.key)
        if prop is None:
            return PropertyColumn(column, self._new_property(target.key, mapped), context, create=True)
        if not prop.editable:
            raise MappingRefused(f"{prop.label} is kept by the product and cannot be imported.", column=column.name)
        return PropertyColumn(column, prop, context)

    def _new_property(self, key: str, mapped: MappedColumn) -> Property:
        if mapped.create is None:
            raise MappingRefused(f"There is no property “{key}”.", column=mapped.column)
        if not re.fullmatch(KEY_PATTERN, key):
            raise MappingRefused(
                f"“{key}” cannot be the key of a property: a small letter, then letters, digits and _.",
                column=mapped.column,
            )
        return Property(workspace=self.workspace, key=key, label=mapped.create.label, type=mapped.create.type)

    def _implied(self, identities: Sequence[IdentityColumn]) -> list[PropertyColumn]:
        implied = []
        for column in identities:
            key = PROPERTY_OF_IDENTITY.get(column.type.key)
            if key and column.encryption == Encryption.NONE and PropertyTarget(key) not in self.taken:
                self.taken[PropertyTarget(key)] = column.staged.name
                context = ParseContext(self.workspace.default_country, self.workspace.zone)
                implied.append(PropertyColumn(column.staged, self.schema[key], context, implied=True))
        return implied


def _sql(place: int) -> str:
    return f"c{place}" if place < SEPARATE_COLUMNS else f"more[{place - SEPARATE_COLUMNS + 1}]"
