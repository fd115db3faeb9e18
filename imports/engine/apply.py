"""Writes one batch of people: profiles, IDs, changes and the rows' results, in the caller's transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from imports.engine.effects import REPLACE, SKIP, People, make_effects, system_columns
from imports.engine.outcomes import make_claims, outcome_sql, rest_sql
from imports.engine.plan import Plan
from imports.engine.tables import Tables, fetch, make_temporary, run_sql
from imports.engine.tagging import make_tag_effects, touches_tags, write_tags
from imports.engine.targets import USER_ID
from user360.models import IdentityType
from user360.property_types.sql import literal
from user360.system_properties import SystemProperty


class LostRace(Exception):  # noqa: N818  # it is news, not a defect
    """Somebody else wrote these people since they were placed; they have to be placed again."""

    def __init__(self, people: Sequence[int]) -> None:
        super().__init__(f"{len(people)} people")
        self.people = list(people)


@dataclass(frozen=True)
class Written:
    """A batch: its rows by outcome, the profiles that were imported, and those of them that changed."""

    outcomes: dict[str, int]
    imported: list[int]
    touched: list[int]


@dataclass(frozen=True)
class Writer:
    """What the batches of one import have in common."""

    plan: Plan
    tables: Tables
    job_id: int
    actor_id: int | None
    source_id: int
    at: dt.datetime

    def write(self, people: People) -> Written:
        """Writes the batch. Raises LostRace, after which the transaction must roll back."""
        make_effects(self.plan, self.tables, people)
        run_sql("ANALYZE effect (person, line, profile_id)")
        make_claims(self.plan)
        make_tag_effects(self.plan)
        self._gather_people()
        self._claim_ids()
        self._update_profiles()
        self._insert_profiles()
        if self.plan.labels or touches_tags(self.plan):
            write_tags(
                workspace_id=self.plan.workspace.pk, source_id=self.source_id, actor_id=self.actor_id, at=self.at
            )
        self._record_changes()
        return self._record_results(people)

    def _gather_people(self) -> None:
        """One row a person: the state before the first and after the last row of the file, and what differs."""
        user_id = f"coalesce(user_id, {_GENERATED_USER_ID})"
        new_pins = _new_pins(self.source_id, all_keys=self.plan.on_conflict == REPLACE)
        make_temporary(
            "person",
            f"""
SELECT person, coalesce(profile_id, nextval('profile_id_seq')) AS profile_id, is_new, version, pins, user_id, next,
  next_custom, changed, is_new OR changed OR claims OR tags AS touched,
  is_new OR changed OR claims AS more_than_tags,
  CASE WHEN changed AND NOT is_new THEN {_diff("base || base_custom", "next || next_custom")} END AS before,
  CASE WHEN is_new THEN next || next_custom
    WHEN changed THEN {_diff("next || next_custom", "base || base_custom")} END AS after,
  CASE WHEN pins = '{{}}' THEN pins ELSE {new_pins} END AS new_pins
