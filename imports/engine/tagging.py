"""What the rows of a batch do to tags. A cell either adds values to a tag or says what its values are from now on.

Temporary tables, from `effect`: `tag_held` what the people have, `tag_said` what each row says, `tag_change` the lines
that change something, `tag_add` and `tag_remove` what is to be written. Values given by hand are never taken away,
and a single tag given by hand keeps its value.
"""

from collections.abc import Iterable
from datetime import datetime

from imports.engine.effects import REPLACE, SKIP
from imports.engine.plan import Plan, TagColumn
from imports.engine.tables import make_temporary, run_sql
from imports.engine.validation import TAG_SEPARATOR
from user360.models import Tag
from user360.property_types.sql import literal, sql_trim
from user360.services.tags import COLORS


def touches_tags(plan: Plan) -> bool:
    """Whether rows of the file may change tags; the labels for everybody are another matter."""
    return bool(plan.tags) or _clears(plan)


def make_tag_effects(plan: Plan) -> None:
    """Makes the tables of this module; nothing but `tag_add` and `tag_remove`, empty, when no row touches tags."""
    make_temporary("tag_add", "(person int, tag_id int, value text)")
    make_temporary("tag_remove", "(person int, tag_id int, value text, tag_value_id int)")
    if touches_tags(plan) or plan.labels:
        make_temporary("tag_held", _held_sql(plan))
        run_sql("ANALYZE tag_held")
    if touches_tags(plan):
        make_temporary("tag_said", _said_sql(plan))
        make_temporary("tag_state", _STATES)
        make_temporary("tag_change", _CHANGE)
        run_sql(_ADD)
        run_sql(_REMOVE)
    if plan.labels:
        _add_labels(plan)


def _clears(plan: Plan) -> bool:
    return plan.on_conflict == REPLACE and not plan.merge_tags


def tag_key(column: TagColumn) -> int:
    """The tag's key; a stand-in below zero while a dry run looks at a tag that is still to be made."""
    return column.tag.pk or -1 - column.staged.place


def _held_sql(plan: Plan) -> str:
    """`ours` are the labels that this import gives to everybody: no row adds them or takes them away."""
    ours = f"tag.is_labels AND tag_value.value IN ({_listed(plan.labels)})" if plan.labels else "false"
    matters = "true" if touches_tags(plan) else ours
    return f"""
SELECT people.person, tag_value.tag_id, tag_value.value, tag_value.id AS tag_value_id, profile_tag.pinned,
  tag.kind = 'single' AS single, {ours} AS ours
FROM (SELECT DISTINCT person, profile_id FROM effect WHERE NOT is_new) AS people
JOIN profile_tag ON profile_tag.profile_id = people.profile_id
JOIN tag_value ON tag_value.id = profile_tag.tag_value_id JOIN tag ON tag.id = tag_value.tag_id
WHERE {matters}
"""


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(map(literal, texts))


def _said_sql(plan: Plan) -> str:
    """Each row and tag: the values it says, and whether they are the tag's values from then on."""
    applies = "AND is_new AND turn = 1" if plan.on_conflict == SKIP else ""
    arms = []
    for place, column in enumerate(plan.tags):
        cell = f"t{place}"
        pieces = f"unnest(string_to_array({cell}, '{TAG_SEPARATOR}')) AS piece"
        not_ours = (
            f" AND {sql_trim('piece')} NOT IN ({_listed(plan.labels)})" if column.tag.is_labels and plan.labels else ""
        )
        present = f"{sql_trim('piece')} <> ''{not_ours}"
        values = f"ARRAY(SELECT DISTINCT {sql_trim('piece')} FROM {pieces} WHERE {present} ORDER BY 1)"
        single = column.tag.kind == Tag.Kind.SINGLE
        assigns = single or not plan.merge_tags
        spoken = "true" if _clears(plan) else f"{cell} IS NOT NULL"
        arms.append(
            f"SELECT person, line, {tag_key(column)} AS tag_id, coalesce({values}, '{{}}') AS values,"
            f" {str(assigns).lower()} AS assigns, {str(single).lower()} AS single FROM effect WHERE {spoken} {applies}"
        )
    if _clears(plan):
        mapped = ", ".join(str(tag_key(column)) for column in plan.tags) or "0"
        arms.append(
            "SELECT DISTINCT effect.person, effect.line, tag_id, '{}'::text[], true, single FROM effect"
            f" JOIN tag_held USING (person) WHERE turn = 1 AND NOT ours AND tag_id NOT IN ({mapped})"
        )
    return " UNION ALL ".join(arms)


