"""Membership of static segments: fixed lists that change only when somebody adds or removes users."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from segments import membership, queue
from segments.membership import Move
from segments.models import Segment, SegmentMember, SegmentTransition
from user360.tenancy import current_workspace_id

# Members that are there already are left out by what RETURNING gives; a row count would not tell (SCALE rule 3).
_ADD = """
INSERT INTO segment_member (segment_id, profile_id, workspace_id, entered_at)
SELECT %s, id, %s, %s FROM unnest(%s::bigint[]) AS added (id) ON CONFLICT DO NOTHING RETURNING profile_id
"""


@transaction.atomic
def add_members(*, segment: Segment, profile_ids: Iterable[int]) -> int:
    """Adds users of this workspace to a static segment; returns how many were not in it yet.

    Meant to be called with the ids of one batch, in the transaction of the batch.
    """
    _check_static(segment)
    ids = sorted(set(profile_ids))
    workspace_id, now = current_workspace_id(), timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [segment.pk, workspace_id, now, ids])
        added = [row[0] for row in cursor.fetchall()]
    if added:
        moves = [Move(segment.pk, profile_id, SegmentTransition.Cause.BY_HAND) for profile_id in added]
        membership.record(workspace_id=workspace_id, at=now, moves=moves, entered=True)
        Segment.objects.filter(pk=segment.pk).update(size=F("size") + len(added), changed_at=now)
        # Dynamic segments may read this one.
        queue.enqueue(workspace_id=workspace_id, profile_ids=added, cause=SegmentTransition.Cause.DATA)
    return len(added)


@transaction.atomic
def remove_members(*, segment: Segment, profile_ids: Iterable[int]) -> int:
    """Takes users out of a static segment; returns how many were in it."""
    _check_static(segment)
    workspace_id, now = current_workspace_id(), timezone.now()
    # Removing and adding the same users at once would otherwise count some of them twice.
    membership.lock(workspace_id)
    members = SegmentMember.objects.filter(segment_id=segment.pk, profile_id__in=list(profile_ids))
    ids = sorted(members.values_list("profile_id", flat=True))
    leaving = [Move(segment.pk, profile_id, SegmentTransition.Cause.BY_HAND) for profile_id in ids]
    membership.move(workspace_id=workspace_id, at=now, entering=[], leaving=leaving)
    queue.enqueue(workspace_id=workspace_id, profile_ids=ids, cause=SegmentTransition.Cause.DATA)
    return len(ids)


def _check_static(segment: Segment) -> None:
    if segment.is_dynamic:
        raise ValueError(f"The members of {segment.name} follow from its conditions.")
