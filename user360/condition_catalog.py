"""What the rule builder offers: every subject of a condition with its operators and the input its values take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from user360.conditions.leaves.identity import OPERATORS as IDENTITY_OPERATORS
from user360.conditions.leaves.source import SOURCE_OPERATORS
from user360.conditions.leaves.tag import TAG_OPERATORS
from user360.conditions.personal import EXACT
from user360.conditions.schema import Schema
from user360.listing.groups import groups
from user360.models import IdentityType, Property, Tag
from user360.property_types.base import ALWAYS_OPERATORS, TEXT_OPERATORS
from user360.property_types.operators import DURATION_UNITS, OPERATORS

type Json = dict[str, Any]

# Widget of a property type → the type of the input; what is not named is text.
INPUTS: dict[str, str] = {"number": "number", "date": "date", "datetime-local": "date", "time": "time"}
# Where any of several values may be given, the builder takes several at once.
SEVERAL = "several"
CHOICE = "choice"
# What is said before the name of a thing, where it is not plain what kind of thing it is.
PREFIXES = {"identity": "ID", "tag": "Tag"}
MEMBERSHIP = (
    {"code": "in", "label": "is in", "shape": CHOICE},
    {"code": "not_in", "label": "is not in", "shape": CHOICE},
)


def catalog(schema: Schema, *, see_personal: bool) -> Json:
    """The subjects in the order of the picker, and the units of durations; plain JSON.

    Without `see_personal`, personal data has only the operators that ask for exact values (AC7).
    """
    properties = [prop for prop in schema.properties.values() if prop.archived_at is None]
    kinds = [kind for kind in schema.identity_types.values() if kind.enabled]
    subjects = [_property(prop, exact=prop.is_personal and not see_personal) for prop in _by_group(properties)]
    subjects += [_identity(kind, exact=kind.is_personal and not see_personal) for kind in kinds]
    subjects += [_tag(name, tag) for name, tag in _tag_names(schema)]
    if found := groups():
        choices = [{"value": slug, "label": name} for slug, name in found]
        subjects.append(_subject("segment", "", "Segment", "Segments", MEMBERSHIP, choices=choices))
    sources = [{"value": name, "label": name} for name in schema.sources]
    subjects.append(
        _subject("source", "", "First source", "Sources", _operators(SOURCE_OPERATORS, one=CHOICE), choices=sources)
    )
    return {"subjects": subjects, "units": list(DURATION_UNITS)}


def _subject(
    kind: str,
    name: str,
    label: str,
    group: str,
    operators: Sequence[Json],
    *,
    value_input: str = "text",
    choices: Sequence[Json] = (),
    suggest: bool = False,
) -> Json:
    return {
        "id": f"{kind}:{name}",
        "kind": kind,
        "name": name,
        "label": label,
        "group": group,
        "prefix": PREFIXES.get(kind, ""),
        "operators": list(operators),
        "input": value_input,
        "choices": list(choices),
        "suggest": suggest,
    }


def _operators(codes: Iterable[str], *, one: str = "one") -> list[Json]:
    """The operators with their words and the shape of their value; `one` is what a single value becomes.

    Whether there is a value at all comes last: what is asked most is which.
    """
    found = (OPERATORS[code] for code in sorted(codes, key=lambda code: code in ALWAYS_OPERATORS))
    return [{"code": op.code, "label": op.label, "shape": one if op.shape == "one" else op.shape} for op in found]


def _allowed(codes: Iterable[str], *, exact: bool) -> list[str]:
    return [code for code in codes if not exact or code in EXACT]


def _by_group(properties: Iterable[Property]) -> list[Property]:
    """Groups in the order of their first property, and the properties of each together."""
    found: dict[str, list[Property]] = {}
    for prop in properties:
        found.setdefault(prop.group, []).append(prop)
    return [prop for group in found.values() for prop in group]


def _property(prop: Property, *, exact: bool) -> Json:
    textual = set(TEXT_OPERATORS) <= set(prop.kind.operators)
    return _subject(
        "property",
        prop.key,
        prop.label,
        prop.group or "Other properties",
        _operators(_allowed(prop.kind.operators, exact=exact), one=SEVERAL if textual else "one"),
        value_input=INPUTS.get(prop.kind.widget, "text"),
        suggest=(textual or prop.type == "list") and not prop.is_personal,
    )


def _identity(kind: IdentityType, *, exact: bool) -> Json:
    operators = _operators(_allowed(IDENTITY_OPERATORS, exact=exact), one=SEVERAL)
    return _subject("identity", kind.key, kind.name, "IDs", operators)


def _tag(name: str, tag: Tag) -> Json:
    return _subject("tag", name, tag.name, "Tags", _operators(TAG_OPERATORS, one=SEVERAL), suggest=True)


def _tag_names(schema: Schema) -> list[tuple[str, Tag]]:
    """The tags in use, each by the shortest name that means it alone."""
    shortest: dict[int, tuple[str, Tag]] = {}
    for name, tags in schema.tags.items():
        if len(tags) == 1 and tags[0].archived_at is None:
            known = shortest.get(tags[0].pk)
            if known is None or len(name) < len(known[0]):
                shortest[tags[0].pk] = (name, tags[0])
    return sorted(shortest.values(), key=lambda pair: pair[0].casefold())
