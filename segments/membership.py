"""Writing who is in which segment: memberships, their history and the sizes, in one transaction of the caller.

Everything that evaluates a workspace's segments holds the workspace's lock. Two at once could each decide by what
they read and then write in the other order, and the older answer would stay.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db import connection

# First half of the advisory lock's key; the second is the workspace.
LOCK_CLASS = 360_001

_INSERT = """
INSERT INTO segment_member (segment_id, profile_id, workspace_id, entered_at)
SELECT segment_id, profile_id, %s, %s FROM unnest(%s::int[], %s::bigint[]) AS entered (segment_id, profile_id)
"""
_DELETE = """
DELETE FROM segment_member USING unnest(%s::int[], %s::bigint[]) AS gone (segment_id, profile_id)
WHERE segment_member.segment_id = gone.segment_id AND segment_member.profile_id = gone.profile_id
"""
_RECORD = """
INSERT INTO segment_transition (segment_id, profile_id, cause, workspace_id, at, entered)
SELECT segment_id, profile_id, cause, %s, %s, %s
FROM unnest(%s::int[], %s::bigint[], %s::text[]) AS moved (segment_id, profile_id, cause)
"""
_RESIZE = """
UPDATE segment SET size = size + change, changed_at = %s
FROM unnest(%s::int[], %s::bigint[]) AS resized (segment_id, change) WHERE segment.id = resized.segment_id
"""


class Move(NamedTuple):
    """One profile enters or leaves one segment."""

    segment_id: int
    profile_id: int
    cause: str


def lock(workspace_id: int) -> None:
    """Waits until nobody else evaluates segments of the workspace; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_CLASS, workspace_id])


def try_lock(workspace_id: int) -> bool:
    """The lock if it is free; False when somebody else evaluates segments of the workspace."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK_CLASS, workspace_id])
        return bool(cursor.fetchone()[0])


def move(*, workspace_id: int, at: dt.datetime, entering: Iterable[Move], leaving: Iterable[Move]) -> None:
    """Writes the memberships, a transition for each, and the new sizes.

    Who enters must not be a member yet, and who leaves must be one: the caller has compared under the lock.
    """
    entering, leaving = list(entering), list(leaving)
    with connection.cursor() as cursor:
        if entering:
            segment_ids, profile_ids, _ = _columns(entering)
            cursor.execute(_INSERT, [workspace_id, at, segment_ids, profile_ids])
        if leaving:
            segment_ids, profile_ids, _ = _columns(leaving)
            cursor.execute(_DELETE, [segment_ids, profile_ids])
    record(workspace_id=workspace_id, at=at, moves=entering, entered=True)
    record(workspace_id=workspace_id, at=at, moves=leaving, entered=False)
    change = Counter(one.segment_id for one in entering)
    change.subtract(one.segment_id for one in leaving)
    if change:
        with connection.cursor() as cursor:
            cursor.execute(_RESIZE, [at, list(change.keys()), list(change.values())])


def record(*, workspace_id: int, at: dt.datetime, moves: Sequence[Move], entered: bool) -> None:
    """Adds a transition for each move."""
    if moves:
        with connection.cursor() as cursor:
            cursor.execute(_RECORD, [workspace_id, at, entered, *_columns(moves)])


def _columns(moves: Sequence[Move]) -> tuple[list[int], list[int], list[str]]:
    segment_ids, profile_ids, causes = zip(*moves, strict=True)
    return list(segment_ids), list(profile_ids), list(causes)
