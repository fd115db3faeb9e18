"""Places tangled rows one by one in file order, as a careful person would: with a list of who has which ID so far.

The IDs are numbered by PostgreSQL, so that the list is an array of eight bytes an ID, whatever the file.
"""

import json
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from imports.engine.effects import SKIP
from imports.engine.plan import Plan
from imports.engine.tables import Tables, fetch, make_temporary
from user360.property_types.sql import literal

CONFLICT = "identityConflict"
IN_FILE = "duplicateInFile"
_FETCH = 5_000


class _Id(NamedTuple):
    """One ID of one row: its column's place in the plan, its number, the profile that has it."""

    line: int
    place: int
    number: int
    owner: int | None
    value: str


@dataclass(frozen=True)
class Conflict:
    """A row whose ID in column `place` is that of `owner`, while another ID says it is about `person`."""

    line: int
    place: int
    value: str
    person: int
    owner: int


def place(plan: Plan, tables: Tables) -> None:
    """Corrects `placed` for its tangled rows.

    An owner above zero is a profile, below zero the new person whose first row is in that line.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        make_temporary("moved", "(line int, person bigint, error text)")
        owners = array("q", bytes(8 * (_count(plan, tables) + 1)))
        cursor.execute(f"DECLARE tangled NO SCROLL CURSOR FOR {_ids_sql(plan, tables)}")
        for rows in _row_batches(cursor):
            moved: list[tuple[int, int | None, Conflict | None]] = []
            for ids in rows:
                line = ids[0].line
                decided = decide(plan, [one for one in ids if one.number], owners, line)
                if isinstance(decided, Conflict):
                    moved.append((line, None, decided))
                else:
                    moved.append((line, decided, None))
            names = _names(conflict for _, _, conflict in moved if conflict)
            with cursor.copy("COPY moved FROM STDIN") as copy:
                for line, person, conflict in moved:
                    copy.write_row((line, person, conflict and _told(plan, conflict, names)))
        cursor.execute("CLOSE tangled")
        cursor.execute("ANALYZE moved")
        cursor.execute(_apply_sql(tables))


def decide(plan: Plan, ids: Sequence[_Id], owners: "array[int]", line: int) -> int | Conflict:
    """The person the row is about, or the conflict; the row's IDs are then that person's. `ids` in plan order."""
    for one in ids:
        if owners[one.number] == 0 and one.owner:
            owners[one.number] = one.owner
    finding = [one for one in ids if plan.identities[one.place].finds]
    owned = [one for one in finding if owners[one.number]]
    if finding and plan.identities[finding[0].place].slot == 0:
        # The user ID decides alone.
        owned = [one for one in owned if one is finding[0]]
    person = owners[owned[0].number] if owned else -line
    for one in ids:
        if owners[one.number] not in (0, person):
            return Conflict(line, one.place, one.value, person, owners[one.number])
    # A skipped row gives its user nothing, so its IDs stay free for whoever comes after it.
    if plan.on_conflict != SKIP or person == -line:
        for one in ids:
            owners[one.number] = person
    return person


def _count(plan: Plan, tables: Tables) -> int:
    rows = fetch(f"SELECT coalesce(max(number), 0) FROM ({_ids_sql(plan, tables)}) AS numbered")
    return int(str(rows[0][0]))


def _ids_sql(plan: Plan, tables: Tables) -> str:
    arms = " UNION ALL ".join(
        f"SELECT line, {place} AS place, {column.type.pk} AS type_id, {literal(column.encryption)} AS encryption,"
        f" k{place} AS value FROM {tables.placed} WHERE tangled"
        for place, column in enumerate(plan.identities)
    )
    return f"""
SELECT ids.line, ids.place,
  CASE WHEN ids.value IS NULL THEN 0
    ELSE dense_rank() OVER (ORDER BY ids.value IS NULL, ids.type_id, ids.encryption, ids.value) END AS number,
  identity.profile_id AS owner, coalesce(ids.value, '') AS value
FROM ({arms}) AS ids LEFT JOIN identity ON identity.workspace_id = {plan.workspace.pk}
  AND identity.type_id = ids.type_id AND identity.encryption = ids.encryption AND identity.value = ids.value
ORDER BY ids.line, ids.place
"""


def _row_batches(cursor: CursorWrapper) -> Iterator[list[list[_Id]]]:
    rest: list[_Id] = []
    while True:
        cursor.execute(f"FETCH {_FETCH} FROM tangled")
        fetched = [_Id(*row) for row in cursor.fetchall()]
        rows = [list(group) for _, group in groupby([*rest, *fetched], key=itemgetter(0))]
        if not fetched:
            if rows:
                yield rows
            return
        # The last row may have more IDs in the next batch.
        rest = rows.pop()
        if rows:
            yield rows


def _names(conflicts: Iterator[Conflict]) -> dict[int, str]:
    profiles = {person for conflict in conflicts for person in (conflict.person, conflict.owner) if person > 0}
    if not profiles:
        return {}
    rows = fetch("SELECT id, user_id FROM profile WHERE id = ANY(%s)", [sorted(profiles)])
    return {int(str(key)): str(user_id) for key, user_id in rows}


def _told(plan: Plan, conflict: Conflict, names: dict[int, str]) -> str:
    column = plan.identities[conflict.place]
    what = f"The {column.type.name} “{conflict.value}”"
    if conflict.person > 0:
        other = f"while the row is about the user “{names.get(conflict.person, '')}”"
    else:
        other = "while the row brings another user ID" if plan.user_id else "while another ID says it is a new user"
    if conflict.owner < 0:
        said = f"{what} is in line {-conflict.owner} as well, for another user"
        return json.dumps([IN_FILE, column.staged.name, said])
    said = f"{what} belongs to the user “{names.get(conflict.owner, '')}”, {other}"
    return json.dumps([CONFLICT, column.staged.name, said])


def _apply_sql(tables: Tables) -> str:
    """People known by profile may have several first lines: the lowest names the person."""
    return f"""
UPDATE {tables.placed} AS p SET
  kind = CASE WHEN m.error IS NULL THEN 'a' ELSE 'f' END, error = m.error, tangled = false,
  profile_id = CASE WHEN m.person > 0 THEN m.person END, person = coalesce(m.first, p.line), rows = m.rows
FROM (
  SELECT line, error, person, CASE WHEN person IS NOT NULL THEN min(line) OVER same END AS first,
    CASE WHEN person IS NOT NULL THEN count(*) OVER same ELSE 1 END AS rows
  FROM moved WINDOW same AS (PARTITION BY person)
) AS m WHERE m.line = p.line
"""
