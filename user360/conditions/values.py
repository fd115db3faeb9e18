"""Where the value of a property is kept, as the one expression that conditions, sorting and indexes share.

An index of a searchable custom property is `(workspace_id, property_value(property), id)` with the condition
`property_known(property)`; a statement that repeats both, as conditions and the list do, is served by it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import DecimalField, F, Func, JSONField, OuterRef, Q, Subquery, TextField
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Collate, Lower

from user360.conditions.sql import Expr, is_known, is_not_empty
from user360.models import Profile, Property, Source

TEXT_TYPES = frozenset({"string", "text", "email", "phone", "url"})
# Their canonical text sorts as the values do, byte by byte.
WRITTEN_TYPES = frozenset({"date", "datetime", "time"})
WHOLE_NUMBERS = frozenset({"SmallIntegerField", "IntegerField"})


@dataclass(frozen=True)
class Stored:
    """A property's value in SQL.

    `known` is never NULL. `plain` is the value as kept, `sortable` what an index holds: text in lower case, numbers as
    numbers. `literal` turns a Python value into what compares with `sortable`. `whole`: integers alone.
    `indexed`: there is an index of `sortable`. `implied`: a comparison is NULL where the value is not known, and no
    index wants to be told that it is.
    """

    known: Q
    plain: Expr
    sortable: Expr
    literal: Callable[[Any], Any]
    whole: bool = False
    indexed: bool = False
    implied: bool = False


def property_value(prop: Property) -> Expr:
    """What a list sorts by and an index holds. NULL when unknown."""
    return stored(prop).sortable


def property_known(prop: Property) -> Q:
    """Whether the profile has a value, never NULL; the condition of a custom property's index."""
    return stored(prop).known


def stored(prop: Property) -> Stored:
    """The value of this property."""
    return _column(prop) if prop.system else _attribute(prop)


def _column(prop: Property) -> Stored:
    assert prop.system is not None  # noqa: S101 - the caller looked
    if prop.key in DERIVED:
        return DERIVED[prop.key]()
    if prop.type == "list":
        return _list(is_not_empty(F(prop.system.column)), F(prop.system.column), "unnest")
    field = Profile._meta.get_field(prop.system.column)
    plain = F(prop.system.column)
    sortable = Lower(plain) if prop.type in TEXT_TYPES else plain
    return Stored(
        # Of the sortable form, since that is what the index can be asked for.
        known=is_known(sortable),
        plain=plain,
        sortable=sortable,
        literal=_itself,
        whole=field.get_internal_type() in WHOLE_NUMBERS,
        indexed=prop.sortable,
        implied=True,
    )


def _list(known: Q, items: Expr, opened_by: str) -> Stored:
    """A list, whose sortable form is an array of its items in lower case."""
    template = f"ARRAY(SELECT lower(item) FROM {opened_by}(%(expressions)s) AS item)"  # noqa: S608  # ours
    folded = Func(items, template=template, output_field=ArrayField(TextField()))
    return Stored(known=known, plain=items, sortable=folded, literal=_itself)


def _array(value: Expr) -> Expr:
    """The JSON array; NULL for a value of another type."""
    return Func(
        value,
        value,
        template="(CASE WHEN jsonb_typeof(%(expressions)s END)",
        arg_joiner=") = 'array' THEN ",
        output_field=JSONField(),
    )


def _itself(value: Any) -> Any:
    return value


def _name() -> Stored:
    """The display name, which is the first and last name where no name is given (PR1)."""
    return Stored(
        known=is_known(F("name")) | is_known(F("first_name")) | is_known(F("last_name")),
        plain=F("display_name"),
        sortable=Lower("display_name"),
        literal=_itself,
        indexed=True,
    )


def _source() -> Stored:
    """The name of the initial source."""
    name = Subquery(Source.objects.filter(pk=OuterRef("source_id")).values("name"))
    return Stored(known=is_known(F("source_id")), plain=name, sortable=Lower(name), literal=_itself)


# Properties that are not simply their column. Age, which depends on the day, has a comparison of its own.
DERIVED: dict[str, Callable[[], Stored]] = {"name": _name, "source": _source}


def _attribute(prop: Property) -> Stored:
    known = Q(attributes__has_key=prop.key)
    if prop.type == "list":
        return _list(known, _array(KeyTransform(prop.key, "attributes")), "jsonb_array_elements_text")
    text = KeyTextTransform(prop.key, "attributes")
    return Stored(
        known=known,
        plain=text,
        sortable=_sortable(prop, text),
        literal=_literal(prop),
        indexed=prop.searchable,
    )


def _literal(prop: Property) -> Callable[[Any], Any]:
    """How a value of the type compares with what `->>` gives; numbers are cast instead."""
    if prop.type == "boolean":
        return json.dumps
    return prop.kind.to_json if prop.type in WRITTEN_TYPES else _itself


def _sortable(prop: Property, text: Expr) -> Expr:
    if prop.type in TEXT_TYPES:
        return Lower(text)
    if prop.type in WRITTEN_TYPES:
        return Collate(text, "C")
    return _number(KeyTransform(prop.key, "attributes"), text) if prop.type == "number" else text


def _number(value: Expr, text: Expr) -> Expr:
    """The number; NULL for a value of another type, which is there while a property's type is being changed."""
    return Func(
        value,
        text,
        template="(CASE WHEN jsonb_typeof(%(expressions)s)::numeric END)",
        arg_joiner=") = 'number' THEN (",
        output_field=DecimalField(),
    )
