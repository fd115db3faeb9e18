"""Who each row is about: an existing user, a new one, or nobody because its IDs belong to several.

Almost all rows are placed by SQL: rows with the same leading ID are one person, whom the identity table knows or not.
What cannot be told from the leading ID alone (an ID shared by different leading IDs, or owned by different users) is
tangled, and goes through `sequence`, row by row in file order.
"""

from django.db import transaction

from imports.engine import sequence
from imports.engine.lanes import in_lanes
from imports.engine.plan import Plan
from imports.engine.tables import IN_PARALLEL, Tables, fetch, run_sql
from user360.property_types.sql import literal

# What happens to a row, in `placed`.
APPLIES, FAILS, IS_EMPTY = "a", "f", "e"
# A row of the checked table that has no result yet.
_OPEN = "NOT EXISTS (SELECT FROM {tables.result} AS done WHERE done.line = c.line)"
_WORK_MEMORY = "SET LOCAL work_mem = '160MB'"


def place_rows(plan: Plan, tables: Tables, *, resumed: bool) -> None:
    """Makes the placed table: each row with its IDs, its person (line of the first row), profile and what happens.

    Every row begins as a person of its own: in most files that is how it stays.
    """
    run_sql(f"DROP TABLE IF EXISTS {tables.placed}, {tables.common}, {tables.shared}")
    _in_memory(_placed_sql(plan, tables, _OPEN.format(tables=tables) if resumed else "true"))
    in_lanes([_common_sql(tables), _shared_sql(plan, tables)], _in_memory)
    with transaction.atomic():
        _mark(tables, tables.common, "person = first, rows = marked.rows")
        _mark(tables, tables.shared, "tangled = true")
        run_sql(f"DROP TABLE {tables.common}, {tables.shared}")
        run_sql(f"CREATE INDEX ON {tables.placed} (person)")
    run_sql(f"ANALYZE {tables.placed} (line, person, profile_id, kind, rows, tangled)")
    if fetch(f"SELECT EXISTS (SELECT FROM {tables.placed} WHERE tangled)")[0][0]:
        sequence.place(plan, tables)


def _in_memory(sql: str) -> None:
    with transaction.atomic():
        run_sql(f"{IN_PARALLEL}; {_WORK_MEMORY}")
        run_sql(sql)


def _mark(tables: Tables, leads: str, what: str) -> None:
    run_sql(
        f"UPDATE {tables.placed} AS placed SET {what} FROM {leads} AS marked"
        f" WHERE marked.lead_id = placed.lead_id AND kind = '{APPLIES}'"
    )


def _placed_sql(plan: Plan, tables: Tables, condition: str) -> str:
    places = range(len(plan.identities))
    finding = [place for place in places if plan.identities[place].finds]
    owner = f"least({', '.join(f'o{place}.profile_id' for place in finding)})" if finding else "NULL::bigint"
    if plan.user_id:
        # A user ID decides alone: what else the row brings must be that user's or nobody's.
        owner = f"CASE WHEN k0 IS NOT NULL THEN o0.profile_id ELSE {owner} END"
    conflict = " OR ".join(
        f"(o{place}.profile_id IS NOT NULL AND o{place}.profile_id IS DISTINCT FROM {owner})" for place in places
    )
    lead_id = "".join(
        f"WHEN k{place} IS NOT NULL"
        f" THEN k{place} || ' {plan.identities[place].type.pk} {plan.identities[place].encryption}' "
        for place in finding
    )
    free = "".join(f", k{place} IS NOT NULL AND o{place}.profile_id IS NULL AS free{place}" for place in places)
    return f"""
CREATE UNLOGGED TABLE {tables.placed} AS
SELECT rows.*, line AS person, 1 AS rows, conflict AND kind = '{APPLIES}' AS tangled,
  CASE WHEN NOT conflict OR kind <> '{APPLIES}' THEN owner END AS profile_id,
  CASE WHEN kind <> '{APPLIES}' OR conflict THEN line::text WHEN owner IS NOT NULL THEN owner || ' user' ELSE key END
    COLLATE "C" AS lead_id
FROM (
  SELECT c.*{free}, {owner} AS owner, {conflict or "false"} AS conflict,
    CASE {lead_id}WHEN true THEN line::text END AS key,
    CASE WHEN error IS NOT NULL THEN '{FAILS}' WHEN blank THEN '{IS_EMPTY}' ELSE '{APPLIES}' END AS kind
  FROM {tables.checked} AS c {_owner_joins(plan)} WHERE {condition} OFFSET 0
) AS rows
"""


def _owner_joins(plan: Plan) -> str:
    """Joins the owner of each ID of a row, as o0, o1 …"""
    return " ".join(
        f"LEFT JOIN identity AS o{place} ON o{place}.workspace_id = {plan.workspace.pk}"
        f" AND o{place}.type_id = {column.type.pk} AND o{place}.encryption = {literal(column.encryption)}"
        f" AND o{place}.value = k{place}"
        for place, column in enumerate(plan.identities)
    )


def _common_sql(tables: Tables) -> str:
    """The leading IDs of several rows, with the first line of each and the number of rows."""
    return (
        f"CREATE UNLOGGED TABLE {tables.common} AS SELECT lead_id, min(line) AS first, count(*)::int AS rows"
        f" FROM {tables.placed} WHERE kind = '{APPLIES}' GROUP BY lead_id HAVING count(*) > 1"
    )


def _shared_sql(plan: Plan, tables: Tables) -> str:
    """The leading IDs that have another ID in common with a different leading ID.

    Nearly always nobody has one in common with anybody, and to see that takes half of the time.
    """
    arms = " UNION ALL ".join(
        f"SELECT {column.type.pk} AS type_id, {literal(column.encryption)} AS encryption, k{place} AS value, lead_id"
        f" FROM {tables.placed} WHERE k{place} IS NOT NULL AND kind = '{APPLIES}'"
        for place, column in enumerate(plan.identities)
        if column.slot != 0
    )
    none = "SELECT 0 AS type_id, '' AS encryption, '' AS value, '' AS lead_id LIMIT 0"
    return f"""
CREATE UNLOGGED TABLE {tables.shared} AS
WITH ids AS NOT MATERIALIZED ({arms or none}),
twice AS MATERIALIZED (
  SELECT type_id, encryption, value FROM ids GROUP BY type_id, encryption, value HAVING count(*) > 1
),
shared AS MATERIALIZED (
  SELECT type_id, encryption, value FROM ids JOIN twice USING (type_id, encryption, value)
  GROUP BY type_id, encryption, value HAVING min(lead_id) <> max(lead_id)
)
SELECT DISTINCT ids.lead_id FROM ids JOIN shared USING (type_id, encryption, value)
"""
