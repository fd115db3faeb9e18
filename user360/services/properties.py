"""Making and changing user properties, and the index of the searchable ones."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.backends.postgresql.schema import DatabaseSchemaEditor
from django.db.models import Index, Max, Q

from user360.conditions.values import property_known, property_value
from user360.models import Job, Profile, Property
from user360.models.property import KEY_PATTERN
from user360.property_types import PROPERTY_TYPES
from user360.services import audit, jobs

MAX_CUSTOM = 1000
INDEX_JOB = "property_index"

IndexState = Property.IndexState


class PropertyRefused(ValueError):  # noqa: N818  # it is an answer, not a defect
    """A property cannot be made or changed so; `field` names the form field, the message says why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


def key_from_label(label: str) -> str:
    """The camelCase key of a label or column header: `monthly_charges` → `monthlyCharges`.

    A header that leaves nothing of a key gives `property`.
    """
    words = re.findall(r"[A-Za-z0-9]+", label)
    joined = "".join(word if index == 0 else word[:1].upper() + word[1:] for index, word in enumerate(words))
    joined = joined.lstrip("0123456789")
    return (joined[:1].lower() + joined[1:])[:63] or "property"


def label_from_header(header: str) -> str:
    """A column header made readable: `monthly_charges` → `Monthly charges`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", header)
    words = re.sub(r"[_\s]+", " ", spaced).strip()
    return (words[:1].upper() + words[1:])[:100] or "Property"


@transaction.atomic
def create_property(
    *,
    key: str,
    label: str,
    type: str,  # noqa: A002  # the field's word
    actor: User | None,
    description: str = "",
    group: str = "",
    choices: Sequence[str] = (),
    is_personal: bool = False,
) -> Property:
    """Adds a custom property at the end of the order; raises PropertyRefused with the field that is wrong."""
    if not re.fullmatch(KEY_PATTERN, key):
        raise PropertyRefused("key", "A key begins with a small letter and holds letters, digits and _ (63 at most).")
    if type not in PROPERTY_TYPES:
        raise PropertyRefused("type", f"There is no type {type}.")
    if not label.strip():
        raise PropertyRefused("label", "A property needs a label.")
    if Property.objects.filter(key__iexact=key).exists():
        raise PropertyRefused("key", f"There already is a property {key}.")
    if Property.objects.filter(is_system=False).count() >= MAX_CUSTOM:
        raise PropertyRefused("key", f"A workspace holds {MAX_CUSTOM} custom properties at most.")
    last = Property.objects.aggregate(last=Max("position"))["last"]
    prop: Property = Property.objects.create(
        key=key,
        label=label.strip(),
        type=type,
        description=description,
        group=group,
        choices=_checked_choices(type, choices),
        is_personal=is_personal,
        position=0 if last is None else last + 1,
    )
    audit.record(action="property.created", subject=key, actor=actor, after={"label": prop.label, "type": type})
    return prop


@transaction.atomic
def edit_property(
    *,
    prop: Property,
    label: str,
    description: str,
    group: str,
    choices: Sequence[str],
    is_personal: bool,
    actor: User | None,
) -> Property:
    """Changes the words and marks of a property; key and type stay."""
    if not label.strip():
        raise PropertyRefused("label", "A property needs a label.")
    before = _described(prop)
    prop.label = label.strip()
    prop.description = description
    prop.group = group
    prop.choices = _checked_choices(prop.type, choices)
    prop.is_personal = is_personal
    prop.save()
    audit.record(action="property.edited", subject=prop.key, actor=actor, before=before, after=_described(prop))
    return prop


@transaction.atomic
def order_properties(*, keys: Sequence[str], actor: User | None) -> None:
    """Puts the named properties first, in this order; the others follow in theirs."""
    props = {prop.key: prop for prop in Property.objects.all()}
    known = [key for key in dict.fromkeys(keys) if key in props]
    ordered = known + [key for key in props if key not in set(known)]
    for position, key in enumerate(ordered):
        props[key].position = position
    Property.objects.bulk_update(props.values(), ["position"])
    audit.record(action="property.ordered", subject="properties", actor=actor, after={"keys": ordered})


@transaction.atomic
def set_searchable(*, prop: Property, searchable: bool, actor: User | None) -> Job | None:
    """Starts the job that builds or drops the property's index; None when it is as wished already."""
    if prop.is_system:
        raise PropertyRefused("searchable", "System properties are always searchable.")
    if not prop.kind.sortable and searchable:
        raise PropertyRefused("searchable", f"A property of type {prop.kind.label.lower()} cannot be indexed.")
    wished = (IndexState.READY, IndexState.BUILDING) if searchable else (IndexState.NONE, IndexState.DROPPING)
    if prop.index_state in wished:
        return None
    prop.index_state = IndexState.BUILDING if searchable else IndexState.DROPPING
    prop.save(update_fields=["index_state", "updated_at"])
    audit.record(action="property.searchable", subject=prop.key, actor=actor, after={"searchable": searchable})
    return jobs.enqueue(
        kind=INDEX_JOB,
        subject=f"{'Make' if searchable else 'Stop making'} {prop.label} searchable",
        actor=actor,
        params={"property": prop.pk},
    )


def run_index_job(run: jobs.JobRun) -> None:
    """Brings the index in line with what the property asks for; starting over after a crash is harmless."""
    prop = Property.objects.filter(pk=run.job.params["property"]).first()
    if prop is None:
        raise jobs.JobRefused("The property is no longer there.")
    wanted = prop.index_state in (IndexState.BUILDING, IndexState.READY)
    try:
        with DatabaseSchemaEditor(connection, atomic=False) as editor:
            # A build that was cut short leaves an invalid index behind, so every build begins by dropping.
            editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {index_name(prop)}")
            if wanted:
                editor.add_index(Profile, search_index(prop), concurrently=True)
                editor.execute("ANALYZE profile")
    except Exception:
        _set_index_state(prop, IndexState.FAILED)
        raise
    _set_index_state(prop, IndexState.READY if wanted else IndexState.NONE)


def index_name(prop: Property) -> str:
    """The name of the index of a searchable property."""
    return f"profile_attribute_{prop.pk}"


def search_index(prop: Property) -> Index:
    """The index that serves conditions and sorting: only this workspace's profiles that know a value.

    Another workspace may use the same key with another type, on whose values the cast would fail.
    """
    return Index(
        property_value(prop),
        "id",
        name=index_name(prop),
        condition=Q(workspace_id=prop.workspace_id) & property_known(prop),
    )


def _set_index_state(prop: Property, state: str) -> None:
    Property.objects.filter(pk=prop.pk).update(index_state=state)


def _checked_choices(type_key: str, choices: Sequence[str]) -> list[str]:
    cleaned = list(dict.fromkeys(choice.strip() for choice in choices if choice.strip()))
    if cleaned and not PROPERTY_TYPES[type_key].choices_allowed:
        raise PropertyRefused(
            "choices", f"A property of type {PROPERTY_TYPES[type_key].label.lower()} has no choices."
        )
    return cleaned


def _described(prop: Property) -> dict[str, object]:
    return {
        "label": prop.label,
        "description": prop.description,
        "group": prop.group,
        "choices": prop.choices,
        "is_personal": prop.is_personal,
    }
