"""Comparing every profile with a segment's definition and writing the difference, never deleting and filling anew.

The profiles are gone through in ranges of their ids, a transaction each, so that the live evaluation of the same
workspace waits for one range at most and a killed worker goes on with the next.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from segments import definitions, membership
from segments.definitions import Definition, Plan
from segments.membership import Move
from segments.models import Segment, SegmentMember, SegmentTransition
from user360.conditions import live_profiles, matching
from user360.models import Job, Profile, Workspace
from user360.services import jobs
from user360.tenancy import current_workspace, current_workspace_id

REFRESH_JOB = "refresh_segment"
# Profiles a transaction: about a quarter of a second of work, so that live evaluation still keeps its two seconds.
RANGE = 100_000

Cause = SegmentTransition.Cause
State = Segment.State


class Superseded(Exception):  # noqa: N818  # somebody edited or archived the segment meanwhile: not a defect
    """The definition that was being applied is no longer the segment's."""


@dataclass(frozen=True)
class Difference:
    """What a rebuild has changed, in users."""

    entered: int = 0
    left: int = 0

    def __add__(self, other: Difference) -> Difference:
        return Difference(self.entered + other.entered, self.left + other.left)


def enqueue(*, segment: Segment, actor: User | None) -> Job:
    """Starts the job that rebuilds the segment, and says on the segment that it is on its way."""
    Segment.objects.filter(pk=segment.pk).update(state=State.REFRESHING, error="")
    segment.state, segment.error = State.REFRESHING, ""
    params = {"segment": segment.pk, "version": segment.conditions_version}
    return jobs.enqueue(kind=REFRESH_JOB, subject=segment.name, actor=actor, params=params)


def run_job(run: jobs.JobRun) -> None:
    """The job "Segment refresh"."""
    segment = Segment.objects.filter(pk=run.job.params["segment"]).first()
    if segment is None:
        raise jobs.JobRefused("The segment is no longer there.")
    if segment.conditions_version != run.job.params["version"]:
        # Edited since, which started a refresh of its own.
        return
    try:
        difference = rebuild(segment, run=run)
    except (OperationalError, InterfaceError, jobs.LeaseLost):
        raise
    except Superseded:
        difference = Difference()
    except jobs.JobCancelled:
        definitions.mark_failed(segment.pk, "The refresh was cancelled. It will be tried again.")
        raise
    except Exception:
        definitions.mark_failed(segment.pk, "The refresh broke. It will be tried again.")
        raise
    segment.refresh_from_db()
    if segment.state == State.FAILED:
        raise jobs.JobRefused(segment.error)
    run.finish_with({"entered": difference.entered, "left": difference.left, "size": segment.size})


def refresh_now(segment: Segment) -> Difference:
    """Rebuilds the segment while the caller waits; what keeps it from being evaluated is said on the segment."""
    Segment.objects.filter(pk=segment.pk).update(state=State.REFRESHING, error="")
    try:
        return rebuild(segment)
    except Superseded:
        return Difference()


def rebuild(segment: Segment, *, run: jobs.JobRun | None = None) -> Difference:
    """Compares all profiles with the segment's definition; goes on from the job's checkpoint when it has one.

    A definition that cannot be applied leaves the members as they are and says so on the segment.
    Raises Superseded when the definition changes or fails on the way.
    """
    try:
        done = _rebuild_ranges(segment, run)
        _finish(segment)
    except Superseded:
        # The transaction that found the definition broken was given up; this says it on the segment for good.
        definitions.load()
        raise
    return done


def _rebuild_ranges(segment: Segment, run: jobs.JobRun | None) -> Difference:
    state = run.job.checkpoint if run is not None else {}
    done = Difference(state.get("entered", 0), state.get("left", 0))
    above, handled = state.get("above", 0), run.job.processed if run is not None else 0
    total = live_profiles().count()
    for lower, upper, count in ranges(current_workspace(), above=above):
        with transaction.atomic():
            done += _rebuild_range(segment, lower, upper)
            handled += count
            if run is not None:
                counts = {"entered": done.entered, "left": done.left}
                run.checkpoint(counts | {"above": upper}, processed=handled, total=max(total, handled), counts=counts)
        if run is not None:
            run.stop_if_cancelled()
    return done


