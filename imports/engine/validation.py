"""Every row's values, or its first error, in one pass of SQL over the staged text."""

import json
from collections.abc import Iterable

from django.db import transaction

from imports.engine.plan import IdentityColumn, Plan, PropertyColumn, TagColumn
from imports.engine.spelling import Spelling, spellings
from imports.engine.tables import IN_PARALLEL, Tables, run_sql
from imports.engine.values import identity_rule, identity_value, trimmed
from user360.models import Property
from user360.property_types import ParseContext
from user360.property_types.reading import ONE_LINE
from user360.property_types.sql import literal, sql_trim
from user360.property_types.string import MAX_STRING, TOO_LONG

INVALID = "invalidDataType"
NOT_A_CHOICE = "invalidChoice"
TAG_SEPARATOR = ";"
# All that can be wrong with a line of text.
_OF_LINES = (ONE_LINE, TOO_LONG)
# What a column of `profile` cannot hold though the property's type allows it: SQL over the JSON text `{x}`.
_COLUMN_LIMITS = {"age": ("NOT {x} ~ '^([0-9]|[1-9][0-9]|1[0-4][0-9]|150)$'", "Not an age in whole years (0 to 150)")}


def check_rows(plan: Plan, tables: Tables) -> None:
    """Makes the checked table from the raw one: the first error of each row, and its IDs, which are right without one.

    What else a row says is read from the raw table when it is written: a dry run needs it of few rows only.
    """
    judged = spellings(plan, tables)
    with transaction.atomic():
        run_sql(IN_PARALLEL)
        run_sql(_checked_sql(plan, tables, judged))
    run_sql(f"ANALYZE {tables.checked} (line{''.join(f', k{place}' for place in range(len(plan.identities)))})")


def _checked_sql(plan: Plan, tables: Tables, judged: dict[int, Spelling]) -> str:
    columns = _Columns(judged)
    errors = [columns.error(column) for column in sorted(_reporting(plan), key=lambda column: column.staged.place)]
    no_cell = " AND ".join(f"{column.sql} IS NULL" for column in plan.staged)
    facts = (
        f"coalesce(problem, {', '.join(errors)}) AS error",
        f"problem IS NULL AND {no_cell} AS blank",
        *(f"{identity_value(column, judged)} AS k{place}" for place, column in enumerate(plan.identities)),
        *(spelling.respelt for spelling in judged.values()),
    )
    joins = " ".join(spelling.join for spelling in judged.values())
    return f"CREATE UNLOGGED TABLE {tables.checked} AS SELECT line, {', '.join(facts)} FROM {tables.raw} {joins}"


def _reporting(plan: Plan) -> Iterable[PropertyColumn | IdentityColumn | TagColumn]:
    return (*(column for column in plan.properties if not column.implied), *plan.identities, *plan.tags)


class _Columns:
    """The SQL of single columns."""

    def __init__(self, judged: dict[int, Spelling]) -> None:
        self._judged = judged

    def error(self, column: PropertyColumn | IdentityColumn | TagColumn) -> str:
        """SQL text: the error of the row in this column as JSON [code, column, sentence], or NULL."""
        code, sentence = INVALID, ""
        match column:
            case PropertyColumn():
                sentence = self._property_error(column)
                if column.prop.choices:
                    choices = _not_a_choice(column, sentence)
                    return f"coalesce({_said(code, column.staged.name, sentence)}, {choices})"
            case IdentityColumn():
                sentence = self._identity_error(column)
            case TagColumn():
                sentence = _tag_error(column)
        return _said(code, column.staged.name, sentence)

    def _property_error(self, column: PropertyColumn) -> str:
        x, kind = column.staged.sql, column.prop.kind
        limit = _limit(column.prop, x)
        if spelling := self._judged.get(column.staged.place):
            return spelling.error
        sentence = trimmed(kind.sql_error(x, column.context) or "NULL", x)
        right = f"{x} IS NULL"
        if kind.refusals(column.context) == _OF_LINES:
            right += f" OR printable AND octet_length({x}) <= {MAX_STRING}"
        error = f"CASE WHEN {right} THEN NULL ELSE {sentence} END"
        return f"coalesce({error}, {limit})" if limit else error

    def _identity_error(self, column: IdentityColumn) -> str:
        x = column.staged.sql
        if spelling := self._judged.get(column.staged.place):
            return spelling.error
        return f"CASE WHEN {x} IS NULL THEN NULL ELSE {trimmed(identity_rule(column).error, x)} END"


def _said(code: str, name: str, sentence: str) -> str:
    start = literal(f'["{code}", {json.dumps(name)}, ')
    return f"{start} || to_json({sentence})::text || ']'"


def _limit(prop: Property, x: str) -> str | None:
    if not prop.is_system or prop.key not in _COLUMN_LIMITS:
        return None
    test, sentence = _COLUMN_LIMITS[prop.key]
    number = trimmed(prop.kind.sql_value(x, ParseContext()), x)
    valid = trimmed(prop.kind.sql_check(x, ParseContext()) or "true", x)
    wrong = test.replace("{x}", f"{number}::text")
    return f"CASE WHEN {x} IS NULL OR NOT {valid} THEN NULL WHEN {wrong} THEN {literal(sentence)} END"


def _not_a_choice(column: PropertyColumn, sentence: str) -> str:
    x = column.staged.sql
    kind = column.prop.kind
    wrong = f"{trimmed(kind.sql_json(x, column.context), x)} NOT IN ({_choices(column)})"
    if kind.key == "list":
        wrong = f"NOT {trimmed(kind.sql_json(x, column.context), x)} <@ {_json_array(column)}"
    told = literal(f"Not one of the choices of {column.prop.label}")
    return _said(
        NOT_A_CHOICE,
        column.staged.name,
        f"CASE WHEN {x} IS NULL OR ({sentence}) IS NOT NULL THEN NULL WHEN {wrong} THEN {told} END",
    )


def _choices(column: PropertyColumn) -> str:
    kind = column.prop.kind
    parsed = (kind.parse(choice, context=ParseContext()) for choice in column.prop.choices)
    return ", ".join(f"{literal(json.dumps(kind.to_json(choice)))}::jsonb" for choice in parsed)


def _json_array(column: PropertyColumn) -> str:
    return f"{literal(json.dumps(column.prop.choices))}::jsonb"


def _tag_error(column: TagColumn) -> str:
    x = column.staged.sql
    pieces = f"unnest(string_to_array({x}, '{TAG_SEPARATOR}')) AS piece"
    too_long = f"EXISTS (SELECT FROM {pieces} WHERE length({sql_trim('piece')}) > {MAX_STRING})"
    arms = [
        f"WHEN {ONE_LINE.sql_holds(x)} THEN {literal(ONE_LINE.sentence)}",
        f"WHEN {too_long} THEN 'A value is longer than {MAX_STRING} characters'",
    ]
    if column.tag.kind == "single":
        arms.append(
            f"WHEN (SELECT count(*) FROM {pieces} WHERE {sql_trim('piece')} <> '') > 1"
            f" THEN {literal(f'{column.tag.name} holds one value')}"
        )
    if not column.tag.free_entry:
        listed = ", ".join(literal(value) for value in column.tag.values.values_list("value", flat=True)) or "NULL"
        arms.append(
            f"WHEN EXISTS (SELECT FROM {pieces} WHERE {sql_trim('piece')} <> ''"
            f" AND ({sql_trim('piece')} IN ({listed})) IS NOT TRUE)"
            f" THEN {literal(f'Not one of the values of {column.tag.name}')}"
        )
    return f"CASE WHEN {x} IS NULL THEN NULL {' '.join(arms)} END"
