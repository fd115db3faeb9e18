"""Live membership: the queue is drained in batches, all dynamic segments of the workspace at once.

A batch is one transaction: rows out of the queue, memberships, transitions, sizes. Segments that read other segments
come after those, within the same batch, so that everything is stable when the batch commits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from time import monotonic

import structlog
from django.contrib.postgres.fields import ArrayField
from django.db import DatabaseError, InterfaceError, OperationalError, connection, models, transaction
from django.db.models import Case, F, Func, Value, When
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from segments import definitions, membership, queue
from segments.definitions import Definition
from segments.membership import Move
from segments.models import SegmentMember
from user360.conditions import live_profiles
from user360.models import Workspace
from user360.tenancy import workspace_scope

log = structlog.get_logger(__name__)

BATCH = 2_000
# A drain ends after this many seconds and asks for another, so that no workspace keeps a worker to itself.
TURN_SECONDS = 10.0
# Somebody else evaluating this workspace is given so long to finish; the scheduler comes again.
LOCK_TIMEOUT = "2s"


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
    ids = list(causes)
    for level in definitions.load().levels:
        wanted = _matching(level, ids, now)
        checked = {definition.segment_id for definition in level if definition.segment_id in wanted}
        members = set(
            SegmentMember.objects.filter(AnyOf("profile_id", ids), segment_id__in=checked).values_list(
                "segment_id", "profile_id"
            )
        )
        matching = {(segment_id, profile_id) for segment_id in checked for profile_id in wanted[segment_id]}
        membership.move(
            workspace_id=workspace.pk,
            at=now,
            entering=[Move(segment, profile, causes[profile]) for segment, profile in sorted(matching - members)],
            leaving=[Move(segment, profile, causes[profile]) for segment, profile in sorted(members - matching)],
        )


def _matching(level: Sequence[Definition], ids: Sequence[int], now: dt.datetime) -> dict[int, list[int]]:
    """Segment id → those of the profiles that meet its conditions. A segment that cannot be evaluated is left out."""
    try:
        with transaction.atomic():
            return _ask(level, ids, now)
    except (OperationalError, InterfaceError):
        raise
    except DatabaseError as error:
        if len(level) == 1:
            definitions.mark_failed(level[0].segment_id, definitions.sentence_of(error))
            return {}
    log.warning("segments_evaluated_one_by_one", count=len(level))
    found: dict[int, list[int]] = {}
    for definition in level:
        found |= _matching([definition], ids, now)
    return found


def _ask(level: Sequence[Definition], ids: Sequence[int], now: dt.datetime) -> dict[int, list[int]]:
    cases = [
        Case(When(definition.expression(now), then=Value(definition.segment_id)), output_field=models.IntegerField())
        for definition in level
    ]
    rows = live_profiles().filter(AnyOf("id", ids)).values_list("id", Holding(*cases))
    found: dict[int, list[int]] = {definition.segment_id: [] for definition in level}
    for profile_id, segment_ids in rows:
        for segment_id in segment_ids:
            found[segment_id].append(profile_id)
    return found


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
