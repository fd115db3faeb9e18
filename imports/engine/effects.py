"""What the rows of a batch of people change: computed in one place for the dry run and for the import itself.

`effect` is a temporary table with a row for each row of the file that applies: what it says (`data`: system properties
as JSON, `custom`), what the profile has now (`base`, `base_custom`), the state of the person's data after the row
(`next`, `next_custom`), folded in file order, and whether the row `changes` the state before it.
"""

from dataclasses import dataclass, replace

from imports.engine.plan import Plan
from imports.engine.spelling import spellings
from imports.engine.tables import Tables, fetch, make_temporary
from imports.engine.values import values_sql
from user360.property_types.sql import literal
from user360.system_properties import SYSTEM_PROPERTIES, SystemProperty

UPDATE, REPLACE, SKIP = "update", "replace", "skip"
# The age follows from the date of birth where that is known, and is a value of its own only where it is not.
_AGE_KEYS = frozenset({"age", "dob"})


@dataclass(frozen=True)
class People:
    """The people whose first row is in one of the lines from `first` to before `end`."""

    first: int
    end: int


def system_columns(plan: Plan) -> tuple[SystemProperty, ...]:
    """The columns of `profile` that the import may change: the mapped ones, or all when it replaces."""
    keys = {column.prop.key for column in plan.system}
    if keys & _AGE_KEYS:
        keys |= _AGE_KEYS
    editable = (prop for prop in SYSTEM_PROPERTIES if prop.editable)
    return tuple(prop for prop in editable if plan.on_conflict == REPLACE or prop.key in keys)


def make_effects(plan: Plan, tables: Tables, people: People, *, only: str = "true") -> None:
    """Makes the temporary table `effect` for these people, or for the rows of `placed` of whom `only` (SQL) holds."""
    chosen = f"p.person >= {people.first} AND p.person < {people.end} AND p.kind = 'a' AND {only}"
    several = fetch(f"SELECT EXISTS (SELECT FROM {tables.placed} AS p WHERE {chosen} AND p.rows > 1)")[0][0]
    if not several:
        chosen += f" AND raw.line >= {people.first} AND raw.line < {people.end}"
    make_temporary("effect", _effect_sql(plan, tables, chosen, several=bool(several)))


def _effect_sql(plan: Plan, tables: Tables, chosen: str, *, several: bool) -> str:
    """Where nobody has `several` rows there is nothing to fold, and the windows that would do it are left out.

    A state has no age where the date of birth decides it; what a profile has now is such a state already.
    """
    ids = "".join(f", k{place}, free{place}" for place in range(len(plan.identities)))
    tags = "".join(f", t{place}" for place in range(len(plan.tags)))
    values = "".join(f", {value}" for value in values_sql(plan, spellings(plan, tables)))
    fold = _FOLDS[plan.on_conflict] if several else _FOLDS[plan.on_conflict].of_one_row()
    # A new user has the user ID of the first row: a later row with one would have been about somebody else.
    own_id = "applied.k0" if plan.user_id else "NULL::text"
    turn = "1"
    if several:
        own_id = f"first_value({own_id}) OVER (PARTITION BY person ORDER BY line)"
        turn = "row_number() OVER (PARTITION BY person ORDER BY line)"
    prior = fold.prior("effective", "base")
    settles = any(prop.key == "dob" for prop in system_columns(plan))
    if settles and several:
        prior = f"CASE WHEN ({prior}) ? 'dob' THEN ({prior}) - 'age' ELSE {prior} END"
    after = fold.next("prior", "effective")
    if settles:
        after = f"CASE WHEN {fold.knows('dob')} AND {fold.knows('age')} THEN ({after}) - 'age' ELSE {after} END"
    return f"""
WITH applied AS MATERIALIZED (
  SELECT p.person, p.line, p.profile_id{ids}{values}
  FROM {tables.placed} AS p JOIN {tables.raw} AS raw USING (line) WHERE {chosen}
), base AS MATERIALIZED (
  SELECT id, version, pins, user_id, {_old_json(plan)} AS data, attributes AS custom FROM profile
  WHERE workspace_id = {plan.workspace.pk} AND id = ANY(ARRAY(SELECT DISTINCT profile_id FROM applied))
), effective AS (
  SELECT applied.*, base.id IS NULL AS is_new, base.version, coalesce(base.pins, '{{}}') AS pins,
    coalesce(base.user_id, {own_id}) AS user_id,
    coalesce(base.data, '{{}}') AS base, coalesce(base.custom, '{{}}') AS base_custom,
    {fold.effective("applied.data", "base.data")} AS effective,
    {fold.effective("applied.custom", "base.custom")} AS effective_custom, {turn} AS turn
  FROM applied LEFT JOIN base ON base.id = applied.profile_id
), folded AS (
  SELECT effective.*, {prior} AS prior,
    {fold.prior("effective_custom", "base_custom")} AS prior_custom
  FROM effective
)
SELECT line, person, profile_id, is_new, version, pins, user_id, turn{ids}{tags}, data, custom, base, base_custom,
  next, next_custom, prior <> next OR prior_custom <> next_custom AS changes
FROM (
  SELECT folded.*, {after} AS next, {fold.next("prior_custom", "effective_custom")} AS next_custom FROM folded OFFSET 0
) AS states
"""


