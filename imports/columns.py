"""The columns of a file as the mapping page shows and sends them: what each can be, is, and whether its values fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from imports.engine.mapping import MappedColumn, NewProperty, Proposal
from imports.engine.refusal import MappingRefused
from imports.engine.targets import LABELS, LEFT_OUT, USER_ID, IdentityTarget, PropertyTarget, parse_target
from imports.models import UserImport
from user360.identification.normalise import normalise_format
from user360.models import Encryption, IdentityType, Property, Tag
from user360.property_types import PROPERTY_TYPES, InvalidValue, ParseContext, property_type
from user360.property_types.dates import DATE_FORMATS
from user360.services.properties import key_from_label, label_from_header
from user360.tenancy import current_workspace

CREATE = "+"
DATED = ("date", "datetime")
# Beyond these words of a proposal nobody needs to look twice.
SURE = 0.9


@dataclass(frozen=True)
class TargetOption:
    """One thing a column can be."""

    key: str
    label: str


@dataclass(frozen=True)
class Misfit:
    """Samples that what was chosen refuses: a sentence, and the date formats (key, label) that read most of them."""

    sentence: str
    remedies: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ColumnRow:
    """A column with its choice. `target` is a key of the targets, CREATE for a property to be made as `key`."""

    position: int
    name: str
    samples: Sequence[str]
    target: str
    key: str
    label: str
    type: str
    date_format: str
    dated: bool
    reason: str = ""
    confidence: float = 1.0
    misfit: Misfit | None = None
    unlisted: str = ""
    error: str = ""

    @property
    def doubt(self) -> int | None:
        """How sure a doubtful proposal is, in percent."""
        sure = self.confidence >= SURE or not self.reason or self.target == CREATE
        return None if sure else round(self.confidence * 100)


class Columns:
    """Everything the mapping page needs of the workspace's schema, read once."""

    def __init__(self) -> None:
        self._properties = {prop.key: prop for prop in Property.objects.all()}
        self._ids = {kind.key: kind for kind in IdentityType.objects.filter(enabled=True)}
        self.targets = self._targets()
        self._listed = {option.key for _, options in self.targets for option in options}

    def _targets(self) -> list[tuple[str, list[TargetOption]]]:
        grouped: dict[str, list[TargetOption]] = {}
        for prop in self._properties.values():
            if prop.editable and prop.archived_at is None:
                grouped.setdefault(prop.group or "Other properties", []).append(TargetOption(prop.key, prop.label))
        ids = [kind for kind in self._ids.values() if kind.key != USER_ID]
        hashed = [
            TargetOption(f"id:{kind.key}:{state.value}", f"{kind.name}, {state.label}")
            for kind in ids
            for state in Encryption
            if state != Encryption.NONE
        ]
        return [
            ("This column", [TargetOption(LEFT_OUT, "Leave out"), TargetOption(CREATE, "Create as new property")]),
            (
                "IDs",
                [TargetOption(USER_ID, "User ID"), *(TargetOption(f"id:{kind.key}", kind.name) for kind in ids)],
            ),
            *grouped.items(),
            ("Tags", [TargetOption(LABELS, "Labels"), *_tag_options()]),
            ("IDs that are encrypted", hashed),
        ]

    def rows(
        self,
        draft: UserImport,
        *,
        proposals: Sequence[Proposal] = (),
        sent: Mapping[str, str] | None = None,
        refusal: MappingRefused | None = None,
    ) -> list[ColumnRow]:
        """A row for each column. What was `sent` goes before what is saved, and that before what is proposed."""
        saved = {stored["column"]: MappedColumn.from_json(stored) for stored in draft.mapping}
        proposed = {proposal.mapped.column: proposal for proposal in proposals}
        rows = []
        for position, column in enumerate(draft.columns):
            name = column["name"]
            proposal = proposed.get(name)
            mapped = saved.get(name) or (proposal.mapped if proposal else MappedColumn(name))
            if name == draft.user_id_column:
                mapped = MappedColumn(name, USER_ID)
            if mapped.create and mapped.target in self._properties:
                # Somebody has made the property since.
                mapped = replace(mapped, create=None)
            chosen = self._sent(position, mapped, sent or {})
            reason = proposal.reason if proposal and chosen == mapped and name not in saved else ""
            error = str(refusal) if refusal and refusal.column == name else ""
            confidence = proposal.confidence if proposal else 1.0
            rows.append(self._row(position, column["samples"], chosen, reason, confidence, error))
        return rows

    def read(self, draft: UserImport, sent: Mapping[str, str]) -> tuple[list[MappedColumn], str]:
        """What the page says each column is, and the header of the user ID. Raises MappingRefused."""
        columns = [
            self._sent(position, MappedColumn(column["name"]), sent) for position, column in enumerate(draft.columns)
        ]
        for column in columns:
            if column.create is not None and column.target in self._properties:
                prop = self._properties[column.target]
                remedy = "write another key" if prop.archived_at else "choose it from the list or write another key"
                kind = "an archived" if prop.archived_at else "a"
                raise MappingRefused(
                    f"There is {kind} property with the key “{column.target}”; {remedy}.", column=column.column
                )
        user_id = next((column.column for column in columns if column.target == USER_ID), "")
        return columns, user_id

    def _sent(self, position: int, mapped: MappedColumn, sent: Mapping[str, str]) -> MappedColumn:
        """The column as the page sends it; `mapped` where it says nothing of it."""

        def field(name: str, otherwise: str) -> str:
            return sent.get(f"{name}-{position}", otherwise).strip()

        create, name = mapped.create, mapped.column
        date_format = field("date", mapped.date_format)
        target = field("target", CREATE if create else mapped.target)
        date_format = date_format if date_format in DATE_FORMATS else mapped.date_format
        if target != CREATE:
            return MappedColumn(name, target, date_format)
        label = field("label", create.label if create else "")[:100] or label_from_header(name)
        kind = field("type", create.type if create else "")
        key = field("key", mapped.target if create else "") or key_from_label(name)
        return MappedColumn(name, key, date_format, NewProperty(label, kind if kind in PROPERTY_TYPES else ""))

    def _row(
        self,
        position: int,
        samples: Sequence[str],
        chosen: MappedColumn,
        reason: str,
        confidence: float,
        error: str,
    ) -> ColumnRow:
        create = chosen.create
        prop = self._properties.get(chosen.target)
        type_key = create.type if create else prop.type if prop else ""
        target = CREATE if create else chosen.target
        return ColumnRow(
            position=position,
            name=chosen.column,
            samples=samples,
            target=target,
            key=chosen.target if create else key_from_label(chosen.column),
            label=create.label if create else label_from_header(chosen.column),
            type=type_key if create else "",
            date_format=chosen.date_format,
            dated=type_key in DATED,
            reason=reason,
            confidence=confidence,
            misfit=self._misfit(samples, chosen, type_key),
            unlisted="" if target in self._listed else target,
            error=error,
        )

    def _misfit(self, samples: Sequence[str], chosen: MappedColumn, type_key: str) -> Misfit | None:
        workspace = current_workspace()
        context = ParseContext(workspace.default_country, workspace.zone, chosen.date_format)
        refused = []
        for sample in samples:
            try:
                self._judge(sample, chosen, type_key, context)
            except InvalidValue as error:
                refused.append((sample, error.message))
        if not refused:
            return None
        sample, message = refused[0]
        how_many = f"{len(refused)} of {len(samples)} values shown do not fit. " if len(refused) > 1 else ""
        said = f"“{sample}”: {message}" if sample not in message else message
        formats = _readers([text for text, _ in refused], type_key, context) if type_key in DATED else ()
        return Misfit(f"{how_many}{said}.", formats)

    def _judge(self, sample: str, chosen: MappedColumn, type_key: str, context: ParseContext) -> None:
        if type_key:
            property_type(type_key).parse(sample, context=context)
            return
        target = _target_of(chosen)
        if isinstance(target, IdentityTarget) and target.type_key in self._ids:
            written = self._ids[target.type_key].format
            country = context.default_country
            normalise_format(written, sample, encryption=target.encryption, default_country=country)


