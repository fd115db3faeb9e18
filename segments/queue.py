"""The queue of profiles whose segments are to be looked at again.

Rows are written in the transaction of the write they tell of, so a profile is evaluated if and only if the write was
committed. Taking rows out belongs to the transaction that writes the memberships, so a killed worker loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

import structlog
from celery import current_app
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from segments.models import SegmentTransition, TouchedProfile

log = structlog.get_logger(__name__)

Cause = SegmentTransition.Cause
# One message a workspace within this many seconds; the scheduler looks at the queue as well.
DEBOUNCE = 1

_ENQUEUE = """
INSERT INTO touched_profile (workspace_id, profile_id, cause, queued_at)
SELECT %s, profile_id, %s, %s FROM unnest(%s::bigint[]) AS touched (profile_id)
"""
_CLAIM = """
DELETE FROM touched_profile WHERE id = ANY(ARRAY(
  SELECT id FROM touched_profile WHERE workspace_id = %s ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
)) RETURNING profile_id, cause
"""


def on_profiles_touched(*, workspace_id: int, profile_ids: Sequence[int], **_: object) -> None:
    """Receives `profiles_touched`, inside the transaction of the write."""
    enqueue(workspace_id=workspace_id, profile_ids=profile_ids, cause=Cause.DATA)


def enqueue(*, workspace_id: int, profile_ids: Iterable[int], cause: str) -> None:
    """Queues the profiles in the caller's transaction and, once it commits, tells a worker."""
    ids = list(profile_ids)
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(_ENQUEUE, [workspace_id, cause, timezone.now(), ids])
    transaction.on_commit(partial(nudge, workspace_id), robust=True)


def nudge(workspace_id: int) -> None:
    """Tells a worker to drain the workspace's queue, unless one was told just now.

    A broker that is away only delays the work until the scheduler looks at the queue.
    """
    try:
        if cache.add(_nudge_key(workspace_id), 1, timeout=DEBOUNCE):
            current_app.send_task("segments.drain", args=[workspace_id], retry=False)
    except (BrokerError, RedisError, OSError):
        log.warning("segments_nudge_failed", workspace=workspace_id)


def answered(workspace_id: int) -> None:
    """A worker has begun to drain: what is queued from now on needs another message."""
    try:
        cache.delete(_nudge_key(workspace_id))
    except (RedisError, OSError):
        log.warning("segments_nudge_failed", workspace=workspace_id)


def claim(*, workspace_id: int, limit: int) -> dict[int, str]:
    """Takes up to `limit` rows out of the queue, oldest first: profile id → cause (a change outweighs time)."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [workspace_id, limit])
        rows = cursor.fetchall()
    causes: dict[int, str] = {}
    for profile_id, cause in rows:
        if causes.get(profile_id) != Cause.DATA:
            causes[profile_id] = cause
    return causes


def waiting_workspace_ids() -> list[int]:
    """The workspaces with something in their queue, whatever the current scope."""
    everything = TouchedProfile._base_manager  # noqa: SLF001  # the scheduler works for all workspaces
    # A skip scan by hand: one index look-up a workspace, however long the queue.
    found: list[int] = []
    while True:
        rest = everything.filter(workspace_id__gt=found[-1]) if found else everything.all()
        least = rest.order_by("workspace_id", "id").values_list("workspace_id", flat=True).first()
        if least is None:
            return found
        found.append(least)


def _nudge_key(workspace_id: int) -> str:
    return f"segments:nudged:{workspace_id}"