@dataclass(frozen=True)
class Fold:
    """How a row meets the state before it, as SQL over JSON objects."""

    effective_sql: str
    prior_sql: str
    next_sql: str
    # Whether the state after the row has the key; asked of its parts, since the state itself is costly to make.
    knows_sql: str

    def of_one_row(self) -> "Fold":
        """The same for people with one row each: before it there is only what they have now."""
        return replace(self, prior_sql="{base}")

    def effective(self, row: str, base: str) -> str:
        """What of the row counts: not its pinned keys."""
        return self.effective_sql.format(row=row, base=base)

    def prior(self, effective: str, base: str) -> str:
        """The state before the row."""
        return self.prior_sql.format(effective=effective, base=base)

    def next(self, prior: str, effective: str) -> str:
        """The state after it."""
        return self.next_sql.format(prior=prior, effective=effective)

    def knows(self, key: str) -> str:
        """SQL boolean: the state after the row has this system property."""
        return self.knows_sql.format(key=literal(key))


_NOTHING = "'{{}}'::jsonb"
_PINNED = "ARRAY(SELECT jsonb_object_keys(base.pins))"
_UNPINNED_ROW = (
    "CASE WHEN base.pins IS NULL OR base.pins = " + _NOTHING + " THEN {row} ELSE {row} - " + _PINNED + " END"
)
_EARLIER = "(PARTITION BY person ORDER BY line ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
_MERGE = Fold(
    effective_sql=_UNPINNED_ROW,
    prior_sql="CASE WHEN turn = 1 THEN {base} ELSE {base} || jsonb_merge({effective}) OVER " + _EARLIER + " END",
    next_sql="{prior} || {effective}",
    knows_sql="(prior ? {key} OR effective ? {key})",
)
_FOLDS = {
    UPDATE: _MERGE,
    # The record becomes the row, with the pinned values of before.
    REPLACE: Fold(
        effective_sql=(
            "CASE WHEN base.pins IS NULL OR base.pins = " + _NOTHING + " THEN {row} ELSE {row} - " + _PINNED
            + " || coalesce((SELECT jsonb_object_agg(key, value) FROM jsonb_each({base}) WHERE base.pins ? key), "
            + _NOTHING + ") END"
        ),
        prior_sql="CASE WHEN turn = 1 THEN {base} ELSE lag({effective}) OVER (PARTITION BY person ORDER BY line) END",
        next_sql="{effective}",
        knows_sql="(effective ? {key})",
    ),
    # Only the first row of a new user counts: for every other row the user exists already.
    SKIP: Fold(
        effective_sql="{row}",
        prior_sql=(
            "CASE WHEN turn = 1 OR NOT is_new THEN {base}"
            " ELSE first_value({effective}) OVER (PARTITION BY person ORDER BY line) END"
        ),
        next_sql="CASE WHEN is_new AND turn = 1 THEN {effective} ELSE {prior} END",
        knows_sql="(CASE WHEN is_new AND turn = 1 THEN effective ? {key} ELSE prior ? {key} END)",
    ),
}  # fmt: skip


def _old_json(plan: Plan) -> str:
    pairs = ", ".join(f"{literal(prop.key)} : {column_json(prop)}" for prop in system_columns(plan))
    return f"JSON_OBJECT({pairs} ABSENT ON NULL RETURNING jsonb)" if pairs else "'{}'::jsonb"


def column_json(prop: SystemProperty) -> str:
    """SQL jsonb: a column of `profile` in the canonical JSON of its type."""
    if prop.type == "datetime":
        return f"""to_char({prop.column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
    if prop.key == "age":
        return "CASE WHEN dob IS NULL THEN age END"
    return prop.column
