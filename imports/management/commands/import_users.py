"""`manage.py import_users`: the CSV import without the browser."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from threading import Event, Thread
from typing import Any, NoReturn

from django.core.files.base import File
from django.core.management.base import BaseCommand
from django.db import connection

from imports.engine.dialect import NO_HEADER
from imports.engine.encoding import ENCODINGS
from imports.engine.refusal import FileRefused
from imports.models import UserImport
from imports.services import import_options, user_imports
from user360.models import Job, Workspace
from user360.services import jobs
from user360.services.jobs import JobRefused
from user360.tenancy import workspace_scope

COMPLETED, FAILED, WITH_FAILED_ROWS = 0, 1, 3
_COUNTS = ("total", "new", "updated", "unchanged", "skipped", "merged", "failed", "empty")


class Command(BaseCommand):
    help = (
        "Imports users from a CSV file (.csv, .tsv or .csv.gz). The last line is a JSON object of counts."
        " Exit status: 0 completed, 3 completed with failed rows, 1 failed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The arguments of the contract."""
        parser.add_argument("file", type=Path)
        parser.add_argument("-w", "--workspace", required=True, metavar="SLUG")
        parser.add_argument("--source", default="", metavar="NAME", help="the CSV source the values come from")
        parser.add_argument("--user-id", default="", metavar="COLUMN", help="the column that holds the user ID")
        parser.add_argument("--map", action="append", default=[], metavar="COLUMN=FIELD", dest="mapped")
        parser.add_argument("--create-properties", action="store_true", help="make properties of unknown columns")
        parser.add_argument("--on-conflict", choices=UserImport.OnConflict.values, default="update")
        parser.add_argument("--merge-tags", action="store_true", help="keep existing tags and add")
        parser.add_argument("--tag", action="append", default=[], metavar="T", help="a label for every imported user")
        parser.add_argument("--segment", default="", metavar="NAME", help="a static segment of the imported users")
        parser.add_argument("--encoding", default="", metavar="E", help=f"one of {', '.join(ENCODINGS)}")
        parser.add_argument("--dry-run", action="store_true", help="count what would happen and write no user")
        parser.add_argument("--report", type=Path, metavar="FILE", help="where to write what became of each row")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        """Runs the import in the foreground."""
        workspace: Workspace | None = Workspace.objects.filter(slug=options["workspace"]).first()
        if workspace is None:
            self._fail(f"There is no workspace {options['workspace']}.")
        with workspace_scope(workspace):
            try:
                job = self._job(options)
            except JobRefused as refusal:
                self._fail(str(refusal))
            self._run(job)
            job.refresh_from_db()
            self._report(job, options["report"])
            counts = self._counts(job, dry_run=options["dry_run"])
        if job.state in (Job.State.FAILED, Job.State.CANCELLED):
            self._fail(job.error or "The import was cancelled.", job=job)
        self.stdout.write(json.dumps({"job": job.pk, **{name: counts.get(name, 0) for name in _COUNTS}}))
        if counts.get("failed"):
            sys.exit(WITH_FAILED_ROWS)

    def _job(self, options: dict[str, Any]) -> Job:
        user_import = _start(options["file"], options["source"], options["encoding"])
        columns, user_id = import_options.choose_mapping(
            user_import=user_import,
            mapped=options["mapped"],
            user_id=options["user_id"],
            create_properties=options["create_properties"],
        )
        user_imports.save_mapping(user_import=user_import, columns=columns, user_id_column=user_id)
        user_imports.save_conflicts(
            user_import=user_import, on_conflict=options["on_conflict"], merge_tags=options["merge_tags"]
        )
        user_imports.save_tags(user_import=user_import, tags=options["tag"], segment_name=options["segment"])
        for column in columns:
            if column.date_format != "iso":
                self.stderr.write(f"{column.column}: dates are read as {column.date_format}.")
        kind = user_imports.CHECK_JOB if options["dry_run"] else user_imports.IMPORT_JOB
        return user_imports.create_job(user_import=user_import, kind=kind, actor=None)

    def _run(self, job: Job) -> None:
        """Does the work here and now, with a bar on a terminal."""
        if not sys.stderr.isatty():
            jobs.run(job.pk)
            return
        done = Event()
        bar = Thread(target=self._draw, args=(job, done), daemon=True)
        bar.start()
        try:
            jobs.run(job.pk)
        finally:
            done.set()
            bar.join()

    def _draw(self, job: Job, done: Event) -> None:
        with workspace_scope(job.workspace):
            while not done.wait(0.5):
                processed, total = Job.objects.values_list("processed", "total").get(pk=job.pk)
                share = processed / total if total else 0
                bar = "#" * int(share * 40)
                self.stderr.write(f"\r[{bar:<40}] {processed:,} of {total or 0:,} rows", ending="")
        self.stderr.write("\r\x1b[K", ending="")
        connection.close()

    def _report(self, job: Job, path: Path | None) -> None:
        report = job.files.filter(name="report.csv").first()
        if path is None or report is None:
            return
        with report.file.open("rb") as stored, path.open("wb") as written:
            for chunk in stored.chunks():
                written.write(chunk)

    def _counts(self, job: Job, *, dry_run: bool) -> dict[str, int]:
        if dry_run:
            return dict(UserImport.objects.get(check_job=job).dry_run.get("counts", {}))
        return dict(job.counts)

    def _fail(self, sentence: str, *, job: Job | None = None) -> NoReturn:
        self.stderr.write(sentence)
        if job is not None:
            self.stdout.write(json.dumps({"job": job.pk, **{name: job.counts.get(name, 0) for name in _COUNTS}}))
        sys.exit(FAILED)


def _start(path: Path, source: str, encoding: str) -> UserImport:
    try:
        before = path.stat()
        with path.open("rb") as opened:
            user_import = user_imports.start_import(
                file=File(opened, name=path.name), name=path.name, actor=None, source_name=source
            )
        after = path.stat()
    except OSError as error:
        raise FileRefused(f"{path} cannot be read: {error.strerror}.") from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise FileRefused(f"{path} was changed while it was being read; try again when it is complete.")
    if encoding:
        import_options.read_as(user_import=user_import, encoding=encoding)
    if not user_import.header:
        raise FileRefused(user_import.notes[-1] if user_import.notes else NO_HEADER)
    return user_import
