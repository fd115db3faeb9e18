"""What the rule builder offers: every subject of a condition with its operators and the input its values take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from user360.listing.groups import groups
from user360.models import IdentityType, Property, Source, Tag
from user360.property_types.base import ALWAYS_OPERATORS, TEXT_OPERATORS
from user360.property_types.operators import DURATION_UNITS, OPERATORS

# Widget of a property type → the type of the input; what is not named is text.
INPUTS: dict[str, str] = {"number": "number", "date": "date", "datetime-local": "date", "time": "time"}
TAG_OPERATORS = ("has_any", "has_all", "has_none", "is", "is_not", *ALWAYS_OPERATORS)
SOURCE_OPERATORS = ("is", "is_not")
MEMBERSHIP = (
    {"code": "in", "label": "is in", "shape": "choice"},
    {"code": "not_in", "label": "is not in", "shape": "choice"},
)


def catalog() -> dict[str, Any]:
    """The subjects in the order of the picker, and the units of durations; plain JSON."""
    subjects = [_property(prop) for prop in Property.objects.filter(archived_at=None)]
    subjects += [_identity(kind) for kind in IdentityType.objects.filter(enabled=True)]
    subjects += _tags(Tag.objects.select_related("group").filter(archived_at=None))
    if found := groups():
        choices = [{"value": slug, "label": name} for slug, name in found]
        subjects.append(_subject("segment", "", "Segment", "Segments", list(MEMBERSHIP), choices=choices))
    sources = [{"value": name, "label": name} for name in Source.objects.values_list("name", flat=True)]
    subjects.append(
        _subject("source", "", "Source", "Where from", _operators(SOURCE_OPERATORS, "choice"), choices=sources)
    )
    return {"subjects": subjects, "units": list(DURATION_UNITS)}


def _subject(
    kind: str,
    name: str,
    label: str,
    group: str,
    operators: Sequence[dict[str, str]],
    *,
    input: str = "text",  # noqa: A002  # the HTML word
    choices: Sequence[dict[str, str]] = (),
    suggest: bool = False,
) -> dict[str, Any]:
    return {
        "id": f"{kind}:{name}",
        "kind": kind,
        "name": name,
        "label": label,
        "group": group,
        "operators": list(operators),
        "input": input,
        "choices": list(choices),
        "suggest": suggest,
    }


def _operators(codes: Sequence[str], shape: str = "") -> list[dict[str, str]]:
    return [{"code": code, "label": OPERATORS[code].label, "shape": shape or OPERATORS[code].shape} for code in codes]


def _property(prop: Property) -> dict[str, Any]:
    return _subject(
        "property",
        prop.key,
        prop.label,
        prop.group or "Other properties",
        _operators(prop.kind.operators),
        input=INPUTS.get(prop.kind.widget, "text"),
        suggest=prop.kind.operators[0] in ("is", "has_any") and not prop.is_personal,
    )


def _identity(kind: IdentityType) -> dict[str, Any]:
    return _subject("identity", kind.key, kind.name, "IDs", _operators((*TEXT_OPERATORS, *ALWAYS_OPERATORS)))


def _tags(tags: Sequence[Tag] | Any) -> list[dict[str, Any]]:
    found = list(tags)
    often = Counter(tag.name for tag in found)
    return [
        _subject(
            "tag",
            tag.name if often[tag.name] == 1 else f"{tag.group.name}/{tag.name}",
            tag.name,
            "Tags",
            _operators(TAG_OPERATORS),
            suggest=True,
        )
        for tag in found
    ]
