"""Exports made and read back."""

import csv
import io
from collections.abc import Callable
from typing import Any
from zipfile import ZipFile

import pytest

from imports.export.scope import Scope
from imports.services.exports import chosen, exportable, prepare_export
from user360.models import Job, Member
from user360.services import jobs

type Table = list[list[str]]


def read_zip(content: bytes) -> tuple[str, bytes]:
    """The name of the one member and its bytes."""
    with ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        (name,) = archive.namelist()
        return name, archive.read(name)


def table_of(job: Job) -> Table:
    """The file of the job as rows of texts, the header first."""
    with job.files.get().file.open("rb") as file:
        _, content = read_zip(file.read())
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.fixture
def export() -> Callable[..., Job]:
    """Makes an export for an operator, or for the member: of everything, or of the columns named."""

    def make(
        scope: Scope | None = None, *, member: Member | None = None, formula_safe: bool = True, **content: Any
    ) -> Job:
        job = prepare_export(
            scope=scope or Scope.everyone(),
            content=chosen(**content) if content else exportable(),
            formula_safe=formula_safe,
            actor=member.user if member else None,
            member=member,
            address=None,
        )
        jobs.run(job.pk)
        job.refresh_from_db()
        return job

    return make
