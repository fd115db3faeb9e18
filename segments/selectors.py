"""What the pages and commands ask about segments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from segments import definitions
from segments.models import Segment, SegmentMember, SegmentTransition
from user360.conditions import live_profiles, matching
from user360.conditions.counting import time_limit
from user360.models import Profile
from user360.tenancy import current_workspace, current_workspace_id

SAMPLE = 8
RECENT = 20
HISTORY_DAYS = 30
TOTAL_AGE = 20
# A preview that takes longer says so instead of holding a connection.
PREVIEW_MILLISECONDS = 5_000


@dataclass(frozen=True)
class Preview:
    """What saving conditions would mean, exactly, in users; `seconds` is the time counting took."""

    count: int
    total: int
    entering: int
    leaving: int
    seconds: float
    sample: list[Profile] = field(default_factory=list)


@dataclass(frozen=True)
class DayOfHistory:
    """How many entered and left on a day of the workspace."""

    day: dt.date
    entered: int = 0
    left: int = 0


@dataclass(frozen=True)
class Membership:
    """One segment of one profile."""

    segment: Segment
    entered_at: dt.datetime


@dataclass(frozen=True)
class Passage:
    """Somebody entered or left. `profile` is None when the user is gone."""

    at: dt.datetime
    entered: bool
    cause: str
    profile_id: int
    profile: Profile | None


def found(*, search: str = "", archived: bool = False) -> QuerySet[Segment]:
    """The segments in use, or the archived ones, whose name or description has the words."""
    segments: QuerySet[Segment] = Segment.objects.filter(archived_at__isnull=not archived)
    for word in search.split():
        segments = segments.filter(Q(name__icontains=word) | Q(description__icontains=word))
    return segments


def count_matching(conditions: Mapping[str, Any]) -> int:
    """How many users meet the conditions now, exactly. Raises ConditionErrors."""
    return matching(definitions.check(conditions), now=timezone.now()).count()


def groups() -> list[tuple[str, str]]:
    """Slug and name of the segments in use, for the query bar of the user list."""
    return list(found().values_list("slug", "name"))


def total_users() -> int:
    """How many users the workspace has; up to TOTAL_AGE seconds old, since it stands beside every list."""
    key = f"segments:total:{current_workspace_id()}"
    total = cache.get(key)
    if total is None:
        total = live_profiles().count()
        cache.set(key, total, TOTAL_AGE)
    return int(total)


def preview(conditions: Mapping[str, Any], *, segment: Segment | None = None) -> Preview:
    """Counts what the conditions match and, against a segment's members, who would enter and leave.

    Raises ConditionErrors for the conditions, CountTimeout when counting takes too long.
    """
    begun = monotonic()
    node = definitions.check(conditions, slug=segment.slug if segment else None)
    matched = matching(node, now=timezone.now())
    with time_limit(PREVIEW_MILLISECONDS):
        count = matched.count()
        entering, leaving = count, 0
        if segment is not None:
            members = SegmentMember.objects.filter(segment_id=segment.pk)
            entering = matched.filter(~Exists(members.filter(profile_id=OuterRef("pk")))).count()
            leaving = members.count() - (count - entering)
        sample = list(matched.order_by("-id")[:SAMPLE])
        total = live_profiles().count()
    return Preview(count, total, entering, leaving, monotonic() - begun, sample)


def sample_of(segment: Segment) -> list[Profile]:
    """Some members."""
    ids = (
        SegmentMember.objects.filter(segment_id=segment.pk)
        .order_by("-profile_id")
        .values_list("profile_id", flat=True)
    )
    return list(live_profiles().filter(pk__in=list(ids[:SAMPLE])).order_by("-pk"))


def recent(segment: Segment) -> list[Passage]:
    """Who entered and left last, newest first."""
    rows = list(SegmentTransition.objects.filter(segment_id=segment.pk).order_by("-at", "-id")[:RECENT])
    profiles = live_profiles().in_bulk([row.profile_id for row in rows])
    return [
        Passage(row.at, row.entered, row.get_cause_display(), row.profile_id, profiles.get(row.profile_id))
        for row in rows
    ]


def history(segment: Segment) -> list[DayOfHistory]:
    """The last HISTORY_DAYS days of the workspace, every one of them, oldest first."""
    zone = current_workspace().zone
    today = timezone.localdate(timezone=zone)
    first = today - dt.timedelta(days=HISTORY_DAYS - 1)
    since = dt.datetime.combine(first, dt.time(), tzinfo=zone)
    rows = (
        SegmentTransition.objects.filter(segment_id=segment.pk, at__gte=since)
        .annotate(day=TruncDate("at", tzinfo=zone))
        .values_list("day")
        .annotate(came=Count("profile_id", filter=Q(entered=True)), left=Count("profile_id", filter=Q(entered=False)))
    )
    by_day = {day: DayOfHistory(day, entered, left) for day, entered, left in rows}
    days = (first + dt.timedelta(days=offset) for offset in range(HISTORY_DAYS))
    return [by_day.get(day, DayOfHistory(day)) for day in days]


def memberships_of(profile_id: int) -> list[Membership]:
    """The segments in use that the profile is in, by name."""
    entered = dict(SegmentMember.objects.filter(profile_id=profile_id).values_list("segment_id", "entered_at"))
    segments = Segment.objects.filter(pk__in=list(entered), archived_at=None)
    return [Membership(segment, entered[segment.pk]) for segment in segments]


def others_than_of(profile_id: int) -> list[Segment]:
    """The dynamic segments in use that the profile is not in, by name."""
    inside = SegmentMember.objects.filter(profile_id=profile_id).values_list("segment_id", flat=True)
    segments = Segment.objects.filter(archived_at=None, kind=Segment.Kind.DYNAMIC)
    present = set(inside)
    return [segment for segment in segments if segment.pk not in present]
