"""Every write to segments that members ask for. What follows from data is written by evaluation and rebuild."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.text import slugify

from segments import definitions, membership, rebuild
from segments.models import Segment
from user360.conditions import ConditionErrors
from user360.conditions.errors import ErrorJson
from user360.services import audit, jobs
from user360.tenancy import current_workspace_id

DELETE_JOB = "delete_segment"
DELETE_BATCH = 20_000
MAX_NAME = 100
# Words that stand where a segment's slug would stand in an address.
RESERVED_SLUGS = frozenset({"new", "preview", "rail"})

Kind = Segment.Kind
State = Segment.State


class SegmentRefused(ValueError):  # noqa: N818  # it is an answer, not a defect
    """A segment cannot be made or changed so: `field` names the form field, `errors` lists faults of conditions."""

    def __init__(self, field: str, message: str, errors: list[ErrorJson] | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.message = message
        self.errors = errors or []


@transaction.atomic
def create_segment(
    *, name: str, conditions: Mapping[str, Any] | None, actor: User | None, description: str = ""
) -> Segment:
    """Makes a dynamic segment and starts filling it; without conditions a static one, which is a list to add to.

    Raises SegmentRefused.
    """
    name = _checked_name(name)
    segment = Segment(name=name, slug=free_slug(name), description=description.strip()[:500], created_by=actor)
    if conditions is None:
        segment.kind = Kind.STATIC
    else:
        segment.conditions = _checked_conditions(conditions)
    with _unique_name():
        segment.save()
    audit.record(action="segment.created", subject=name, actor=actor, after=_described(segment))
    if segment.is_dynamic:
        rebuild.enqueue(segment=segment, actor=actor)
    return segment


@transaction.atomic
def edit_segment(
    *,
    segment: Segment,
    name: str,
    description: str,
    conditions: Mapping[str, Any] | None,
    actor: User | None,
) -> Segment:
    """Changes name, description and, for a dynamic segment, the conditions, after which it is compared with everybody.

    Raises SegmentRefused; the slug, and so the address, stays.
    """
    before = _described(segment)
    segment.name = _checked_name(name, of=segment)
    segment.description = description.strip()[:500]
    redefined = segment.is_dynamic and conditions is not None and conditions != segment.conditions
    if redefined and conditions is not None:
        segment.conditions = _checked_conditions(conditions, of=segment)
        segment.conditions_version += 1
    with _unique_name():
        segment.save()
    audit.record(action="segment.edited", subject=segment.name, actor=actor, before=before, after=_described(segment))
    if redefined and segment.archived_at is None:
        rebuild.enqueue(segment=segment, actor=actor)
    return segment


def rename_segment(*, segment: Segment, name: str, actor: User | None) -> Segment:
    """Gives the segment another name; raises SegmentRefused when it is taken."""
    return edit_segment(segment=segment, name=name, description=segment.description, conditions=None, actor=actor)


def duplicate_segment(*, segment: Segment, actor: User | None) -> Segment:
    """Makes a new dynamic segment with the same definition, named "… (copy)"."""
    if not segment.is_dynamic:
        raise SegmentRefused("kind", "A fixed list cannot be duplicated.")
    return create_segment(
        name=_free_name(f"{segment.name[: MAX_NAME - 10]} (copy)"),
        description=segment.description,
        conditions=segment.conditions,
        actor=actor,
    )


@transaction.atomic
def archive_segment(*, segment: Segment, actor: User | None) -> None:
    """Puts the segment away: hidden, unusable elsewhere and no longer kept up. Its users are untouched.

    Raises SegmentRefused while other segments read it.
    """
    _refuse_if_used(segment, "archived")
    segment.archived_at = timezone.now()
    segment.save(update_fields=["archived_at", "updated_at"])
    audit.record(action="segment.archived", subject=segment.name, actor=actor)


@transaction.atomic
def unarchive_segment(*, segment: Segment, actor: User | None) -> None:
    """Takes an archived segment into use again and brings it up to date. Raises SegmentRefused."""
    _checked_name(segment.name, of=segment)
    if segment.is_dynamic:
        _checked_conditions(segment.conditions, of=segment)
    segment.archived_at = None
    with _unique_name():
        segment.save(update_fields=["archived_at", "updated_at"])
    audit.record(action="segment.unarchived", subject=segment.name, actor=actor)
    if segment.is_dynamic:
        rebuild.enqueue(segment=segment, actor=actor)


@transaction.atomic
def delete_segment(*, segment: Segment, actor: User | None) -> None:
    """Deletes the segment, not its users; a job clears its memberships and history away afterwards.

    Raises SegmentRefused while other segments read it.
    """
    _refuse_if_used(segment, "deleted")
    audit.record(action="segment.deleted", subject=segment.name, actor=actor, before=_described(segment))
    key, name = segment.pk, segment.name
    segment.delete()
    jobs.enqueue(kind=DELETE_JOB, subject=name, actor=actor, params={"segment": key})


def run_delete_job(run: jobs.JobRun) -> None:
    """The job "Segment delete": clears away, batch by batch, what belonged to a deleted segment."""
    key, removed = run.job.params["segment"], run.job.processed
    for table in ("segment_member", "segment_transition"):
        batch = DELETE_BATCH
        while batch == DELETE_BATCH:
            batch = _delete_batch(table, key, current_workspace_id())
            removed += batch
            run.progress(removed)
    run.finish_with({"deleted": removed})


def refresh_segment(*, segment: Segment, actor: User | None) -> None:
    """Starts comparing everybody with the segment's definition. Raises SegmentRefused when that means nothing."""
    if not segment.is_dynamic or segment.archived_at is not None:
        raise SegmentRefused("state", "Only a dynamic segment in use can be refreshed.")
    rebuild.enqueue(segment=segment, actor=actor)


