"""Tagging profiles one at a time. What is given by hand is pinned: sources leave it alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from user360.models import Change, ProfileTag, Source, Tag, TagValue
from user360.services.profiles import Origin, announce, lock_profile, record_change
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
    """Gives and takes tag values. A single tag keeps the last value given; a new value of a closed list is refused.

    By a source, values given by hand stay, and a single tag given by hand stays altogether. Raises TagRefused and
    Profile.DoesNotExist.
    """
    lock_profile(profile_id)
    held = _held(profile_id)
    fixed = {value.pk for value, pinned in held.values() if pinned and not origin.by_hand}
    full = {value.tag_id for value, pinned in held.values() if value.pk in fixed and _single(value)}
    wanted = [value for value in (_value(tag, text) for tag, text in add) if value.tag_id not in full]
    last = {value.tag_id: value.pk for value in wanted if _single(value)}
    wanted = [value for value in wanted if last.get(value.tag_id, value.pk) == value.pk]
    asked = {(tag.pk, text) for tag, text in remove} - {(value.tag_id, value.value) for value in wanted}
    leaving = [
        value
        for value, _ in held.values()
        if value.pk not in fixed
        and ((value.tag_id, value.value) in asked or last.get(value.tag_id, value.pk) != value.pk)
    ]
    coming = list({value.pk: value for value in wanted if value.pk not in held}.values())
    _write(profile_id, origin, wanted, coming, leaving)


def _write(
    profile_id: int,
    origin: Origin,
    wanted: Sequence[TagValue],
    coming: Sequence[TagValue],
    leaving: Sequence[TagValue],
) -> None:
    source = origin.source_row()
    ProfileTag.objects.filter(profile_id=profile_id, tag_value_id__in=[value.pk for value in leaving]).delete()
    _insert(profile_id, coming, origin, source)
    if origin.by_hand:
        unpinned = ProfileTag.objects.filter(profile_id=profile_id, pinned=False)
        unpinned.filter(tag_value_id__in=[value.pk for value in wanted]).update(pinned=True, tagged_by=origin.actor)
    for kind, gone, new in ((Change.Kind.TAG_REMOVED, leaving, ()), (Change.Kind.TAG_ADDED, (), coming)):
        if gone or new:
            record_change(
                profile_id=profile_id,
                kind=kind,
                origin=origin,
                source=source,
                before=_listed(gone),
                after=_listed(new),
            )
    if leaving or coming:
        announce(profile_id)


def _held(profile_id: int) -> dict[int, tuple[TagValue, bool]]:
    """The values that the user has by key, and whether they were given by hand."""
    pinned = dict(ProfileTag.objects.filter(profile_id=profile_id).values_list("tag_value_id", "pinned"))
    values = TagValue.objects.select_related("tag").filter(pk__in=list(pinned))
    return {value.pk: (value, pinned[value.pk]) for value in values}


def _single(value: TagValue) -> bool:
    return value.tag.kind == Tag.Kind.SINGLE


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


def _insert(profile_id: int, coming: Sequence[TagValue], origin: Origin, source: Source) -> None:
    now = timezone.now()
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
    ProfileTag.objects.bulk_create(rows)


def _listed(values: Sequence[TagValue]) -> dict[str, Any]:
    return {"tags": [[value.tag_id, value.value] for value in values]} if values else {}
