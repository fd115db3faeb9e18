"""Entering and leaving segments as records of a user's timeline."""

from collections.abc import Sequence

from django.urls import reverse

from segments.models import Segment, SegmentTransition
from user360.models import Profile
from user360.selectors.details import Viewer
from user360.selectors.entries import Entry, Place, newest
from user360.selectors.timeline import Kind
from user360.tenancy import current_workspace


def read(profile: Profile, _viewer: Viewer, place: Place | None, count: int) -> Sequence[Entry]:
    """The user's transitions before a place, newest first, as the timeline asks for them."""
    found = newest(SegmentTransition.objects.filter(profile_id=profile.pk), place, count)
    segments = Segment.objects.in_bulk({one.segment_id for one in found}) if found else {}
    return [_entry(one, segments.get(one.segment_id)) for one in found]


def _entry(transition: SegmentTransition, segment: Segment | None) -> Entry:
    slug, name = current_workspace().slug, segment.name if segment else "a segment since deleted"
    return Entry(
        at=transition.at,
        id=transition.id,
        icon="chart-pie" if transition.entered else "chart-pie-off",
        summary=f"{'Entered' if transition.entered else 'Left'} {name}",
        cause=transition.get_cause_display().lower(),
        address=reverse("segments:segment", args=[slug, segment.slug]) if segment else "",
    )


SEGMENTS = Kind("segments", "Segments", read, permission="insight.segments.view")
