"""Importing texts as files, the way the command does, and reading what became of them."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile

from imports.engine.mapping import MappedColumn, NewProperty
from imports.models import UserImport
from imports.services import user_imports
from user360.models import Job
from user360.services import jobs
from user360.services.properties import label_from_header


@dataclass(frozen=True)
class Imported:
    """A finished import: its job and the rows of its report."""

    user_import: UserImport
    job: Job
    rows: list[dict[str, str]]

    @property
    def counts(self) -> dict[str, int]:
        """The counts that are not zero."""
        return {name: number for name, number in self.job.counts.items() if number}

    @property
    def errors(self) -> list[tuple[int, str, str, str]]:
        """Line, code, column and message of the rows that failed."""
        return [
            (int(row["line"]), row["error_code"], row["error_column"], row["error_message"])
            for row in self.rows
            if row["result"] == "FAILED"
        ]


def start(content: str | bytes, *, name: str = "users.csv", source: str = "") -> UserImport:
    """Uploads the content."""
    data = content.encode() if isinstance(content, str) else content
    return user_imports.start_import(file=ContentFile(data, name=name), name=name, actor=None, source_name=source)


def mapped(mapping: Mapping[str, str], *, new: Mapping[str, str] | None = None, **formats: str) -> list[MappedColumn]:
    """Columns with their targets; `new` gives the type of properties to be made, `formats` a date format by column."""
    created = {key: NewProperty(label_from_header(key), kind) for key, kind in (new or {}).items()}
    return [
        MappedColumn(column, target, formats.get(column, "iso"), created.get(target))
        for column, target in mapping.items()
    ]


def import_users(  # noqa: PLR0913  # the choices of an import
    content: str | bytes,
    mapping: Mapping[str, str],
    *,
    user_id: str = "",
    on_conflict: str = "update",
    merge_tags: bool = True,
    tags: Sequence[str] = (),
    new: Mapping[str, str] | None = None,
    formats: Mapping[str, str] | None = None,
    source: str = "",
    kind: str = user_imports.IMPORT_JOB,
) -> Imported:
    """Imports the content with this mapping from header to FIELD and returns what became of it."""
    user_import = start(content, source=source)
    columns = mapped(mapping, new=new, **(formats or {}))
    user_imports.save_mapping(user_import=user_import, columns=columns, user_id_column=user_id)
    user_imports.save_conflicts(user_import=user_import, on_conflict=on_conflict, merge_tags=merge_tags)
    user_imports.save_tags(user_import=user_import, tags=tags)
    return finish(user_import, kind=kind)


def finish(user_import: UserImport, *, kind: str = user_imports.IMPORT_JOB) -> Imported:
    """Does the work of the import here and now."""
    job = user_imports.create_job(user_import=user_import, kind=kind, actor=None)
    jobs.run(job.pk)
    job.refresh_from_db()
    user_import.refresh_from_db()
    return Imported(user_import, job, report_rows(job))


def report_rows(job: Job, name: str = "report.csv") -> list[dict[str, Any]]:
    """The rows of a file of the job; none when there is no such file."""
    found = job.files.filter(name=name).first()
    if found is None:
        return []
    return list(csv.DictReader(io.StringIO(found.file.read().decode("utf-8-sig"))))
