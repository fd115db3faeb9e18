"""The whole way of an import, from the stored file to the report; and of a dry run, which stops before writing."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Any

from django.db import OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected

from imports.engine.apply import LostRace, Writer
from imports.engine.effects import People, make_effects
from imports.engine.lanes import in_lanes
from imports.engine.outcomes import count_up, make_claims, no_counts, outcome_sql, recorded_counts
from imports.engine.plan import Plan
from imports.engine.resolution import place_rows
from imports.engine.samples import SAMPLES, changed_users
from imports.engine.staging import Reading, stage
from imports.engine.tables import SEARCH_INDEX_IN_PORTIONS, Tables, fetch, run_sql
from imports.engine.tagging import make_tag_effects, touches_tags
from imports.engine.validation import check_rows
from segments.models import Segment
from segments.static import add_members
from user360.services.jobs import JobRun
from user360.signals import profiles_touched

BATCH_LINES = 20_000
DRY_BATCH_LINES = 50_000
_ROUNDS = 20
_DEADLOCKS = 10
_LARGE = 10_000


@dataclass
class Pipeline:
    """One import under way. `run` is its job; what it commits, it commits with a checkpoint of that job."""

    run: JobRun
    reading: Reading
    plan: Plan
    tables: Tables
    # The static segment that everybody who is imported becomes a member of.
    segment: Segment | None = None
    total: int = 0
    # Users that a dry run found new or changed, however many rows each of them has.
    users: int = 0
    counts: dict[str, int] = field(default_factory=no_counts)
    _counting: Lock = field(default_factory=Lock, init=False)

    def stage(self) -> None:
        """Brings the file into the staging table, unless an earlier attempt has and it outlived the crash."""
        staged = self.run.job.checkpoint.get("staged")
        if staged is not None and _rows_of(self.tables.raw) == staged:
            self.total = staged
            return
        self._forget("raw", "checked", "placed", *(f"spelt{column.place}" for column in self.plan.staged))
        self.total = stage(self.reading, self.plan, self.tables)
        with transaction.atomic():
            run_sql(
                f"CREATE TABLE IF NOT EXISTS {self.tables.result}"
                ' (line int PRIMARY KEY, outcome "char" NOT NULL, profile_id bigint, error text)'
            )
            self.run.checkpoint({"staged": self.total}, processed=self._done(), total=self.total, counts=self.counts)

    def check(self) -> None:
        """Judges every value."""
        self._forget("checked")
        check_rows(self.plan, self.tables)

    def apply(self, writer: Writer) -> None:
        """Writes all rows that have no result yet. People who change under our hands are placed once more."""
        self.counts = recorded_counts(self.tables)
        for _ in range(_ROUNDS):
            place_rows(self.plan, self.tables, resumed=self.counts["total"] > 0)
            in_lanes(_batches(self.tables, BATCH_LINES), partial(self._apply_batch, writer))
            if self.counts["total"] == self.total:
                return
        raise RuntimeError(f"{self.total - self.counts['total']} rows kept changing while they were imported.")

    def _apply_batch(self, writer: Writer, people: People) -> None:
        self.run.stop_if_cancelled()
        for _ in range(_DEADLOCKS):
            try:
                self._commit_batch(writer, people)
            except LostRace as lost:
                run_sql(f"UPDATE {self.tables.placed} SET kind = 'l' WHERE person = ANY(%s)", [lost.people])
            except OperationalError as error:
                if not isinstance(error.__cause__, DeadlockDetected):
                    raise
            else:
                return
        raise RuntimeError("A batch could not be written: others keep writing the same users.")

    def _commit_batch(self, writer: Writer, people: People) -> None:
        with ExitStack() as until_committed:
            with transaction.atomic():
                run_sql(SEARCH_INDEX_IN_PORTIONS)
                written = writer.write(people)
                if written.touched:
                    profiles_touched.send(
                        sender=Pipeline, workspace_id=self.plan.workspace.pk, profile_ids=written.touched
                    )
                if self.segment is not None:
                    add_members(segment=self.segment, profile_ids=written.imported)
                # Held until the commit, so that the counts grow in the order in which batches are committed.
                until_committed.enter_context(self._counting)
                counts = dict(self.counts)
                count_up(counts, written.outcomes)
                self.run.checkpoint(
                    self.run.job.checkpoint, processed=counts["total"], total=self.total, counts=counts
                )
            self.counts = counts

    def dry_run(self) -> tuple[dict[str, int], list[dict[str, Any]]]:
        """Counts what `apply` would do, and shows some users before and after."""
        place_rows(self.plan, self.tables, resumed=False)
        self.counts = no_counts()
        count_up(self.counts, _simple_outcomes(self.tables))
        self.users = self.counts["new"]
        samples: dict[int, list[dict[str, Any]]] = {}
        in_lanes(_batches(self.tables, DRY_BATCH_LINES), partial(self._foresee, samples))
        return self.counts, [sample for first in sorted(samples) for sample in samples[first]][:SAMPLES]

    def _foresee(self, samples: dict[int, list[dict[str, Any]]], people: People) -> None:
        self.run.stop_if_cancelled()
        enough = sum(map(len, samples.copy().values())) >= SAMPLES
        with transaction.atomic():
            make_effects(self.plan, self.tables, people, only=f"NOT ({_IS_SIMPLE})")
            make_claims(self.plan)
            if touches_tags(self.plan):
                make_tag_effects(self.plan)
            rows = fetch(f"SELECT {outcome_sql(self.plan)}, count(*) FROM effect GROUP BY 1")
            users = fetch(f"SELECT count(DISTINCT person) FROM effect WHERE {outcome_sql(self.plan)} IN ('n', 'u')")
            shown = [] if enough else changed_users(SAMPLES)
        with self._counting:
            self.users += int(str(users[0][0]))
            samples[people.first] = shown
            count_up(self.counts, {str(outcome): int(str(number)) for outcome, number in rows})
            self.run.progress(self.counts["total"], total=self.total)

    def tidy(self) -> None:
        """Vacuums what a large import has written: dead rows make counts by index ten times slower."""
        if self.total >= _LARGE and not connection.in_atomic_block:
            run_sql("VACUUM (ANALYZE, SKIP_LOCKED) profile, identity, profile_tag")

    def _done(self) -> int:
        return recorded_counts(self.tables)["total"]

    def _forget(self, *parts: str) -> None:
        names = ", ".join(f"staging_{self.tables.job_id}_{part}" for part in parts)
        run_sql(f"DROP TABLE IF EXISTS {names}")


# Rows whose outcome is clear without a look at anybody: failed, empty, or all there is about a new user.
_IS_SIMPLE = "p.kind <> 'a' OR (p.profile_id IS NULL AND p.rows = 1)"


def _simple_outcomes(tables: Tables) -> dict[str, int]:
    rows = fetch(
        f"SELECT CASE kind WHEN 'a' THEN 'n' ELSE kind END, count(*) FROM {tables.placed} AS p WHERE {_IS_SIMPLE}"
        " GROUP BY 1"
    )
    return {str(outcome): int(str(number)) for outcome, number in rows}


def _rows_of(table: str) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [table])
        if cursor.fetchone() == (None,):
            return None
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def _batches(tables: Tables, lines: int) -> Iterator[People]:
    rows = fetch(f"SELECT min(person), max(person) FROM {tables.placed}")
    first, last = rows[0]
    if first is None:
        return
    for start in range(int(str(first)), int(str(last)) + 1, lines):
        yield People(start, start + lines)
