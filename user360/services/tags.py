"""Tagging profiles one at a time. What is given by hand is pinned: sources leave it alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from user360.models import Change, Profile, ProfileTag, Tag, TagValue
from user360.services.profiles import Origin
from user360.signals import profiles_touched
from user360.tenancy import current_workspace_id

COLORS = 8
MAX_VALUE = 255


class TagRefused(ValueError):  # noqa: N818  # it is an answer, not a defect
    """A tag cannot be given so; the message says why."""


@transaction.atomic
def tag_profile(
    *,
    profile_id: int,
    origin: Origin,
    add: Sequence[tuple[Tag, str]] = (),
    remove: Sequence[tuple[Tag, str]] = (),
) -> None:
    """Gives and takes tag values. A single tag keeps the last value given; a new value of a closed list is refused."""
    wanted = [_value(tag, text) for tag, text in add]
    singles = {value.tag_id: value.pk for value in wanted if value.tag.kind == Tag.Kind.SINGLE}
    wanted = [value for value in wanted if singles.get(value.tag_id, value.pk) == value.pk]
    held = {row.tag_value_id: row for row in ProfileTag.objects.filter(profile_id=profile_id)}
    values = {value.pk: value for value in TagValue.objects.select_related("tag").filter(pk__in=held)}
    asked = {(tag.pk, text) for tag, text in remove}
    leaving = [
        value
        for value in values.values()
        if (value.tag_id, value.value) in asked or singles.get(value.tag_id, value.pk) != value.pk
    ]
    coming = [value for value in wanted if value.pk not in held]
    ProfileTag.objects.filter(profile_id=profile_id, tag_value_id__in=[value.pk for value in leaving]).delete()
    _insert(profile_id, coming, origin)
    if origin.by_hand:
        ProfileTag.objects.filter(profile_id=profile_id, tag_value_id__in=[value.pk for value in wanted]).update(
            pinned=True, tagged_by=origin.actor
        )
    _record(profile_id, Change.Kind.TAG_REMOVED, origin, before=leaving)
    _record(profile_id, Change.Kind.TAG_ADDED, origin, after=coming)
    if leaving or coming:
        profiles_touched.send(sender=Profile, workspace_id=current_workspace_id(), profile_ids=[profile_id])


def _value(tag: Tag, text: str) -> TagValue:
    text = text.strip()
    if not 0 < len(text) <= MAX_VALUE:
        raise TagRefused(f"A value of {tag.name} has 1 to {MAX_VALUE} characters.")
    found: TagValue | None = TagValue.objects.select_related("tag").filter(tag=tag, value=text).first()
    if found is not None:
        return found
    if not tag.free_entry:
        raise TagRefused(f"{tag.name} has a closed list of values, and {text} is not among them.")
    made: TagValue = TagValue.objects.get_or_create(tag=tag, value=text, defaults={"color": len(text) % COLORS + 1})[0]
    return made


def _insert(profile_id: int, coming: Sequence[TagValue], origin: Origin) -> None:
    now = timezone.now()
    source = origin.source_row()
    rows = [
        ProfileTag(
            workspace_id=current_workspace_id(),
            tag_value=value,
            profile_id=profile_id,
            source=source,
            tagged_by=origin.actor,
            pinned=origin.by_hand,
            tagged_at=now,
        )
        for value in sorted(coming, key=lambda value: value.pk)
    ]
    ProfileTag.objects.bulk_create(rows, ignore_conflicts=True)


def _record(
    profile_id: int, kind: str, origin: Origin, *, before: Sequence[TagValue] = (), after: Sequence[TagValue] = ()
) -> None:
    if not (before or after):
        return
    Change.objects.create(
        profile_id=profile_id,
        kind=kind,
        actor=origin.actor,
        job=origin.job,
        source=origin.source_row(),
        before=_listed(before),
        after=_listed(after),
    )


def _listed(values: Sequence[TagValue]) -> dict[str, Any]:
    return {"tags": [[value.tag_id, value.value] for value in values]} if values else {}