def free_slug(name: str) -> str:
    """A slug for the name that no segment of the workspace has."""
    base = slugify(name)[:70] or "segment"
    taken = set(Segment.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | RESERVED_SLUGS
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug


def _delete_batch(table: str, segment_id: int, workspace_id: int) -> int:
    # The ids are fetched first: a distributed table deletes by them on the machine that holds each.
    with transaction.atomic(), connection.cursor() as cursor:
        membership.lock(workspace_id)
        cursor.execute(
            f"SELECT profile_id FROM {table} WHERE segment_id = %s LIMIT %s",  # noqa: S608  # our names
            [segment_id, DELETE_BATCH],
        )
        ids = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            f"DELETE FROM {table} WHERE segment_id = %s AND profile_id = ANY(%s)",  # noqa: S608  # our names
            [segment_id, ids],
        )
    return len(ids)


def _checked_name(name: str, of: Segment | None = None) -> str:
    name = " ".join(name.split())
    if not name:
        raise SegmentRefused("name", "A segment needs a name.")
    if len(name) > MAX_NAME:
        raise SegmentRefused("name", f"A name has {MAX_NAME} characters at most.")
    others = Segment.objects.filter(name__iexact=name, archived_at=None)
    if (others if of is None else others.exclude(pk=of.pk)).exists():
        raise SegmentRefused("name", f"There already is a segment named {name}.")
    return name


def _free_name(name: str) -> str:
    taken = set(Segment.objects.filter(name__istartswith=name, archived_at=None).values_list("name", flat=True))
    lowered = {one.lower() for one in taken}
    candidate, number = name, 2
    while candidate.lower() in lowered:
        candidate, number = f"{name[: MAX_NAME - 5]} {number}", number + 1
    return candidate


def _checked_conditions(conditions: Mapping[str, Any], of: Segment | None = None) -> dict[str, Any]:
    try:
        definitions.check(conditions, slug=of.slug if of is not None else None)
    except ConditionErrors as fault:
        raise SegmentRefused("conditions", str(fault), fault.as_json()) from fault
    return dict(conditions)


def _refuse_if_used(segment: Segment, verb: str) -> None:
    if users := definitions.users_of(segment):
        names = ", ".join(user.name for user in users)
        raise SegmentRefused("used", f"{segment.name} cannot be {verb}: it is used by {names}.")


@contextmanager
def _unique_name() -> Iterator[None]:
    """Two members may choose the same name at the same time; the database knows."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise SegmentRefused("name", "There already is a segment of this name.") from error


def _described(segment: Segment) -> dict[str, Any]:
    return {
        "name": segment.name,
        "description": segment.description,
        "kind": segment.kind,
        "conditions": segment.conditions,
    }
