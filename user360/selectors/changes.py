"""Change rows in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User

from user360.masking import mask
from user360.models import Change, Job
from user360.selectors.details import Viewer, full_name
from user360.selectors.entries import Difference, Entry

ICONS: dict[str, str] = {
    Change.Kind.CREATED: "user-plus",
    Change.Kind.UPDATED: "pencil",
    Change.Kind.TAG_ADDED: "tag",
    Change.Kind.TAG_REMOVED: "tag-off",
}
IMPORTED = "file-import"
VERBS: dict[str, str] = {Change.Kind.TAG_ADDED: "added", Change.Kind.TAG_REMOVED: "removed"}


def describe_changes(changes: Sequence[Change], viewer: Viewer) -> list[Entry]:
    """The changes as entries of a timeline, having read all names they mention at once."""
    words = _Words(changes, viewer) if changes else None
    return [words.entry(change) for change in changes] if words else []


class _Words:
    def __init__(self, changes: Sequence[Change], viewer: Viewer) -> None:
        self.viewer = viewer
        self.people = User.objects.in_bulk({change.actor_id for change in changes if change.actor_id})
        self.jobs = Job.objects.in_bulk({change.job_id for change in changes if change.job_id})

    def entry(self, change: Change) -> Entry:
        properties, tags = self._properties(change), self._tags(change)
        differences = [*properties, *tags, *self._identities(change)]
        job = self.jobs.get(change.job_id or 0)
        return Entry(
            at=change.at,
            id=change.id,
            icon=IMPORTED if job and change.kind == Change.Kind.UPDATED else ICONS[change.kind],
            summary=_summary(change, len(properties), len(tags)),
            cause=self._cause(change, job),
            differences=differences,
            only=differences[0] if len(differences) == 1 and change.kind != Change.Kind.CREATED else None,
            job_id=job.pk if job else None,
        )

    def _cause(self, change: Change, job: Job | None) -> str:
        person = self.people.get(change.actor_id or 0)
        source = self.viewer.sources.get(change.source_id or 0, "")
        if job is not None:
            return f"by {job.subject}"
        if person is not None:
            return f"by {full_name(person)}"
        return f"from {source}" if source else ""

    def _properties(self, change: Change) -> list[Difference]:
        before, after = change.before.get("properties", {}), change.after.get("properties", {})
        return [
            Difference(self._label(key), self._value(key, before.get(key)), self._value(key, after.get(key)))
            for key in dict.fromkeys([*before, *after])
        ]

    def _label(self, key: str) -> str:
        return self.viewer.properties[key].label if key in self.viewer.properties else key

    def _value(self, key: str, stored: Any) -> str:
        if stored is None:
            return ""
        prop = self.viewer.properties.get(key)
        return self.viewer.words(prop, prop.kind.from_json(stored)) if prop else str(stored)

    def _tags(self, change: Change) -> list[Difference]:
        gone = [Difference(self._tag(tag), value, "") for tag, value in change.before.get("tags", [])]
        return gone + [Difference(self._tag(tag), "", value) for tag, value in change.after.get("tags", [])]

    def _tag(self, key: int) -> str:
        return self.viewer.tag_names.get(key, "A tag since deleted")

    def _identities(self, change: Change) -> list[Difference]:
        gone = [self._identity(key, value, gone=True) for key, _, value in change.before.get("identities", [])]
        return gone + [self._identity(key, value) for key, _, value in change.after.get("identities", [])]

    def _identity(self, key: str, value: str, *, gone: bool = False) -> Difference:
        kind = self.viewer.id_types.get(key)
        hidden = kind is not None and kind.is_personal and not self.viewer.see_personal
        text = mask(kind.format, value) if kind and hidden else value
        name = kind.name if kind else key
        return Difference(name, text, "") if gone else Difference(name, "", text)


def _summary(change: Change, properties: int, tags: int) -> str:
    if change.kind == Change.Kind.CREATED:
        return "User created"
    verb = VERBS.get(change.kind, "changed")
    counted = ((properties, "property", "properties"), (tags, "tag", "tags"))
    parts = [f"{count} {one if count == 1 else many}" for count, one, many in counted if count]
    return f"{' and '.join(parts) or 'IDs'} {verb}"
