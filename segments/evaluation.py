"""Live membership: the queue is drained in batches, all dynamic segments of the workspace at once.

A batch is one transaction: rows out of the queue, memberships, transitions, sizes. Segments that read other segments
come after those, within the same batch, so that everything is stable when the batch commits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import monotonic

import structlog
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import DatabaseError, InterfaceError, OperationalError, connection, models, transaction
from django.db.models import Case, F, Func, OuterRef, Value, When
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from segments import definitions, membership, queue
from segments.definitions import Definition
from segments.membership import Move
from segments.models import SegmentMember
from user360.models import Profile, Workspace
from user360.tenancy import workspace_scope

log = structlog.get_logger(__name__)

# Larger batches cost less a profile, smaller ones are seen sooner; beyond this nothing is gained.
BATCH = 5_000
# A drain ends after this many seconds and asks for another, so that no workspace keeps a worker to itself.
TURN_SECONDS = 10.0
# Somebody else evaluating this workspace is given so long to finish; the scheduler comes again.
LOCK_TIMEOUT = "2s"


type Moves = list[Move]


class AnyOf(Func):
    """`column = ANY(ids)` with the ids as one parameter, however many."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = models.BooleanField()

    def __init__(self, column: str, ids: Collection[int]) -> None:
        super().__init__(F(column), Value(list(ids), output_field=ArrayField(models.BigIntegerField())))


class Holding(Func):
    """The array of those values whose condition holds."""

    template = "array_remove(ARRAY[%(expressions)s], NULL)"
    output_field = ArrayField(models.IntegerField())


def drain(workspace: Workspace) -> int:
    """Works through the workspace's queue until it is empty or the turn is over; returns how many were looked at."""
    until = monotonic() + TURN_SECONDS
    handled = 0
    with workspace_scope(workspace):
        while monotonic() < until:
            batch = drain_batch(workspace)
            handled += batch
            if not batch:
                return handled
    queue.nudge(workspace.pk)
    return handled


def drain_batch(workspace: Workspace, *, limit: int = BATCH) -> int:
    """One batch in one transaction; returns how many profiles it held, 0 when nothing waits or somebody is at it."""
    with transaction.atomic():
        if not _lock_soon(workspace.pk):
            return 0
        queue.answered(workspace.pk)
        causes = queue.claim(workspace_id=workspace.pk, limit=limit)
        if causes:
            # After the lock and the claim: what is read from here on includes every write that is in the batch.
            evaluate(workspace, causes, now=timezone.now())
    return len(causes)


def evaluate(workspace: Workspace, causes: Mapping[int, str], *, now: dt.datetime) -> None:
    """Brings the memberships of the profiles (id → cause) in line with all dynamic segments. Needs the lock."""
    for level in definitions.load().levels:
        entering, leaving = _differences(level, causes, now)
        membership.move(workspace_id=workspace.pk, at=now, entering=entering, leaving=leaving)


def _differences(level: Sequence[Definition], causes: Mapping[int, str], now: dt.datetime) -> tuple[Moves, Moves]:
    """Who has to enter and who has to leave. A segment that cannot be evaluated is marked so and left alone."""
    try:
        with transaction.atomic():
            return _compare(level, causes, now)
    except (OperationalError, InterfaceError):
        raise
    except DatabaseError as error:
        if len(level) == 1:
            definitions.mark_failed(level[0].segment_id, definitions.sentence_of(error))
            return [], []
    log.warning("segments_evaluated_one_by_one", count=len(level))
    entering: Moves = []
    leaving: Moves = []
    for definition in level:
        more = _differences([definition], causes, now)
        entering += more[0]
        leaving += more[1]
    return entering, leaving


def _compare(level: Sequence[Definition], causes: Mapping[int, str], now: dt.datetime) -> tuple[Moves, Moves]:
    """One statement: for each profile the segments it matches and those it is in."""
    cases = [
        Case(When(definition.expression(now), then=Value(definition.segment_id)), output_field=models.IntegerField())
        for definition in level
    ]
    # Without the scope's filter on the workspace, which the ids imply, the index alone answers.
    members = SegmentMember._base_manager.filter(  # noqa: SLF001
        profile_id=OuterRef("pk"), segment_id__in=[definition.segment_id for definition in level]
    )
    rows = Profile.objects.filter(AnyOf("id", list(causes))).values_list(
        "id", "deleted_at", Holding(*cases), ArraySubquery(members.values("segment_id"))
    )
    entering: Moves = []
    leaving: Moves = []
    with _few_rows():
        for profile_id, deleted_at, holding, inside in rows:
            wanted, present = set(() if deleted_at else holding), set(inside)
            if wanted != present:
                cause = causes[profile_id]
                entering += (Move(segment_id, profile_id, cause) for segment_id in wanted - present)
                leaving += (Move(segment_id, profile_id, cause) for segment_id in present - wanted)
    return entering, leaving


@contextmanager
def _few_rows() -> Iterator[None]:
    """Looks up what conditions ask of other tables profile by profile.

    With room for it in memory PostgreSQL would read a whole tag into a hash table to answer for a thousand profiles.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64kB'")
        yield
        cursor.execute("SET LOCAL work_mem = DEFAULT")


def _lock_soon(workspace_id: int) -> bool:
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
            membership.lock(workspace_id)
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = DEFAULT")
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            return False
        raise
    return True
