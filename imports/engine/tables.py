"""The tables of one import: unlogged and local, named after the job, dropped at the end and after crashes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from user360.models import Job

# For statements whose work is in the expressions, which the planner believes to cost nothing.
IN_PARALLEL = (
    "SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0; SET LOCAL min_parallel_table_scan_size = 0"
)
# The search index takes what a batch writes in larger portions than it takes from single saves. A save that finds one
# waiting brings it in: 0.3 s, once.
SEARCH_INDEX_IN_PORTIONS = "SET LOCAL gin_pending_list_limit = '64MB'"
_NAME = re.compile(r"^staging_(\d+)_[a-z0-9_]+$")


@dataclass(frozen=True)
class Tables:
    """The names of the tables of one job.

    `raw` is the file's mapped columns as text, `checked` the error or the IDs of each row, `placed` which person it
    is about, for which `common` and `shared` are made on the way. They can be made again from the file. `result`
    cannot: it says which rows are done and is logged.
    """

    job_id: int

    @property
    def raw(self) -> str:
        return f"staging_{self.job_id}_raw"

    @property
    def checked(self) -> str:
        return f"staging_{self.job_id}_checked"

    @property
    def placed(self) -> str:
        return f"staging_{self.job_id}_placed"

    @property
    def common(self) -> str:
        return f"staging_{self.job_id}_common"

    @property
    def shared(self) -> str:
        return f"staging_{self.job_id}_shared"

    @property
    def result(self) -> str:
        return f"staging_{self.job_id}_result"

    def spelt(self, place: int) -> str:
        """The values of one column that only Python can judge."""
        return f"staging_{self.job_id}_spelt{place}"

    def drop(self) -> None:
        """Removes all of them."""
        _drop([name for name, job_id in _all() if job_id == self.job_id])


type Parameters = Sequence[str | int | datetime | list[int] | None]


def run_sql(sql: str, params: Parameters | None = None) -> None:
    """One statement that answers nothing."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def make_temporary(name: str, definition: str) -> None:
    """A table for the current transaction: a SELECT, or its columns in parentheses. One of that name is replaced."""
    run_sql(f"DROP TABLE IF EXISTS pg_temp.{name}")
    with_columns = definition.startswith("(")
    run_sql(
        f"CREATE TEMP TABLE {name} {definition if with_columns else ''} ON COMMIT DROP"
        f"{'' if with_columns else f' AS {definition}'}"
    )


def fetch(sql: str, params: Parameters | None = None) -> list[tuple[object, ...]]:
    """The rows of one statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[object, ...]] = cursor.fetchall()
        return rows


def drop_orphans() -> int:
    """Drops the tables of jobs that are finished or gone, left by a process that died; returns how many."""
    tables = _all()
    open_jobs = set(
        Job._base_manager.filter(  # noqa: SLF001  # of every workspace
            pk__in={job_id for _, job_id in tables}, state__in=(Job.State.QUEUED, Job.State.RUNNING)
        ).values_list("pk", flat=True)
    )
    orphans = [name for name, job_id in tables if job_id not in open_jobs]
    _drop(orphans)
    return len(orphans)


def _all() -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'staging\\_%%'"
            " AND relnamespace = current_schema()::regnamespace"
        )
        names = [row[0] for row in cursor.fetchall()]
    return [(name, int(match[1])) for name in names if (match := _NAME.match(name))]


def _drop(names: list[str]) -> None:
    if names:
        with transaction.atomic():
            run_sql(f"DROP TABLE IF EXISTS {', '.join(sorted(names))}")