# A tag that a row assigns, before and after the row. What was given by hand stays; a single tag then stays altogether.
_STATES = """
WITH held AS (
  SELECT person, tag_id, array_agg(value ORDER BY value) AS values,
    coalesce(array_agg(value ORDER BY value) FILTER (WHERE pinned), '{}') AS pinned
  FROM tag_held WHERE NOT ours GROUP BY person, tag_id
), settled AS (
  SELECT said.person, said.line, said.tag_id, coalesce(held.values, '{}') AS held,
    CASE WHEN single AND held.pinned <> '{}' THEN held.values
      ELSE ARRAY(SELECT unnest(said.values) UNION SELECT unnest(held.pinned) ORDER BY 1) END AS next
  FROM tag_said AS said LEFT JOIN held USING (person, tag_id) WHERE assigns
)
SELECT person, line, tag_id, next, coalesce(lag(next) OVER earlier, held) AS prior,
  row_number() OVER (PARTITION BY person, tag_id ORDER BY line DESC) = 1 AS last
FROM settled WINDOW earlier AS (PARTITION BY person, tag_id ORDER BY line)
"""
_NEW_VALUES = """
SELECT person, tag_id, word AS value, min(line) AS line FROM tag_said, unnest(values) AS word WHERE NOT assigns
  AND NOT EXISTS (SELECT FROM tag_held AS held WHERE held.person = tag_said.person AND held.tag_id = tag_said.tag_id
    AND held.value = word)
GROUP BY person, tag_id, word
"""
_CHANGE = f"""
SELECT line FROM tag_state WHERE prior <> next UNION SELECT line FROM ({_NEW_VALUES}) AS added
"""
_ADD = f"""
INSERT INTO tag_add
SELECT person, tag_id, value FROM ({_NEW_VALUES}) AS added
UNION
SELECT person, tag_id, word FROM tag_state, unnest(next) AS word WHERE last
  AND NOT EXISTS (SELECT FROM tag_held AS held WHERE held.person = tag_state.person
    AND held.tag_id = tag_state.tag_id AND held.value = word)
"""
_REMOVE = """
INSERT INTO tag_remove
SELECT held.person, held.tag_id, held.value, held.tag_value_id
FROM tag_held AS held JOIN tag_state USING (person, tag_id)
WHERE last AND NOT held.pinned AND NOT held.ours AND held.value <> ALL(next)
"""


def _add_labels(plan: Plan) -> None:
    """The labels of this import, for everybody who was imported."""
    labels = Tag.objects.get(is_labels=True).pk
    listed = ", ".join(f"({literal(label)})" for label in plan.labels)
    applies = "WHERE is_new" if plan.on_conflict == SKIP else ""
    run_sql(f"""
INSERT INTO tag_add
SELECT person, {labels}, label FROM (SELECT DISTINCT person FROM effect {applies}) AS people,
  (VALUES {listed}) AS labels (label)
WHERE NOT EXISTS (SELECT FROM tag_held AS held WHERE held.ours AND held.person = people.person AND held.value = label)
""")


def write_tags(*, workspace_id: int, source_id: int, actor_id: int | None, at: datetime) -> None:
    """Writes `tag_add` and `tag_remove`; values that are new to their tag are added to it."""
    run_sql("ANALYZE tag_add")
    run_sql(
        "INSERT INTO tag_value (workspace_id, tag_id, value, color)"
        f" SELECT DISTINCT %s, tag_id, value, length(value) %% {COLORS} + 1 FROM tag_add ORDER BY 2, 3"
        " ON CONFLICT DO NOTHING",
        [workspace_id],
    )
    run_sql(
        "DELETE FROM profile_tag USING tag_remove JOIN person USING (person)"
        " WHERE profile_tag.profile_id = person.profile_id AND profile_tag.tag_value_id = tag_remove.tag_value_id"
        " AND NOT profile_tag.pinned"
    )
    run_sql(
        """
INSERT INTO profile_tag (tag_value_id, profile_id, workspace_id, source_id, tagged_by_id, tagged_at, pinned)
SELECT tag_value.id, person.profile_id, %s, %s, %s, %s, false
FROM tag_add JOIN tag_value USING (tag_id, value) JOIN person USING (person)
ORDER BY 1, 2 ON CONFLICT DO NOTHING
""",
        [workspace_id, source_id, actor_id, at],
    )
