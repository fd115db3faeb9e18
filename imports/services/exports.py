"""Exports of users: asked for by a member, made by a job that asks again what the member may see (EX1 to EX5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from imports.export.archive import write_zip
from imports.export.columns import ExportColumn, identity_columns, property_column, tag_columns
from imports.export.scope import Scope
from imports.export.sheet import Sheet, opened, own_connection, rows
from imports.logs.files import NEEDS
from user360.access import PERMISSIONS, permissions_of
from user360.conditions import load_schema
from user360.listing.query import BrokenConditions
from user360.models import IdentityType, Job, Member, Profile, Property, Tag
from user360.services import audit, jobs
from user360.services.jobs import JobRefused, JobRun
from user360.tenancy import current_workspace

EXPORT_JOB = "export_users"
SEE_PERSONAL = "pii.view"


@dataclass(frozen=True)
class Content:
    """The columns somebody asked for, in order."""

    properties: list[Property]
    id_types: list[IdentityType]
    tags: list[Tag]


def exportable() -> Content:
    """Everything an export of the current workspace can hold."""
    return Content(
        list(Property.objects.filter(archived_at=None)),
        list(IdentityType.objects.filter(enabled=True)),
        list(Tag.objects.filter(archived_at=None)),
    )


def start_export(
    *,
    scope: Scope,
    content: Content,
    formula_safe: bool,
    actor: User | None,
    member: Member | None,
    address: str | None,
) -> Job:
    """Asks for an export and sends it to the workers. Raises JobRefused with a sentence, and then nothing happens.

    `formula_safe` makes harmless what a spreadsheet would run; `address` is where the request came from. Without a
    `member` it is whoever operates the server, who may see everything.
    """
    with transaction.atomic():
        job = prepare_export(
            scope=scope, content=content, formula_safe=formula_safe, actor=actor, member=member, address=address
        )
        jobs.send(job)
    return job


@transaction.atomic
def prepare_export(
    *,
    scope: Scope,
    content: Content,
    formula_safe: bool,
    actor: User | None,
    member: Member | None,
    address: str | None,
) -> Job:
    """The same for callers who then do the work themselves with `jobs.run`."""
    if not (content.properties or content.id_types or content.tags):
        raise JobRefused("Choose at least one kind of information.")
    if member is not None:
        _refuse_unless_allowed(scope, permissions_of(member))
    _profiles(scope, see_personal=False)
    params = {
        "scope": scope.as_json(),
        "properties": [prop.key for prop in content.properties],
        "id_types": [kind.key for kind in content.id_types],
        "tags": [tag.pk for tag in content.tags],
        "formula_safe": formula_safe,
        "operator": member is None,
    }
    job = jobs.create(kind=EXPORT_JOB, subject=scope.words(load_schema()), actor=actor, params=params)
    _record(job, actor, address)
    return job


def _record(job: Job, actor: User | None, address: str | None) -> None:
    audit.record(
        action=f"{EXPORT_JOB}.requested",
        subject=job.subject,
        actor=actor,
        address=address,
        after={"job": job.pk, **{key: job.params[key] for key in ("properties", "id_types", "tags")}},
    )


def run_export(run: JobRun) -> None:
    """Makes the file, with what the member may see by now."""
    job = run.job
    scope, permissions = Scope.from_json(job.params["scope"]), _permissions_now(job)
    _refuse_unless_allowed(scope, permissions)
    sheet, personal = _sheet(job.params, masked=SEE_PERSONAL not in permissions)
    needs = [*scope.needs(permissions), *([SEE_PERSONAL] if personal else [])]
    job.params = {**job.params, NEEDS: needs}
    job.save(update_fields=["params"])
    profiles = _profiles(scope, see_personal=SEE_PERSONAL in permissions)
    zone = current_workspace().zone
    name = f"users-{current_workspace().slug}-{job.created_at.astimezone(zone):%Y%m%d-%H%M%S}"
    with TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        path = Path(folder) / "users.zip"
        with own_connection() as database, opened(sheet, profiles, zone, database) as total:
            header = sheet.header(formula_safe=job.params["formula_safe"])
            write_zip(path, f"{name}.csv", _told(run, header, rows(sheet, database), total))
        run.stop_if_cancelled()
        with path.open("rb") as file:
            jobs.attach(job=job, name=f"{name}.zip", content=File(file))
    run.finish_with({"users": total})


def _profiles(scope: Scope, *, see_personal: bool) -> QuerySet[Profile]:
    try:
        return scope.profiles(load_schema(), now=timezone.now(), see_personal=see_personal)
    except BrokenConditions as broken:
        reasons = "; ".join(error.message for error in broken.errors)
        raise JobRefused(f"The conditions cannot be read: {reasons}.") from broken


def _told(run: JobRun, header: bytes, body: Iterator[tuple[int, bytes]], total: int) -> Iterator[bytes]:
    """The chunks of the file, with the progress told and a wish to stop heard between them."""
    done = 0
    run.progress(done, total=total)
    yield header
    for count, chunk in body:
        yield chunk
        done += count
        run.progress(done, total=total)


def _refuse_unless_allowed(scope: Scope, permissions: frozenset[str]) -> None:
    missing = [code for code in scope.needs(permissions) if code not in permissions]
    if missing:
        raise JobRefused(f"This takes the permission “{PERMISSIONS[missing[0]]}”, which this member does not have.")


def _permissions_now(job: Job) -> frozenset[str]:
    """What whoever asked for the job may do at this moment, which may be less than when they asked."""
    if job.params["operator"]:
        return frozenset(PERMISSIONS)
    if job.actor is None or not job.actor.is_active:
        raise JobRefused("Whoever asked for this no longer has an account.")
    member = Member.objects.select_related("user").filter(user=job.actor).first()
    if member is None and not job.actor.is_superuser:
        raise JobRefused("Whoever asked for this is no longer a member of the workspace.")
    return permissions_of(member or Member(workspace=job.workspace, user=job.actor))


def chosen(*, properties: Iterable[str], id_types: Iterable[str], tags: Iterable[int]) -> Content:
    """The columns by the keys of properties and ID types and the ids of tags; JobRefused when one is not there."""
    everything = exportable()
    by_key = {prop.key: prop for prop in everything.properties}
    by_type = {kind.key: kind for kind in everything.id_types}
    by_id = {tag.pk: tag for tag in everything.tags}
    try:
        return Content(
            [by_key[key] for key in properties], [by_type[key] for key in id_types], [by_id[pk] for pk in tags]
        )
    except KeyError as error:
        raise JobRefused(f"There is no {error.args[0]} to export; it may have been archived.") from error


def _sheet(params: dict[str, Any], *, masked: bool) -> tuple[Sheet, bool]:
    """The sheet, and whether it holds personal data that is not masked."""
    content = chosen(properties=params["properties"], id_types=params["id_types"], tags=params["tags"])
    formula_safe = params["formula_safe"]
    identities, tags = identity_columns(content.id_types), tag_columns(content.tags)
    columns: list[ExportColumn] = [
        *(property_column(prop, masked=masked, formula_safe=formula_safe) for prop in content.properties),
        *(column.column(masked=masked, formula_safe=formula_safe) for column in identities),
        *(column.column(formula_safe=formula_safe) for column in tags),
    ]
    personal = any(prop.is_personal for prop in content.properties) or any(
        kind.is_personal for kind in content.id_types
    )
    return Sheet(columns, identities, tags), personal and not masked
