"""What the review shows beside the counts: the first errors, and some users before and after."""

import json
from typing import Any

from imports.engine.plan import Plan
from imports.engine.tables import Tables, fetch, run_sql
from user360.property_types.sql import literal

FIRST_ERRORS = 50
REASONS = 20
SAMPLES = 10
# Characters of a cell that the page shows.
_SHOWN = 200


def first_errors(plan: Plan, tables: Tables) -> list[dict[str, Any]]:
    """Line, code, column, message and value of the first rows that would fail."""
    cells = " ".join(f"WHEN {literal(column.name)} THEN left(r.{column.sql}, {_SHOWN})" for column in plan.staged)
    rows = fetch(f"""
SELECT line, error, CASE error::json->>1 {cells} END
FROM ({_failed(tables)}) AS failed JOIN {tables.raw} AS r USING (line)
ORDER BY line LIMIT {FIRST_ERRORS}
""")
    names = ("line", "code", "column", "message", "value")
    return [dict(zip(names, (*_told(line, error), value or ""), strict=True)) for line, error, value in rows]


def reasons(tables: Tables) -> list[dict[str, Any]]:
    """The commonest reasons and their rows: code, column, message with 9 for every digit, one message as it is."""
    rows = fetch(f"""
SELECT error::json->>0, error::json->>1, regexp_replace(error::json->>2, '[0-9]', '9', 'g') AS pattern,
  min(error::json->>2), count(*)
FROM ({_failed(tables)}) AS failed GROUP BY 1, 2, 3 ORDER BY count(*) DESC, 2, 3 LIMIT {REASONS}
""")
    names = ("code", "column", "pattern", "message", "rows")
    return [dict(zip(names, row, strict=True)) for row in rows]


def record_failed(tables: Tables) -> None:
    """Writes the rows that would fail into the result table, so that the error file can be made of them."""
    run_sql(
        f"INSERT INTO {tables.result} (line, outcome, error)"
        f" SELECT line, 'f', error FROM ({_failed(tables)}) AS failed ON CONFLICT (line) DO NOTHING"
    )


def recorded_errors(tables: Tables, limit: int) -> list[tuple[int, str, str, str]]:
    """Line, code, column and message of the first rows that failed."""
    rows = fetch(f"SELECT line, error FROM {tables.result} WHERE outcome = 'f' ORDER BY line LIMIT {limit}")
    return [_told(line, error) for line, error in rows]


def changed_users(limit: int) -> list[dict[str, Any]]:
    """Users of the batch at hand that would change: line, user ID, values before and after, pinned values that stay.

    `kept` are the values that the file has another word on and that stay because they were edited by hand.
    """
    rows = fetch(f"""
SELECT line, user_id, base || base_custom, next || next_custom, (
  SELECT coalesce(jsonb_object_agg(key, (base || base_custom) -> key), '{{}}') FROM jsonb_each(data || custom)
  WHERE pins ? key AND (base || base_custom) -> key IS DISTINCT FROM value
) FROM (
  SELECT DISTINCT ON (person) * FROM effect WHERE NOT is_new ORDER BY person, line DESC
) AS last WHERE base <> next OR base_custom <> next_custom LIMIT {limit}
""")
    return [_sample(line, user_id, before, after, kept) for line, user_id, before, after, kept in rows]


def _failed(tables: Tables) -> str:
    return f"SELECT line, error FROM {tables.placed} WHERE kind = 'f'"


def _sample(line: object, user_id: object, before: object, after: object, kept: object) -> dict[str, Any]:
    old, new = _object(before), _object(after)
    keys = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    return {
        "line": line,
        "user_id": user_id,
        "before": {key: old[key] for key in keys if key in old},
        "after": {key: new[key] for key in keys if key in new},
        "kept": _object(kept),
    }


def _object(stored: object) -> dict[str, Any]:
    # Django hands out jsonb of raw statements as text.
    return dict(json.loads(stored)) if isinstance(stored, str) else dict(stored or {})  # type: ignore[call-overload]  # a mapping then


def _told(line: object, error: object) -> tuple[int, str, str, str]:
    code, column, message = json.loads(str(error))
    return int(str(line)), code, column, message
