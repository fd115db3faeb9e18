"""What a form or a program sends, turned into the values that the services write: one reading for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from user360.models import Property, Workspace
from user360.property_types import InvalidValue, ParseContext, is_empty
from user360.tenancy import current_workspace

INVALID_PROPERTY = "invalidProperty"
OLDEST = 150


def parse_context(workspace: Workspace) -> ParseContext:
    """How text is read in this workspace."""
    return ParseContext(default_country=workspace.default_country, time_zone=workspace.zone)


def parse_value(prop: Property, raw: object, context: ParseContext) -> Any:
    """The value of one property, None for empty input; raises InvalidValue."""
    if is_empty(raw):
        return None
    value = prop.kind.parse(raw, context=context)
    if prop.choices and value not in prop.choices:
        listed = ", ".join(prop.choices[:10])
        raise InvalidValue(INVALID_PROPERTY, f"Not one of the choices ({listed}{', …' if prop.choices[10:] else ''})")
    if prop.is_system and prop.key == "age" and not (value == int(value) and 0 <= value <= OLDEST):
        raise InvalidValue(INVALID_PROPERTY, f"An age is a whole number from 0 to {OLDEST}")
    return value


def parse_values(raw: Mapping[str, object]) -> tuple[dict[str, Any], dict[str, str]]:
    """The values by key, and the sentences about those that cannot be read."""
    context = parse_context(current_workspace())
    props = {prop.key: prop for prop in Property.objects.filter(key__in=list(raw), archived_at=None)}
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for key, text in raw.items():
        if key not in props:
            errors[key] = f"There is no user property {key}."
            continue
        try:
            values[key] = parse_value(props[key], text, context)
        except InvalidValue as invalid:
            errors[key] = invalid.message
    return values, errors
