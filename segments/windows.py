"""Time alone: who enters or leaves a segment though nobody wrote anything.

Every tick asks the conditions with relative time whose answer changes between the last tick and now; those profiles
join the queue. The ticks of a workspace tile the time line without a gap, however late one comes.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from segments import definitions, queue, rebuild
from segments.models import Segment, SegmentTransition, WindowClock
from user360.conditions import flipped, moving_leaves
from user360.models import Job, Workspace
from user360.tenancy import workspace_scope

# Clocks of workers differ a little: each tick looks so far back behind the last one. Looking twice is harmless.
SKEW = timedelta(seconds=10)
# A segment whose evaluation broke is tried again after so long.
RETRY_AFTER = timedelta(minutes=5)

State = Segment.State


def tick(workspace: Workspace) -> int:
    """Queues the profiles whose answer has changed since the last tick; returns how many."""
    with workspace_scope(workspace), transaction.atomic():
        now = timezone.now()
        clock, _ = WindowClock.objects.get_or_create(workspace=workspace, defaults={"ticked_at": workspace.created_at})
        since = clock.ticked_at
        # Two schedulers at once: the row moves on once, and whoever comes second finds it moved.
        if since >= now or not WindowClock.objects.filter(pk=clock.pk, ticked_at=since).update(ticked_at=now):
            return 0
        changed: set[int] = set()
        for definition in definitions.load().definitions:
            if moving_leaves(definition.node):
                changed.update(flipped(definition.node, since=since - SKEW, until=now))
        queue.enqueue(workspace_id=workspace.pk, profile_ids=sorted(changed), cause=SegmentTransition.Cause.TIME)
        _retry_failed()
    return len(changed)


def _retry_failed() -> None:
    """Starts the refresh of failed segments again, those that are sound and were not tried just now."""
    recently = timezone.now() - RETRY_AFTER
    for segment in Segment.objects.filter(kind=Segment.Kind.DYNAMIC, archived_at=None, state=State.FAILED):
        tried = Job.objects.filter(kind=rebuild.REFRESH_JOB, params__segment=segment.pk, created_at__gt=recently)
        if not tried.exists() and definitions.is_sound(segment):
            rebuild.enqueue(segment=segment, actor=None)