def ranges(workspace: Workspace, *, above: int = 0, size: int = RANGE) -> Iterator[tuple[int, int, int]]:
    """(above, up to, how many) of ids that together hold all profiles of the workspace, in order."""
    while True:
        ids = Profile.objects.filter(workspace_id=workspace.pk, id__gt=above).order_by("id").values("id")[:size]
        with connection.cursor() as cursor:
            sql, parameters = ids.query.sql_with_params()
            cursor.execute(f"SELECT max(id), count(*) FROM ({sql}) AS profiles", parameters)  # noqa: S608  # the ORM's
            upper, count = cursor.fetchone()
        if upper is None:
            return
        yield above, upper, count
        above = upper


def _rebuild_range(segment: Segment, lower: int, upper: int) -> Difference:
    """One range: the segment, then the segments that read it."""
    membership.lock(current_workspace_id())
    now = timezone.now()
    plan = definitions.load()
    current = _current(plan, segment)
    difference = compare_range(current, lower, upper, now=now, cause=Cause.DEFINITION)
    for dependant in plan.dependants(current):
        compare_range(dependant, lower, upper, now=now, cause=Cause.DEFINITION)
    return difference


def _current(plan: Plan, segment: Segment) -> Definition:
    """The segment's definition if it still is the one that is being applied; raises Superseded."""
    current = plan.of(segment)
    if current is None or current.version != segment.conditions_version:
        raise Superseded
    return current


def compare_range(definition: Definition, lower: int, upper: int, *, now: dt.datetime, cause: str) -> Difference:
    """Brings the segment's membership of profiles with lower < id ≤ upper in line. Needs the lock.

    A segment that cannot be evaluated is marked so and stays as it is.
    """
    try:
        with transaction.atomic():
            return _compare(definition, lower, upper, now, cause)
    except (OperationalError, InterfaceError):
        raise
    except DatabaseError as error:
        definitions.mark_failed(definition.segment_id, definitions.sentence_of(error))
        return Difference()


def _compare(definition: Definition, lower: int, upper: int, now: dt.datetime, cause: str) -> Difference:
    live = live_profiles().filter(definition.expression(now))
    members = SegmentMember.objects.filter(segment_id=definition.segment_id)
    entering = (
        matching(definition.node, now=now)
        .filter(id__gt=lower, id__lte=upper)
        .filter(~Exists(members.filter(profile_id=OuterRef("pk"))))
        .order_by()
        .values_list("id", flat=True)
    )
    leaving = (
        members.filter(profile_id__gt=lower, profile_id__lte=upper)
        .filter(~Exists(live.filter(pk=OuterRef("profile_id"))))
        .values_list("profile_id", flat=True)
    )
    moves = _moves(definition, entering, cause), _moves(definition, leaving, cause)
    workspace_id = current_workspace_id()
    membership.move(workspace_id=workspace_id, at=now, entering=moves[0], leaving=moves[1])
    return Difference(len(moves[0]), len(moves[1]))


def _moves(definition: Definition, profile_ids: Iterable[int], cause: str) -> list[Move]:
    return [Move(definition.segment_id, profile_id, cause) for profile_id in profile_ids]


def _finish(segment: Segment) -> None:
    """Everything has been compared: the size is counted once more, and the segment is up to date."""
    with transaction.atomic():
        membership.lock(current_workspace_id())
        _current(definitions.load(), segment)
        size = SegmentMember.objects.filter(segment_id=segment.pk).count()
        Segment.objects.filter(pk=segment.pk).update(size=size)
        Segment.objects.filter(
            pk=segment.pk, conditions_version=segment.conditions_version, state=State.REFRESHING
        ).update(state=State.FRESH, refreshed_at=timezone.now())
