"""An import in plain Python, a row at a time: slow, obvious, and what the engine has to agree with."""

from dataclasses import dataclass, field
from typing import Any

from user360.identification.guard_rails import is_meaningless
from user360.identification.normalise import normalise_format
from user360.property_types import PROPERTY_TYPES, InvalidValue, ParseContext

type Ident = tuple[str, str]


@dataclass
class Person:
    """A user: values by property key, tag values by tag name, pinned keys, pinned tag values."""

    user_id: str | None
    values: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, set[str]] = field(default_factory=dict)
    pins: set[str] = field(default_factory=set)
    pinned_tags: dict[str, set[str]] = field(default_factory=dict)
    ids: set[Ident] = field(default_factory=set)


@dataclass
class World:
    """Everybody, and who has which ID."""

    people: list[Person] = field(default_factory=list)
    owners: dict[Ident, Person] = field(default_factory=dict)

    def add(self, person: Person) -> Person:
        """One more user."""
        self.people.append(person)
        if person.user_id:
            person.ids.add(("userId", person.user_id))
        for ident in person.ids:
            self.owners[ident] = person
        return person


@dataclass(frozen=True)
class Rules:
    """The choices of the import. Columns: `id_columns` by priority as (column, type, format, finds people)."""

    id_columns: tuple[tuple[str, str, str, bool], ...]
    properties: dict[str, tuple[str, str]]  # column → key, type
    tags: dict[str, tuple[str, bool]]  # column → tag, single
    on_conflict: str
    merge_tags: bool
    labels: tuple[str, ...] = ()
    label_tag: str = "Labels"


def import_row(world: World, rules: Rules, row: dict[str, str]) -> str:
    """Applies one row and says what became of it: new, updated, unchanged, skipped, failed or empty."""
    if not any(cell.strip() for cell in row.values()):
        return "empty"
    try:
        ids, values = _read(rules, row)
    except InvalidValue:
        return "failed"
    person = _whom(world, rules, ids)
    if person is None:
        return "failed"
    is_new = person not in world.people
    if rules.on_conflict == "skip" and not is_new:
        return "skipped"
    if is_new:
        world.add(person)
    changed = _claim(world, person, ids)
    changed |= _set_values(rules, person, values)
    changed |= _set_tags(rules, person, row)
    person.tags.setdefault(rules.label_tag, set()).update(rules.labels)
    return "new" if is_new else "updated" if changed else "unchanged"


def _read(rules: Rules, row: dict[str, str]) -> tuple[list[tuple[Ident, bool]], dict[str, Any]]:
    ids: list[tuple[Ident, bool]] = []
    for column, kind, written, finds in rules.id_columns:
        if text := row[column].strip():
            value = normalise_format(written, text, encryption="none", default_country="")
            if not is_meaningless(value):
                ids.append(((kind, value), finds))
    values = {}
    for column, (key, kind) in rules.properties.items():
        if text := row[column].strip():
            value = PROPERTY_TYPES[kind].parse(text, context=ParseContext())
            if key == "age" and not (value == int(value) and 0 <= value <= 150):
                raise InvalidValue("invalidDataType", "age")
            values[key] = PROPERTY_TYPES[kind].to_json(value)
    for column, (_, single) in rules.tags.items():
        pieces = {piece.strip() for piece in row[column].split(";") if piece.strip()}
        if single and len([piece for piece in row[column].split(";") if piece.strip()]) > 1:
            raise InvalidValue("invalidDataType", "single")
        del pieces
    return ids, values


def _whom(world: World, rules: Rules, ids: list[tuple[Ident, bool]]) -> Person | None:
    user_id = next((ident for ident, _ in ids if ident[0] == "userId"), None)
    if user_id is not None:
        person = world.owners.get(user_id) or Person(user_id[1])
    else:
        owners = [world.owners[ident] for ident, finds in ids if finds and ident in world.owners]
        person = owners[0] if owners else Person(None)
    if any(world.owners.get(ident, person) is not person for ident, _ in ids):
        return None
    return person


def _claim(world: World, person: Person, ids: list[tuple[Ident, bool]]) -> bool:
    fresh = [ident for ident, _ in ids if ident not in person.ids]
    for ident in fresh:
        person.ids.add(ident)
        world.owners[ident] = person
    return bool(fresh)


def _set_values(rules: Rules, person: Person, values: dict[str, Any]) -> bool:
    before = dict(person.values)
    said = {key: value for key, value in values.items() if key not in person.pins}
    if rules.on_conflict == "replace":
        person.values = {key: value for key, value in before.items() if key in person.pins}
    person.values |= said
    if "dob" in person.values:
        person.values.pop("age", None)
    return person.values != before


def _set_tags(rules: Rules, person: Person, row: dict[str, str]) -> bool:
    before = {tag: set(values) for tag, values in person.tags.items()}
    said = {
        tag: {piece.strip() for piece in row[column].split(";") if piece.strip()}
        for column, (tag, _) in rules.tags.items()
    }
    singles = {tag for tag, single in rules.tags.values() if single}
    clears = rules.on_conflict == "replace" and not rules.merge_tags
    for tag in {*said, *(before if clears else ())}:
        values, pinned = said.get(tag, set()), person.pinned_tags.get(tag, set())
        if not values and not clears:
            continue
        if tag in singles and pinned:
            continue
        if tag in singles or not rules.merge_tags:
            person.tags[tag] = values | pinned
        else:
            person.tags[tag] = before.get(tag, set()) | values
    return _without_labels(rules, person.tags) != _without_labels(rules, before)


def _without_labels(rules: Rules, tags: dict[str, set[str]]) -> dict[str, set[str]]:
    ours = set(rules.labels)
    kept = {tag: values - ours if tag == rules.label_tag else values for tag, values in tags.items()}
    return {tag: values for tag, values in kept.items() if values}
