"""The values of a row as SQL over its staged cells: IDs in their one spelling, properties as JSON."""

from collections.abc import Iterable, Mapping, Sequence

from imports.engine.plan import IdentityColumn, Plan, PropertyColumn
from imports.engine.spelling import Spelling
from user360.identification.guard_rails import sql_is_meaningless
from user360.identification.normalise import IdentitySql, identity_sql
from user360.property_types.sql import literal, sql_trim

# The columns that Python judges, by their place in the file.
type Judged = Mapping[int, Spelling]


def values_sql(plan: Plan, judged: Judged) -> Iterable[str]:
    """The columns `data` and `custom` (properties by key, without those of empty cells) and t0, t1 … (cells of tags).

    For rows without an error, where their checked ones are at hand.
    """
    yield f"{_json_object(plan.system, judged)} AS data"
    yield f"{_json_object(plan.custom, judged)} AS custom"
    for place, column in enumerate(plan.tags):
        yield f"{column.staged.sql} AS t{place}"


def identity_value(column: IdentityColumn, judged: Judged) -> str:
    """SQL text: the spelling of a valid ID; NULL when there is none or it stands for nobody."""
    x = column.staged.sql
    spelling = judged.get(column.staged.place)
    spelt = spelling.value if spelling else trimmed(identity_rule(column).value, x)
    meaningless = trimmed(sql_is_meaningless(spelt), spelt)
    return f"CASE WHEN {x} IS NOT NULL AND NOT {meaningless} THEN {spelt} END"


def identity_rule(column: IdentityColumn) -> IdentitySql:
    """How SQL judges and spells the column, which is none of those that Python judges."""
    rule = identity_sql(column.type.format, column.staged.sql, encryption=column.encryption)
    if rule is None:
        raise RuntimeError(f"{column.type.key} is for Python to judge.")
    return rule


def trimmed(sql: str, x: str) -> str:
    """The expression without trimming `x` once more: staged cells are trimmed, and trimming is half of the cost."""
    return sql.replace(sql_trim(x), x)


def _json_object(columns: Sequence[PropertyColumn], judged: Judged) -> str:
    """Texts become an object together, in a third of the time that pairs of key and JSON take."""
    texts = {column.prop.key: text for column in columns if (text := _json_text(column, judged))}
    others = {column.prop.key: _json(column) for column in columns if column.prop.key not in texts}
    objects = [make(pairs) for make, pairs in ((_of_texts, texts), (_of_json, others)) if pairs]
    return " || ".join(objects) or "'{}'::jsonb"


def _json_text(column: PropertyColumn, judged: Judged) -> str | None:
    x = column.staged.sql
    if spelling := judged.get(column.staged.place):
        return spelling.value
    text = column.prop.kind.sql_json_text(x, column.context)
    return trimmed(text, x) if text else None


def _json(column: PropertyColumn) -> str:
    x = column.staged.sql
    return f"CASE WHEN {x} IS NOT NULL THEN {trimmed(column.prop.kind.sql_json(x, column.context), x)} END"


def _of_texts(texts: dict[str, str]) -> str:
    keys, values = ", ".join(map(literal, texts)), ", ".join(texts.values())
    whole = f"jsonb_object(ARRAY[{keys}], ARRAY[{values}])"
    return f"CASE WHEN num_nulls(VARIADIC ARRAY[{values}]) = 0 THEN {whole} ELSE jsonb_strip_nulls({whole}) END"


def _of_json(pairs: dict[str, str]) -> str:
    listed = ", ".join(f"{literal(key)} : {value}" for key, value in pairs.items())
    return f"JSON_OBJECT({listed} ABSENT ON NULL RETURNING jsonb)"