FROM (
  SELECT DISTINCT ON (person) person, profile_id, is_new, version, pins, base, base_custom, next, next_custom,
    {user_id} AS user_id, base <> next OR base_custom <> next_custom AS changed,
    EXISTS (SELECT FROM claim WHERE claim.person = effect.person) AS claims,
    EXISTS (SELECT FROM tag_add WHERE tag_add.person = effect.person)
      OR EXISTS (SELECT FROM tag_remove WHERE tag_remove.person = effect.person) AS tags
  FROM effect ORDER BY person, line DESC
) AS last
""",
        )
        run_sql("ANALYZE person (person, profile_id)")
        self._claim_user_ids()

    def _claim_user_ids(self) -> None:
        """A new user without a user ID in the file gets one, which has to be nobody else's as well."""
        kind = IdentityType.objects.get(key=USER_ID).pk
        has_one = f"EXISTS (SELECT FROM claim WHERE claim.person = person.person AND claim.type_id = {kind})"
        run_sql(
            "INSERT INTO claim (type_id, encryption, value, line, person)"
            f" SELECT {kind}, 'none', user_id, person, person FROM person WHERE is_new AND NOT {has_one}"
        )

    def _claim_ids(self) -> None:
        """The IDs first, in the order of their key: imports never wait in a ring, and who finds one taken has lost."""
        with connection.cursor() as cursor:
            cursor.execute(
                """
WITH claimed AS (
  INSERT INTO identity
    (workspace_id, type_id, encryption, value, profile_id, source_id, first_seen_at, last_seen_at)
  SELECT %s, type_id, encryption, value, profile_id, %s, %s, %s FROM claim JOIN person USING (person)
  ORDER BY type_id, encryption, value
  ON CONFLICT DO NOTHING RETURNING 1
) SELECT (SELECT count(*) FROM claimed), (SELECT count(*) FROM claim)
""",
                [self.plan.workspace.pk, self.source_id, self.at, self.at],
            )
            claimed, wanted = cursor.fetchone()
        if claimed < wanted:
            raise LostRace(self._people_without_their_ids())

    def _people_without_their_ids(self) -> list[int]:
        rows = fetch(
            """
SELECT DISTINCT person FROM claim JOIN person USING (person) JOIN identity ON identity.workspace_id = %s
  AND identity.type_id = claim.type_id AND identity.encryption = claim.encryption AND identity.value = claim.value
WHERE identity.profile_id <> person.profile_id OR identity.first_seen_at <> %s
""",
            [self.plan.workspace.pk, self.at],
        )
        return [int(str(row[0])) for row in rows]

    def _update_profiles(self) -> None:
        """Only profiles still at the version that was read: what came in between must not be overwritten."""
        columns = system_columns(self.plan)
        sets = "".join(f", {prop.column} = {column_value(prop)}" for prop in columns)
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
WITH written AS (
  UPDATE profile SET attributes = next_custom, updated_at = CASE WHEN changed THEN %(at)s ELSE updated_at END,
    version = profile.version + 1, pins = new_pins, origins = {_NEW_ORIGINS}{sets}
  FROM person
  WHERE NOT is_new AND (changed OR new_pins <> person.pins)
    AND profile.id = person.profile_id AND profile.version = person.version
  RETURNING profile.id
)
SELECT person.person FROM person LEFT JOIN written ON written.id = person.profile_id
WHERE NOT is_new AND (changed OR new_pins <> pins) AND written.id IS NULL
""",
                {"at": self.at, "source": self.source_id},
            )
            if lost := cursor.fetchall():
                raise LostRace([int(row[0]) for row in lost])

    def _insert_profiles(self) -> None:
        columns = system_columns(self.plan)
        names = "".join(f", {prop.column}" for prop in columns)
        values = "".join(f", {column_value(prop)}" for prop in columns)
        run_sql(
            f"""
INSERT INTO profile (id, workspace_id, user_id, attributes, source_id, created_at, updated_at{names})
SELECT profile_id, %s, user_id, next_custom, %s, %s, %s{values} FROM person WHERE is_new
""",
            [self.plan.workspace.pk, self.source_id, self.at, self.at],
        )

    def _record_changes(self) -> None:
        """One row a person, of what changed and nothing else."""
        keys = " ".join(f"WHEN {kind.pk} THEN {literal(kind.key)}" for kind in IdentityType.objects.all())
        run_sql(
            f"""
INSERT INTO change (workspace_id, profile_id, at, kind, actor_id, job_id, source_id, before, after)
SELECT %s, profile_id, %s, CASE WHEN is_new THEN 'user.created' WHEN more_than_tags THEN 'user.updated'
    WHEN added IS NOT NULL THEN 'tag.added' ELSE 'tag.removed' END, %s, %s, %s,
  {_known(properties="before", tags="removed")}, {_known(properties="after", identities="ids", tags="added")}
FROM person LEFT JOIN (
  SELECT person, jsonb_agg(jsonb_build_array(CASE type_id {keys} END, encryption, value)
    ORDER BY type_id, value) AS ids
  FROM claim GROUP BY person
) AS claims USING (person) LEFT JOIN ({_listed("tag_add")}) AS added_tags (person, added) USING (person)
LEFT JOIN ({_listed("tag_remove")}) AS removed_tags (person, removed) USING (person)
WHERE touched
""",
            [self.plan.workspace.pk, self.at, self.actor_id, self.job_id, self.source_id],
        )

    def _record_results(self, people: People) -> Written:
        with connection.cursor() as cursor:
            cursor.execute(f"""
