"""What tests of segments do over and over."""

from typing import Any

from django.utils import timezone

from segments import definitions, evaluation
from segments.models import Segment, SegmentMember, SegmentTransition
from user360.conditions import matching
from user360.models import Profile, Workspace
from user360.signals import profiles_touched


def touch(*profiles: Profile) -> None:
    """Tells that these profiles were written."""
    ids = [profile.pk for profile in profiles]
    profiles_touched.send(sender=Profile, workspace_id=profiles[0].workspace_id, profile_ids=ids)


def change(profile: Profile, **values: Any) -> None:
    """Writes values to a profile and tells of it."""
    Profile.objects.filter(pk=profile.pk).update(**values)
    touch(profile)


def drain(workspace: Workspace) -> int:
    """What a worker does."""
    return evaluation.drain(workspace)


def members(segment: Segment) -> set[int]:
    """Who is in it, by id."""
    return set(SegmentMember.objects.filter(segment_id=segment.pk).values_list("profile_id", flat=True))


def matched(segment: Segment, now: Any = None) -> set[int]:
    """Who should be in it: its conditions asked of everybody."""
    node = definitions.check(segment.conditions)
    return set(matching(node, now=now or timezone.now()).values_list("pk", flat=True))


def replayed(segment: Segment) -> set[int]:
    """Who is in it by its history alone; every entering and leaving must have been possible."""
    inside: set[int] = set()
    for row in SegmentTransition.objects.filter(segment_id=segment.pk).order_by("at", "id"):
        assert row.entered is (row.profile_id not in inside)
        inside ^= {row.profile_id}
    return inside
