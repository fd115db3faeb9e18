"""The leaf `{"segment": SLUG, "op": "in" | "not_in"}`. Membership is read, never worked out again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from segments.models import Segment, SegmentMember
from user360.conditions.place import Place
from user360.conditions.predicates import Predicate, Rows, opposite
from user360.conditions.tree import Evidence, Leaf, Words
from user360.models import Profile
from user360.property_types import DisplayContext

OPERATORS = {"in": "is in", "not_in": "is not in"}


@dataclass(frozen=True)
class SegmentLeaf(Leaf):
    """Whether a profile is in another segment."""

    op: str
    slug: str
    segment_id: int
    name: str

    def dump(self) -> dict[str, Any]:
        """As CONTRACT 3 has it."""
        return {"segment": self.slug, "op": self.op}

    def predicate(self, now: dt.datetime) -> Predicate:  # noqa: ARG002  # the other segment has its own evaluation
        """The other segment's members, or everybody else."""
        # The segment implies the workspace; without asking for it the index alone answers.
        members = Rows(SegmentMember._base_manager.filter(segment_id=self.segment_id), unique=True)  # noqa: SLF001
        return members if self.op == "in" else opposite(members)

    def words(self, display: DisplayContext) -> Words:  # noqa: ARG002  # a name is the same everywhere
        """`Segment is in VIP`."""
        return Words("Segment", OPERATORS[self.op], self.name)

    def evidence(self, profile: Profile, *, now: dt.datetime, display: DisplayContext) -> Evidence:  # noqa: ARG002
        """Since when the profile has been in the other segment."""
        member = SegmentMember.objects.filter(segment_id=self.segment_id, profile_id=profile.pk).first()
        if member is None:
            return Evidence()
        since = member.entered_at.astimezone(display.time_zone)
        return Evidence((f"in {self.name} since {since.day} {since:%b %Y, %H:%M}",))


def parse_segment_leaf(raw: dict[str, object], place: Place) -> SegmentLeaf | None:
    """Reads the leaf; notes an unknown segment. An archived one can still be read: it shows who was in it."""
    if place.fields(raw, ("segment", "op")) is None:
        return None
    slug, op = place.at("segment").name(raw["segment"]), raw["op"]
    if not isinstance(op, str) or op not in OPERATORS:
        place.at("op").refuse("unknown_operator", f"A segment has the operators {' and '.join(OPERATORS)}")
        return None
    if slug is None:
        return None
    segments = place.schema.remember("segments", _segments_by_slug)
    segment = segments.get(slug)
    if segment is None:
        place.at("segment").refuse("unknown_segment", f"There is no segment “{slug[:80]}”")
        return None
    return SegmentLeaf(place.path, place.schema.zone, str(op), slug, segment.pk, segment.name)


def _segments_by_slug() -> dict[str, Segment]:
    return {segment.slug: segment for segment in Segment.objects.all()}
