"""Jobs of a kind that exists only here."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile

from user360.models import Job, JobFile, Workspace
from user360.services import jobs


def _nothing(run: jobs.JobRun) -> None:
    pass


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind of work that does nothing."""
    monkeypatch.setitem(jobs.JOB_KINDS, "import_users", jobs.JobKind("import_users", "CSV import", _nothing))


@pytest.fixture
def make_job(workspace: Workspace) -> Callable[..., Job]:
    """A job as it is, without work behind it."""

    def make(**values: Any) -> Job:
        job: Job = Job.objects.create(**{"kind": "import_users", "subject": "customers.csv"} | values)
        return job

    return make


@pytest.fixture
def give_file() -> Callable[..., JobFile]:
    """A file of a job."""

    def give(job: Job, name: str = "report.csv", content: bytes = b"a,b\r\n1,2\r\n", **values: Any) -> JobFile:
        file = jobs.attach(job=job, name=name, content=ContentFile(content))
        for column, value in values.items():
            setattr(file, column, value)
        file.save()
        return file

    return give
