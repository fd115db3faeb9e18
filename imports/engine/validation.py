"""Every row's values, or its first error, in one pass of SQL over the staged text."""

import json
from collections.abc import Iterable, Sequence

from django.db import transaction

from imports.engine.plan import IdentityColumn, Plan, PropertyColumn, TagColumn
from imports.engine.spelling import Spelling, spellings
from imports.engine.tables import IN_PARALLEL, Tables, run_sql
from user360.identification.guard_rails import sql_is_meaningless
from user360.identification.normalise import IdentitySql, identity_sql
from user360.models import Property
from user360.property_types import ParseContext
from user360.property_types.reading import ONE_LINE
from user360.property_types.sql import literal, sql_trim
from user360.property_types.string import MAX_STRING

INVALID = "invalidDataType"
NOT_A_CHOICE = "invalidChoice"
TAG_SEPARATOR = ";"
# Letters and then numbers, a number of several digits, a phone number: no placeholder looks like that, most IDs do.
MEANS_SOMEBODY = r"^([1-9][0-9]{2,9}|[A-Za-z]{1,12}[0-9_-]*[1-9][0-9_-]*|\+[1-9][0-9]{6,14})$"
# What a column of `profile` cannot hold though the property's type allows it: SQL over the JSON text `{x}`.
_COLUMN_LIMITS = {"age": ("NOT {x} ~ '^([0-9]|[1-9][0-9]|1[0-4][0-9]|150)$'", "Not an age in whole years (0 to 150)")}


def check_rows(plan: Plan, tables: Tables) -> None:
    """Makes the checked table from the raw one: user ID and other IDs, values as JSON, tags, or the error.

    The errors come first, in a table of their own: their tests are most of the work and are made once, and the values
    of a row without one can be computed as they are. Either statement is one that several processes share.
    """
    judged = spellings(plan, tables)
    with transaction.atomic():
        run_sql(IN_PARALLEL)
        run_sql(_faults_sql(plan, tables, judged))
        run_sql(f"ANALYZE {tables.faults}")
        run_sql(_values_sql(plan, tables, judged))
        run_sql(f"DROP TABLE {tables.faults}")
    run_sql(f"CREATE INDEX ON {tables.checked} (line)")
    run_sql(f"ANALYZE {tables.checked} (line{''.join(f', k{place}' for place in range(len(plan.identities)))})")


def _faults_sql(plan: Plan, tables: Tables, judged: dict[int, Spelling]) -> str:
    columns = _Columns(judged)
    errors = [columns.error(column) for column in sorted(_reporting(plan), key=lambda column: column.staged.place)]
    return (
        f"CREATE UNLOGGED TABLE {tables.faults} AS SELECT line, error FROM"
        f" (SELECT line, coalesce(problem, {', '.join(errors)}) AS error FROM {tables.raw} {_joins(judged)}) AS rows"
        " WHERE error IS NOT NULL"
    )


def _values_sql(plan: Plan, tables: Tables, judged: dict[int, Spelling]) -> str:
    columns = _Columns(judged)
    values = [
        *(f"{_valid(columns.identity(column))} AS k{place}" for place, column in enumerate(plan.identities)),
        f"{_valid(columns.json_object(plan.system))} AS data",
        f"{_valid(columns.json_object(plan.custom))} AS custom",
        *(f"{_valid(column.staged.sql)} AS t{place}" for place, column in enumerate(plan.tags)),
    ]
    no_cell = " AND ".join(f"{column.sql} IS NULL" for column in plan.staged)
    return (
        f"CREATE UNLOGGED TABLE {tables.checked} AS"
        f" SELECT line, error, problem IS NULL AND {no_cell} AS blank, {', '.join(values)}"
        f" FROM {tables.raw} LEFT JOIN {tables.faults} USING (line) {_joins(judged)}"
    )


def _joins(judged: dict[int, Spelling]) -> str:
    return " ".join(spelling.join for spelling in judged.values())


def _reporting(plan: Plan) -> Iterable[PropertyColumn | IdentityColumn | TagColumn]:
    return (*(column for column in plan.properties if not column.implied), *plan.identities, *plan.tags)


def _valid(expression: str) -> str:
    return f"CASE WHEN error IS NULL THEN {expression} END"


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
        error = f"CASE WHEN {x} IS NULL THEN NULL ELSE {sentence} END"
        return f"coalesce({error}, {limit})" if limit else error

    def _identity_error(self, column: IdentityColumn) -> str:
        x = column.staged.sql
        if spelling := self._judged.get(column.staged.place):
            return spelling.error
        return f"CASE WHEN {x} IS NULL THEN NULL ELSE {trimmed(_rule(column).error, x)} END"

    def identity(self, column: IdentityColumn) -> str:
        """SQL text: the spelling of a valid ID; NULL when there is none or it stands for nobody."""
        x = column.staged.sql
        judged = self._judged.get(column.staged.place)
        spelt = judged.value if judged else trimmed(_rule(column).value, x)
        somebody = f"{x} ~ '{MEANS_SOMEBODY}'"
        return f"CASE WHEN {x} IS NOT NULL AND ({somebody} OR NOT {sql_is_meaningless(spelt)}) THEN {spelt} END"

    def json_object(self, columns: Sequence[PropertyColumn]) -> str:
        """SQL jsonb: the values by property key, without those of empty cells.

        Texts become an object together, in a third of the time that pairs of key and JSON take.
        """
        texts = {column.prop.key: text for column in columns if (text := self._json_text(column))}
        others = {column.prop.key: self._json(column) for column in columns if column.prop.key not in texts}
        objects = [make(pairs) for make, pairs in ((_of_texts, texts), (_of_json, others)) if pairs]
        return " || ".join(objects) or "'{}'::jsonb"

    def _json_text(self, column: PropertyColumn) -> str | None:
        x = column.staged.sql
        if column.staged.place in self._judged:
            return self._judged[column.staged.place].value
        text = column.prop.kind.sql_json_text(x, column.context)
        return trimmed(text, x) if text else None

    def _json(self, column: PropertyColumn) -> str:
        x = column.staged.sql
        return f"CASE WHEN {x} IS NOT NULL THEN {trimmed(column.prop.kind.sql_json(x, column.context), x)} END"


def _of_texts(texts: dict[str, str]) -> str:
    keys, values = ", ".join(map(literal, texts)), ", ".join(texts.values())
    whole = f"jsonb_object(ARRAY[{keys}], ARRAY[{values}])"
    return f"CASE WHEN num_nulls(VARIADIC ARRAY[{values}]) = 0 THEN {whole} ELSE jsonb_strip_nulls({whole}) END"


def _of_json(pairs: dict[str, str]) -> str:
    listed = ", ".join(f"{literal(key)} : {value}" for key, value in pairs.items())
    return f"JSON_OBJECT({listed} ABSENT ON NULL RETURNING jsonb)"


def trimmed(sql: str, x: str) -> str:
    """The expression without trimming `x` once more: staged cells are trimmed, and trimming is half of the cost."""
    return sql.replace(sql_trim(x), x)


def _rule(column: IdentityColumn) -> IdentitySql:
    rule = identity_sql(column.type.format, column.staged.sql, encryption=column.encryption)
    if rule is None:
        raise RuntimeError(f"{column.type.key} is for Python to judge.")
    return rule


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
