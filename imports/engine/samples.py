"""What the review shows beside the counts: the first errors, and some users before and after."""

import json
from typing import Any

from imports.engine.tables import Tables, fetch

FIRST_ERRORS = 50
SAMPLES = 10


def first_errors(tables: Tables) -> list[dict[str, Any]]:
    """Line, code, column and message of the first rows that would fail."""
    rows = fetch(f"""
SELECT line, coalesce(p.error, c.error) FROM {tables.placed} AS p JOIN {tables.checked} AS c USING (line)
WHERE p.kind = 'f' ORDER BY line LIMIT {FIRST_ERRORS}
""")
    return [dict(zip(("line", "code", "column", "message"), _told(line, error), strict=True)) for line, error in rows]


def recorded_errors(tables: Tables, limit: int) -> list[tuple[int, str, str, str]]:
    """Line, code, column and message of the first rows that failed."""
    rows = fetch(f"SELECT line, error FROM {tables.result} WHERE outcome = 'f' ORDER BY line LIMIT {limit}")
    return [_told(line, error) for line, error in rows]


def changed_users(limit: int) -> list[dict[str, Any]]:
    """Users of the batch at hand that would change: line, user ID, values before and after, keys that are pinned."""
    rows = fetch(f"""
SELECT line, user_id, base || base_custom, next || next_custom, ARRAY(SELECT jsonb_object_keys(pins)) FROM (
  SELECT DISTINCT ON (person) * FROM effect WHERE NOT is_new ORDER BY person, line DESC
) AS last WHERE base <> next OR base_custom <> next_custom LIMIT {limit}
""")
    return [_sample(line, user_id, before, after, pinned) for line, user_id, before, after, pinned in rows]


def _sample(line: object, user_id: object, before: object, after: object, pinned: object) -> dict[str, Any]:
    old, new = _object(before), _object(after)
    keys = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    return {
        "line": line,
        "user_id": user_id,
        "before": {key: old[key] for key in keys if key in old},
        "after": {key: new[key] for key in keys if key in new},
        "pinned": pinned,
    }


def _object(stored: object) -> dict[str, Any]:
    # Django hands out jsonb of raw statements as text.
    return dict(json.loads(stored)) if isinstance(stored, str) else dict(stored or {})  # type: ignore[call-overload]  # a mapping then


def _told(line: object, error: object) -> tuple[int, str, str, str]:
    code, column, message = json.loads(str(error))
    return int(str(line)), code, column, message