def _readers(texts: Sequence[str], type_key: str, context: ParseContext) -> tuple[tuple[str, str], ...]:
    """The date formats that read the most of these texts; none when none reads any."""
    reads = {
        key: sum(_fits(text, type_key, replace(context, date_format=key)) for text in texts) for key in DATE_FORMATS
    }
    most = max(reads.values())
    return tuple((key, DATE_FORMATS[key].label) for key in reads if most and reads[key] == most)


def _fits(text: str, type_key: str, context: ParseContext) -> bool:
    try:
        property_type(type_key).parse(text, context=context)
    except InvalidValue:
        return False
    return True


def left_out(columns: Sequence[MappedColumn], user_id_column: str) -> list[str]:
    """The headers that are not imported."""
    return [column.column for column in columns if column.target == LEFT_OUT and column.column != user_id_column]


def _target_of(chosen: MappedColumn) -> object:
    if chosen.target == USER_ID:
        return IdentityTarget(USER_ID)
    try:
        return parse_target(chosen.target, column=chosen.column)
    except MappingRefused:
        return PropertyTarget("")


def _tag_options() -> list[TargetOption]:
    """Every tag by its name, with its group where the name alone is not enough."""
    tags = list(Tag.objects.filter(archived_at=None, is_labels=False).select_related("group"))
    names = [tag.name for tag in tags]
    return [
        TargetOption(f"tag:{tag.group.name}/{tag.name}", f"{tag.name} ({tag.group.name})")
        if names.count(tag.name) > 1
        else TargetOption(f"tag:{tag.name}", tag.name)
        for tag in tags
    ]
