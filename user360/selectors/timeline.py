"""What happened to one user, newest first: changes, events, and what layers above add."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter

from django.utils import timezone

from user360.models import Change, Event, Profile
from user360.property_types import PROPERTY_TYPES
from user360.selectors.changes import describe_changes
from user360.selectors.details import Viewer
from user360.selectors.entries import Difference, Entry, Place, newest

PAGE = 50
# Of an event's properties so many short ones stand beside its name.
IN_BRIEF, BRIEF_LENGTH = 2, 40

# Reads at most so many entries of a user that are older than a place.
type Reader = Callable[[Profile, Viewer, Place | None, int], Sequence[Entry]]


@dataclass(frozen=True)
class Kind:
    """A kind of record that the timeline can be narrowed to, and the permission to see it if it asks for one."""

    key: str
    label: str
    read: Reader
    permission: str = ""

    def open_to(self, viewer: Viewer) -> bool:
        """Whether the member may see records of this kind."""
        return not self.permission or self.permission in viewer.permissions


def _changes(*kinds: str) -> Reader:
    def read(profile: Profile, viewer: Viewer, place: Place | None, count: int) -> Sequence[Entry]:
        rows = Change.objects.filter(profile_id=profile.pk, kind__in=kinds)
        return describe_changes(newest(rows, place, count), viewer)

    return read


def _events(profile: Profile, viewer: Viewer, place: Place | None, count: int) -> Sequence[Entry]:
    return [_event(event, viewer) for event in newest(Event.objects.filter(profile_id=profile.pk), place, count)]


def _event(event: Event, viewer: Viewer) -> Entry:
    said = [Difference(key, "", _plain(value)) for key, value in sorted(event.properties.items())]
    brief = ", ".join(f"{one.label} {one.after}" for one in said[:IN_BRIEF] if len(one.after) <= BRIEF_LENGTH)
    return Entry(
        at=event.at,
        id=event.id,
        icon="bolt",
        summary=f"{event.name} · {brief}" if brief else event.name,
        cause=" · ".join(filter(None, (event.channel, viewer.sources.get(event.source_id or 0)))),
        differences=said,
    )


def _plain(value: object) -> str:
    return "true" if value is True else "false" if value is False else "" if value is None else str(value)


KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("events", "Events", _events),
        Kind("changes", "Changes", _changes(Change.Kind.CREATED, Change.Kind.UPDATED)),
        Kind("tags", "Tags", _changes(Change.Kind.TAG_ADDED, Change.Kind.TAG_REMOVED)),
    )
}


def register_timeline(kind: Kind) -> None:
    """Adds a kind of record; called from `AppConfig.ready()`."""
    KINDS[kind.key] = kind


@dataclass(frozen=True)
class Timeline:
    """Entries of one page by day, newest first, and the place where the next page begins, empty at the end."""

    days: Sequence[tuple[str, Sequence[Entry]]]
    older: str


def timeline(profile: Profile, viewer: Viewer, *, kind: str = "", before: str = "", count: int = PAGE) -> Timeline:
    """A page of the user's history, of one kind or of all; `before` is the `older` of the page above."""
    place = Place.read(before)
    kinds = {one.key: one for one in KINDS.values() if one.open_to(viewer)}
    wanted = [kinds[kind]] if kind in kinds else list(kinds.values())
    found = [entry for one in wanted for entry in one.read(profile, viewer, place, count + 1)]
    found.sort(key=lambda entry: (entry.at, entry.id), reverse=True)
    shown, more = found[:count], len(found) > count
    local = [replace(entry, at=entry.at.astimezone(viewer.display.time_zone)) for entry in shown]
    days = [(_day(day, viewer), list(entries)) for day, entries in groupby(local, key=lambda entry: entry.at.date())]
    return Timeline(days, Place(*attrgetter("at", "id")(shown[-1])).text() if more else "")


def _day(day: dt.date, viewer: Viewer) -> str:
    today = timezone.localdate(timezone=viewer.display.time_zone)
    near = {0: "Today", 1: "Yesterday"}.get((today - day).days)
    return near or PROPERTY_TYPES["date"].format(day, viewer.display)
