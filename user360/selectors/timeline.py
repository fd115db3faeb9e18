"""What happened to one user, newest first, out of the change rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Q

from user360.masking import mask
from user360.models import Change, IdentityType, Job, Profile, Property, Source, Tag
from user360.selectors.details import Viewer

PAGE = 50
# Kinds of the filter → kinds of change.
FILTERS: dict[str, tuple[str, ...]] = {
    "all": tuple(Change.Kind.values),
    "changes": (Change.Kind.CREATED, Change.Kind.UPDATED),
    "tags": (Change.Kind.TAG_ADDED, Change.Kind.TAG_REMOVED),
}
ICONS: dict[str, str] = {
    Change.Kind.CREATED: "user-plus",
    Change.Kind.UPDATED: "pencil",
    Change.Kind.TAG_ADDED: "tag",
    Change.Kind.TAG_REMOVED: "tag-off",
}


@dataclass(frozen=True)
class Difference:
    """One thing that changed: words and the values before and after, empty where unknown."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One record of the timeline."""

    at: dt.datetime
    icon: str
    summary: str
    cause: str
    differences: Sequence[Difference]


@dataclass(frozen=True)
class Timeline:
    """Entries of one page and the cursor of the next, empty at the end."""

    entries: Sequence[Entry]
    older: str


def timeline(profile: Profile, viewer: Viewer, *, kinds: str = "all", before: str = "") -> Timeline:
    """A page of the user's history; `before` is the cursor of the page above."""
    rows = Change.objects.filter(profile_id=profile.pk, kind__in=FILTERS.get(kinds, FILTERS["all"]))
    if (place := _cursor(before)) is not None:
        at, key = place
        rows = rows.filter(Q(at__lt=at) | Q(at=at, id__lt=key))
    found = list(rows.order_by("-at", "-id")[: PAGE + 1])
    words = _Words(found[:PAGE], viewer)
    older = found[PAGE - 1] if len(found) > PAGE else None
    return Timeline(
        [words.entry(change) for change in found[:PAGE]], f"{older.at.isoformat()}~{older.id}" if older else ""
    )


def _cursor(text: str) -> tuple[dt.datetime, UUID] | None:
    at, _, key = text.partition("~")
    try:
        moment = dt.datetime.fromisoformat(at)
        return (moment, UUID(key)) if moment.tzinfo else None
    except ValueError:
        return None


class _Words:
    """Turns changes into words, having read all names they mention at once."""

    def __init__(self, changes: Sequence[Change], viewer: Viewer) -> None:
        self.viewer = viewer
        self.properties: Mapping[str, Property] = {prop.key: prop for prop in Property.objects.all()}
        self.tags: Mapping[int, str] = dict(Tag.objects.values_list("pk", "name"))
        self.types: Mapping[str, IdentityType] = {kind.key: kind for kind in IdentityType.objects.all()}
        self.sources: Mapping[int, str] = dict(Source.objects.values_list("pk", "name"))
        self.people = User.objects.in_bulk({c.actor_id for c in changes if c.actor_id})
        self.jobs = Job.objects.in_bulk({c.job_id for c in changes if c.job_id})

    def entry(self, change: Change) -> Entry:
        differences = [*self._properties(change), *self._tags(change), *self._identities(change)]
        return Entry(
            change.at, ICONS[change.kind], self._summary(change, differences), self._cause(change), differences
        )

    def _summary(self, change: Change, differences: Sequence[Difference]) -> str:
        if change.kind == Change.Kind.CREATED:
            return "User created"
        if len(differences) == 1:
            return differences[0].label
        noun = "tags" if change.kind in FILTERS["tags"] else "properties"
        verb = {Change.Kind.TAG_ADDED: "added", Change.Kind.TAG_REMOVED: "removed"}.get(change.kind, "changed")  # type: ignore[call-overload]  # kinds are text
        return f"{len(differences)} {noun} {verb}"

    def _cause(self, change: Change) -> str:
        person = self.people.get(change.actor_id)
        if change.job_id in self.jobs:
            return f"by {self.jobs[change.job_id].subject}"
        if person is not None:
            return f"by {person.get_full_name() or person.email}"
        source = self.sources.get(change.source_id or 0, "")
        return f"from {source}" if source else ""

    def _properties(self, change: Change) -> list[Difference]:
        before, after = change.before.get("properties", {}), change.after.get("properties", {})
        return [
            Difference(self._label(key), self._value(key, before.get(key)), self._value(key, after.get(key)))
            for key in dict.fromkeys([*before, *after])
        ]

    def _label(self, key: str) -> str:
        return self.properties[key].label if key in self.properties else key

    def _value(self, key: str, stored: Any) -> str:
        if stored is None:
            return ""
        prop = self.properties.get(key)
        if prop is None:
            return str(stored)
        text = prop.kind.format(prop.kind.from_json(stored), self.viewer.display)
        return mask(prop.type, text) if prop.is_personal and not self.viewer.see_personal else text

    def _tags(self, change: Change) -> list[Difference]:
        gone = [Difference(self._tag(tag), value, "") for tag, value in change.before.get("tags", [])]
        return gone + [Difference(self._tag(tag), "", value) for tag, value in change.after.get("tags", [])]

    def _tag(self, key: int) -> str:
        return self.tags.get(key, "a tag")

    def _identities(self, change: Change) -> list[Difference]:
        return [self._identity(key, value) for key, _state, value in change.after.get("identities", [])]

    def _identity(self, key: str, value: str) -> Difference:
        kind = self.types.get(key)
        if kind is None:
            return Difference(key, "", value)
        hidden = kind.is_personal and not self.viewer.see_personal
        return Difference(kind.name, "", mask(kind.format, value) if hidden else value)
