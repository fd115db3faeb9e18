"""The work of the two kinds of import jobs: the import itself, and the dry run before it."""

from __future__ import annotations

import errno
from dataclasses import replace
from typing import Any

from django.core.files.base import File
from django.db import OperationalError
from django.utils import timezone
from psycopg.errors import DiskFull

from imports.engine.apply import Writer
from imports.engine.inference import narrowest_type
from imports.engine.outcomes import recorded_counts
from imports.engine.pipeline import Pipeline
from imports.engine.plan import Plan, TagColumn
from imports.engine.report import ERRORS, with_report
from imports.engine.samples import first_errors, reasons, record_failed, recorded_errors
from imports.engine.staging import Reading
from imports.engine.tables import Tables, drop_orphans
from imports.models import JobRow, UserImport
from imports.services import user_imports
from segments.models import Segment
from segments.services import SegmentRefused, create_segment
from user360.models import Property, Tag, TagGroup
from user360.services import jobs
from user360.services.jobs import JobCancelled, JobRun
from user360.services.properties import PropertyRefused, create_property
from user360.services.workspaces import UNCATEGORIZED
from user360.tenancy import current_workspace

DISK_FULL = "The database's disk is full. Nothing is half written: make room and start the import again."


def run_import(run: JobRun) -> None:
    """Imports the users of the file; goes on from the last committed batch when called again."""
    drop_orphans()
    user_import = _user_import(run)
    pipeline = _pipeline(run, user_import)
    try:
        pipeline.stage()
        pipeline.plan = _with_new_schema(pipeline)
        pipeline.segment = _segment(user_import)
        pipeline.check()
        pipeline.apply(_writer(pipeline, user_import))
        pipeline.tidy()
        _finish(pipeline, user_import)
    except OperationalError as error:
        # The database went away: the tables stay, and the next attempt goes on from what is committed.
        if isinstance(error.__cause__, DiskFull):
            raise jobs.JobRefused(DISK_FULL) from error
        raise
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise jobs.JobRefused(DISK_FULL) from error
        raise
    except JobCancelled:
        _finish(pipeline, user_import)
        raise
    except Exception:
        pipeline.tables.drop()
        raise


def run_check(run: JobRun) -> None:
    """Counts what the import would do, over the whole file, and writes no user."""
    user_import = _user_import(run)
    pipeline = _pipeline(run, user_import)
    try:
        pipeline.stage()
        pipeline.plan = _with_types(pipeline)
        pipeline.check()
        counts, samples = pipeline.dry_run()
        result = {
            "counts": counts,
            "users": pipeline.users,
            "errors": first_errors(pipeline.plan, pipeline.tables),
            "reasons": reasons(pipeline.tables),
            "samples": samples,
            "left_out": list(pipeline.plan.left_out),
            "types": {column.prop.key: column.prop.type for column in pipeline.plan.created},
        }
        if counts["failed"]:
            _keep_error_file(pipeline, user_import)
        # What was changed meanwhile is a draft again, of which this result says nothing.
        same = UserImport.objects.filter(pk=user_import.pk, check_job=run.job, state=UserImport.State.CHECKING)
        same.update(dry_run=result, state=UserImport.State.CHECKED)
        run.finish_with(counts | {"failed": 0, "would_fail": counts["failed"]})
    finally:
        pipeline.tables.drop()


def _user_import(run: JobRun) -> UserImport:
    found: UserImport = UserImport.objects.select_related("source").get(pk=run.job.params["user_import"])
    return found


def _pipeline(run: JobRun, user_import: UserImport) -> Pipeline:
    reading = Reading(
        file=user_import.file,
        sha256=user_import.sha256,
        encoding=user_import.encoding,
        delimiter=user_import.delimiter,
        header=user_import.header,
    )
    return Pipeline(run=run, reading=reading, plan=user_imports.plan_of(user_import), tables=Tables(run.job.pk))


def _writer(pipeline: Pipeline, user_import: UserImport) -> Writer:
    job = pipeline.run.job
    assert user_import.source_id is not None  # noqa: S101  # every upload names one
    return Writer(
        plan=pipeline.plan,
        tables=pipeline.tables,
        job_id=job.pk,
        actor_id=job.actor_id,
        source_id=user_import.source_id,
        at=timezone.now(),
    )


def _with_types(pipeline: Pipeline) -> Plan:
    """The plan whose new properties have a type: the one chosen, or the narrowest that the file fits."""
    plan = pipeline.plan
    for column in plan.created:
        if not column.prop.type:
            column.prop.type = narrowest_type(column, pipeline.tables)
    return plan


def _with_new_schema(pipeline: Pipeline) -> Plan:
    """The plan whose new properties and tags exist. A second attempt finds them made."""
    plan = _with_types(pipeline)
    actor = pipeline.run.job.actor
    columns = []
    for column in plan.properties:
        prop: Property = column.prop
        if column.create:
            try:
                prop = create_property(key=prop.key, label=prop.label, type=prop.type, actor=actor)
            except PropertyRefused as refusal:
                raise jobs.JobRefused(refusal.message) from refusal
        columns.append(replace(column, prop=prop, create=False))
    return replace(plan, properties=tuple(columns), tags=tuple(map(_with_tag, plan.tags)))


def _segment(user_import: UserImport) -> Segment | None:
    """The static segment of the imported users, made when it is not there; a second attempt finds it."""
    if not user_import.segment_name:
        return None
    found: Segment | None = user_imports.segment_of(user_import.segment_name)
    try:
        return found or create_segment(name=user_import.segment_name, conditions=None, actor=user_import.created_by)
    except SegmentRefused as refusal:
        raise jobs.JobRefused(str(refusal)) from refusal


def _with_tag(column: TagColumn) -> TagColumn:
    if column.tag.pk:
        return column
    group, _ = TagGroup.objects.get_or_create(workspace=current_workspace(), name=UNCATEGORIZED, parent=None)
    tag, _ = Tag.objects.get_or_create(workspace=current_workspace(), group=group, name=column.tag.name)
    return replace(column, tag=tag)


def _keep_error_file(pipeline: Pipeline, user_import: UserImport) -> None:
    """The rows that would fail as a file, to be corrected before anything is imported."""
    record_failed(pipeline.tables)

    def keep(name: str, file: File[Any]) -> None:
        if name == ERRORS:
            jobs.attach(job=pipeline.run.job, name=name, content=file)

    with_report(pipeline.reading, [column["name"] for column in user_import.columns], pipeline.tables, keep)


def _finish(pipeline: Pipeline, user_import: UserImport) -> None:
    """Report, rows that failed, counts; then the staging tables go."""
    job = pipeline.run.job
    names = [column["name"] for column in user_import.columns]
    with_report(
        pipeline.reading, names, pipeline.tables, lambda name, file: jobs.attach(job=job, name=name, content=file)
    )
    JobRow.objects.filter(job=job).delete()
    JobRow.objects.bulk_create(
        JobRow(job=job, line=line, outcome="failed", code=code, column=column, message=message)
        for line, code, column, message in recorded_errors(pipeline.tables, JobRow.KEPT)
    )
    pipeline.run.finish_with(recorded_counts(pipeline.tables))
    pipeline.tables.drop()
