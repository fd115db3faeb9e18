"""Who each row is about: an existing user, a new one, or nobody because its IDs belong to several.

Almost all rows are placed by SQL: rows with the same leading ID are one person, whom the identity table knows or not.
What cannot be told from the leading ID alone (an ID shared by different leading IDs, or owned by different users) is
tangled, and goes through `sequence`, row by row in file order.
"""

from django.db import transaction

from imports.engine import sequence
from imports.engine.plan import Plan
from imports.engine.tables import IN_PARALLEL, Tables, fetch, make_temporary, run_sql
from user360.property_types.sql import literal

# What happens to a row, in `placed`.
APPLIES, FAILS, IS_EMPTY = "a", "f", "e"
# A row of the checked table that has no result yet.
_OPEN = "NOT EXISTS (SELECT FROM {tables.result} AS done WHERE done.line = c.line)"
_WORK_MEMORY = "SET LOCAL work_mem = '160MB'"


def place_rows(plan: Plan, tables: Tables, *, resumed: bool) -> None:
    """Makes the placed table: for each row its person (line of the first row), profile and what happens to it."""
    with transaction.atomic():
        run_sql(f"{IN_PARALLEL}; {_WORK_MEMORY}")
        run_sql(_linked_sql(plan, tables, _OPEN.format(tables=tables) if resumed else "true"))
        run_sql(f"ANALYZE {tables.linked}")
        shared = _shared_sql(plan, tables)
        run_sql(_placed_sql(tables, shared))
        run_sql(f"CREATE INDEX ON {tables.placed} (person)")
        run_sql(f"CREATE INDEX ON {tables.placed} (line) WHERE tangled")
        run_sql(f"ANALYZE {tables.placed}")
        run_sql(f"DROP TABLE {tables.linked}")
    if fetch(f"SELECT EXISTS (SELECT FROM {tables.placed} WHERE tangled)")[0][0]:
        sequence.place(plan, tables)


def _owner_joins(plan: Plan, alias: str) -> str:
    """Joins the owner of each ID of the checked row `alias`, as o0, o1 …"""
    return " ".join(
        f"LEFT JOIN identity AS o{place} ON o{place}.workspace_id = {plan.workspace.pk}"
        f" AND o{place}.type_id = {column.type.pk} AND o{place}.encryption = {literal(column.encryption)}"
        f" AND o{place}.value = {alias}.k{place}"
        for place, column in enumerate(plan.identities)
    )


def _linked_sql(plan: Plan, tables: Tables, condition: str) -> str:
    places = range(len(plan.identities))
    finding = [place for place in places if plan.identities[place].finds]
    owner = f"least({', '.join(f'o{place}.profile_id' for place in finding)})" if finding else "NULL::bigint"
    if plan.user_id:
        # A user ID decides alone: what else the row brings must be that user's or nobody's.
        owner = f"CASE WHEN c.k0 IS NOT NULL THEN o0.profile_id ELSE {owner} END"
    conflict = " OR ".join(
        f"(o{place}.profile_id IS NOT NULL AND o{place}.profile_id IS DISTINCT FROM {owner})" for place in places
    )
    lead_id = "".join(
        f"WHEN c.k{place} IS NOT NULL"
        f" THEN c.k{place} || ' {plan.identities[place].type.pk} {plan.identities[place].encryption}' "
        for place in finding
    )
    # What tells keys apart stands first in them: they are sorted by their first eight bytes.
    rows = f"""
SELECT c.line, {owner} AS owner, {conflict or "false"} AS conflict,
  CASE {lead_id}WHEN true THEN c.line::text END AS key,
  CASE WHEN c.error IS NOT NULL THEN '{FAILS}' WHEN c.blank THEN '{IS_EMPTY}' ELSE '{APPLIES}' END AS kind
FROM {tables.checked} AS c {_owner_joins(plan, "c")} WHERE {condition} OFFSET 0
"""
    return f"""
CREATE UNLOGGED TABLE {tables.linked} AS
SELECT line, kind, owner, conflict AND kind = '{APPLIES}' AS conflict,
  CASE WHEN kind <> '{APPLIES}' OR conflict THEN line::text WHEN owner IS NOT NULL THEN owner || ' user' ELSE key END
    COLLATE "C" AS lead_id
FROM ({rows}) AS rows
"""


def _shared_sql(plan: Plan, tables: Tables) -> str | None:
    """SQL of the leading IDs that have another ID in common with a different leading ID."""
    if not any(column.slot for column in plan.identities):
        return None
    arms = " UNION ALL ".join(
        f"SELECT {column.type.pk} AS type_id, {literal(column.encryption)} AS encryption, c.k{place} AS value,"
        f" l.lead_id FROM {tables.checked} AS c JOIN {tables.linked} AS l USING (line)"
        f" WHERE c.k{place} IS NOT NULL AND l.kind = '{APPLIES}'"
        for place, column in enumerate(plan.identities)
        if column.slot != 0
    )
    return f"""
WITH ids AS MATERIALIZED ({arms}),
shared AS (
  SELECT type_id, encryption, value FROM ids GROUP BY type_id, encryption, value HAVING min(lead_id) <> max(lead_id)
)
SELECT DISTINCT ids.lead_id FROM ids JOIN shared USING (type_id, encryption, value)
"""


def _placed_sql(tables: Tables, shared: str | None) -> str:
    is_shared = "false"
    if shared is not None:
        make_temporary("tangled_lead", shared)
        run_sql("ANALYZE tangled_lead")
        is_shared = f"(kind = '{APPLIES}' AND lead_id IN (SELECT lead_id FROM tangled_lead))"
    return f"""
CREATE UNLOGGED TABLE {tables.placed} AS
SELECT line, min(line) OVER person AS person, CASE WHEN NOT conflict THEN owner END AS profile_id, kind,
  (count(*) OVER person)::int AS rows, conflict OR {is_shared} AS tangled, NULL::text AS error
FROM {tables.linked} WINDOW person AS (PARTITION BY kind, lead_id)
"""