WITH recorded AS (
  INSERT INTO {self.tables.result} (line, outcome, profile_id, error)
  SELECT line, {outcome_sql(self.plan)}, written.profile_id, NULL
  FROM effect JOIN (SELECT person AS who, profile_id FROM person) AS written ON written.who = effect.person
  UNION ALL {rest_sql(self.tables, people)}
  RETURNING outcome
) SELECT outcome, count(*) FROM recorded GROUP BY outcome
""")
            outcomes = {str(outcome): int(rows) for outcome, rows in cursor.fetchall()}
            skips = self.plan.on_conflict == SKIP
            cursor.execute(f"SELECT profile_id, touched FROM person {'WHERE is_new' if skips else ''}")
            rows = cursor.fetchall()
        return Written(outcomes, [key for key, _ in rows], [key for key, touched in rows if touched])


def column_value(prop: SystemProperty) -> str:
    """SQL value of a column of `profile` from the state `next`."""
    text = f"next ->> {literal(prop.key)}"
    if prop.key == "age":
        return (
            "CASE WHEN next ? 'dob' THEN extract(year FROM age((next ->> 'dob')::date))::smallint"
            f" ELSE ({text})::smallint END"
        )
    return f"({text}){_CASTS.get(prop.type, '')}"


_CASTS = {"date": "::date", "datetime": "::timestamptz", "boolean": "::boolean", "number": "::numeric"}


def _diff(new: str, old: str) -> str:
    """SQL: the keys of one state that the other has not, or has with another value; NULL when there are none."""
    # OFFSET 0 keeps the old state from being put together again for every key.
    return (
        f"(SELECT jsonb_object_agg(key, value) FROM (SELECT {old} AS state OFFSET 0) AS old, jsonb_each({new})"
        " WHERE state -> key IS DISTINCT FROM value)"
    )


def _known(**parts: str) -> str:
    """SQL jsonb: the parts that are not NULL. Nulls are stripped only where there are some: it is the larger cost."""
    whole = f"jsonb_build_object({', '.join(f'{literal(key)}, {part}' for key, part in parts.items())})"
    values = ", ".join(parts.values())
    return (
        f"CASE num_nulls({values}) WHEN 0 THEN {whole} WHEN {len(parts)} THEN '{{}}'::jsonb"
        f" ELSE jsonb_strip_nulls({whole}) END"
    )


def _listed(table: str) -> str:
    return (
        "SELECT person, jsonb_agg(jsonb_build_array(tag_id, value) ORDER BY tag_id, value)"
        f" FROM {table} GROUP BY person"
    )


def _new_pins(source_id: int, *, all_keys: bool) -> str:
    """SQL: the pins of `last` with what the file says of them; the pinned values themselves stay."""
    said = "SELECT jsonb_merge(data || custom ORDER BY line) AS said FROM effect WHERE effect.person = last.person"
    latest = f"value || jsonb_build_object('value', said -> key, 'source', {source_id})"
    return (
        f"(SELECT jsonb_object_agg(key, CASE WHEN {'true' if all_keys else 'said ? key'} THEN {latest} ELSE value END)"
        f" FROM jsonb_each(pins), ({said}) AS file)"
    )


# As user360.services.profiles makes them, for a set.
_GENERATED_USER_ID = "'u-' || right(replace(gen_random_uuid()::text, '-', ''), 16)"
# Only values that are not from the profile's first source say where they are from.
_CHANGED_KEYS = "ARRAY(SELECT jsonb_object_keys(coalesce(before, '{}') || coalesce(after, '{}')))"
_FROM_HERE = "(SELECT jsonb_object_agg(key, %(source)s::int) FROM jsonb_object_keys(after) AS key)"
_NEW_ORIGINS = (
    f"CASE WHEN profile.source_id = %(source)s AND origins = '{{}}' THEN origins"
    f" WHEN profile.source_id = %(source)s THEN origins - {_CHANGED_KEYS}"
    f" ELSE origins - {_CHANGED_KEYS} || coalesce({_FROM_HERE}, '{{}}') END"
)
