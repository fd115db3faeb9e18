"""What becomes of each row: counted by the dry run, recorded by the import, told by the report."""

from collections.abc import Mapping
from dataclasses import dataclass

from imports.engine.effects import SKIP, People
from imports.engine.plan import Plan
from imports.engine.tables import Tables, fetch, make_temporary
from imports.engine.tagging import touches_tags
from user360.property_types.sql import literal


@dataclass(frozen=True)
class Outcome:
    """One fate of a row: its name among the counts and the word of the report (empty rows are in no report)."""

    count: str
    result: str


# The key is what the result table keeps.
OUTCOMES: dict[str, Outcome] = {
    "n": Outcome("new", "IMPORTED"),
    "u": Outcome("updated", "IMPORTED"),
    "=": Outcome("unchanged", "UNCHANGED"),
    "s": Outcome("skipped", "SKIPPED"),
    "m": Outcome("merged", "MERGED"),
    "f": Outcome("failed", "FAILED"),
    "e": Outcome("empty", ""),
}
COUNTS = ("total", *(outcome.count for outcome in OUTCOMES.values()))


def make_claims(plan: Plan) -> None:
    """Makes the temporary table `claim`: the IDs of the batch that nobody had, and the row that brings each first.

    Nobody had them when the rows were placed. Without columns of IDs it is empty.
    """
    applies = "AND is_new AND turn = 1" if plan.on_conflict == SKIP else ""
    arms = " UNION ALL ".join(
        f"SELECT {column.type.pk}::int AS type_id, {literal(column.encryption)} AS encryption, k{place} AS value,"
        f" line, person FROM effect WHERE free{place} {applies}"
        for place, column in enumerate(plan.identities)
    )
    empty = "SELECT 0 AS type_id, '' AS encryption, '' AS value, 0 AS line, 0 AS person LIMIT 0"
    make_temporary(
        "claim",
        "SELECT type_id, encryption, value, min(line) AS line, min(person) AS person"
        f" FROM ({arms or empty}) AS ids GROUP BY type_id, encryption, value",
    )


def outcome_sql(plan: Plan) -> str:
    """SQL: the outcome of a row of `effect`; `tag_change` holds the lines that change tags."""
    arms = ["WHEN is_new AND turn = 1 THEN 'n'"]
    if plan.on_conflict == SKIP:
        arms.append("WHEN true THEN 's'")
    changes = [
        "changes",
        "line IN (SELECT line FROM claim)",
        *(["line IN (SELECT line FROM tag_change)"] if touches_tags(plan) else []),
    ]
    arms.append(f"WHEN {' OR '.join(changes)} THEN 'u'")
    return f"CASE {' '.join(arms)} ELSE '=' END"


def rest_sql(tables: Tables, people: People) -> str:
    """SELECT line, outcome, profile and error of the rows of the batch that fail or are empty."""
    return f"""
SELECT line, kind, NULL::bigint, error FROM {tables.placed}
WHERE person >= {people.first} AND person < {people.end} AND kind IN ('f', 'e')
"""


def count_up(totals: dict[str, int], outcomes: Mapping[str, int]) -> None:
    """Adds numbers of rows by outcome to the counts."""
    for key, rows in outcomes.items():
        totals[OUTCOMES[key].count] += rows
        totals["total"] += rows


def no_counts() -> dict[str, int]:
    """All counts at zero, in the order of the contract."""
    return dict.fromkeys(COUNTS, 0)


def recorded_counts(tables: Tables) -> dict[str, int]:
    """The counts of the rows that have a result."""
    totals = no_counts()
    rows = fetch(f"SELECT outcome, count(*) FROM {tables.result} GROUP BY outcome")
    count_up(totals, {str(outcome): int(str(number)) for outcome, number in rows})
    return totals
