"""kill -9 of the worker or of PostgreSQL, at any step: the import goes on, counts no row twice and loses none."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection

from config import embedded
from imports.models import UserImport
from imports.services import user_imports
from tests.factories import WorkspaceFactory
from tests.imports.engine.files import import_users, mapped, report_rows, start
from user360.models import Change, Identity, Job, Profile, Workspace
from user360.services import jobs
from user360.tenancy import workspace_scope

ROWS = 1_500
MAPPING = {"uid": "userId", "city": "city", "mail": "id:email", "tags": "tags"}
WORKER_DEATHS = (
    "stage",
    "check_rows",
    "place_rows",
    "checkpoint:2",
    "committed:1",
    "checkpoint:3",
    "committed:2",
    "report",
)


def _file(city: str) -> str:
    """New users, users that exist, rows of one user far apart, failing and empty rows."""
    lines = ["uid,city,mail,tags"]
    for number in range(ROWS):
        if number % 100 == 50:
            lines.append(f"U{number},{city},no mail,")
        elif number % 100 == 51:
            lines.append(",,,")
        elif number % 100 == 52:
            lines.append(f"U{number - 52},{city} again,,later")
        else:
            lines.append(f"U{number},{city},u{number}@example.com,x;y")
    return "\n".join([*lines, ""])


def _prepared() -> UserImport:
    early = "".join(f"U{number},Rome\n" for number in range(0, ROWS, 3))
    import_users(f"uid,city\n{early}", {"uid": "userId", "city": "city"})
    user_import = start(_file("Paris"))
    user_imports.save_mapping(user_import=user_import, columns=mapped(MAPPING), user_id_column="")
    return user_import


def _work(job: Job, moment: str, victim: int | None = None) -> None:
    """One attempt in a process of its own, which may die; afterwards the job waits for the next one."""
    command = [sys.executable, "-m", "tests.imports.dying_worker", str(connection.settings_dict["NAME"]), str(job.pk)]
    subprocess.run(
        [*command, moment, *([str(victim)] if victim else [])],
        cwd=Path(__file__).parents[2], timeout=120, check=False, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    if victim:
        connection.close()
        embedded.ensure(durable=False)
    job.refresh_from_db()
    if job.state == Job.State.RUNNING:
        # What the scheduler does once the heart has stopped for a while.
        assert jobs.transition(job, Job.State.RUNNING, Job.State.QUEUED)


def _outcome(workspace: Workspace, job: Job) -> dict[str, object]:
    """Everything an import leaves behind, without ids and times."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'staging%%' AND relkind = 'r'")
        left_over = cursor.fetchone()[0]
        cursor.execute(
            "SELECT p.user_id, v.value FROM profile_tag t JOIN tag_value v ON v.id = t.tag_value_id"
            " JOIN profile p ON p.id = t.profile_id WHERE p.workspace_id = %s ORDER BY 1, 2",
            [workspace.pk],
        )
        tags = cursor.fetchall()
    return {
        "counts": job.counts,
        "state": job.state,
        "profiles": sorted(Profile.objects.values_list("user_id", "city", "email", "version")),
        "identities": sorted(Identity.objects.values_list("type__key", "value")),
        "changes": Counter(Change.objects.filter(job_id=job.pk).values_list("profile__user_id", "kind")),
        "report": report_rows(job),
        "tags": tags,
        "left_over": left_over,
    }


def _undisturbed() -> dict[str, object]:
    workspace = WorkspaceFactory.create()
    with workspace_scope(workspace):
        user_import = _prepared()
        job = user_imports.create_job(user_import=user_import, kind=user_imports.IMPORT_JOB, actor=None)
        jobs.run(job.pk)
        job.refresh_from_db()
        return _outcome(workspace, job)


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_at_every_step_leaves_the_same_as_one_that_lives():
    expected = _undisturbed()
    workspace = WorkspaceFactory.create()
    with workspace_scope(workspace):
        job = user_imports.create_job(user_import=_prepared(), kind=user_imports.IMPORT_JOB, actor=None)
        for moment in WORKER_DEATHS:
            _work(job, moment)
            assert job.state == Job.State.QUEUED, moment
        _work(job, "never")

        assert _outcome(workspace, job) == expected
        assert job.attempts == len(WORKER_DEATHS) + 1


@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
def test_a_postgresql_killed_in_the_middle_leaves_the_same_as_one_that_lives():
    expected = _undisturbed()
    workspace = WorkspaceFactory.create()
    with workspace_scope(workspace):
        job = user_imports.create_job(user_import=_prepared(), kind=user_imports.IMPORT_JOB, actor=None)
        for moment in ("check_rows", "checkpoint:3", "committed:1"):
            _work(job, moment, victim=_postmaster())
            assert job.state == Job.State.QUEUED, moment
        _work(job, "never")

        assert _outcome(workspace, job) == expected


def _postmaster() -> int:
    return int((embedded.place().postgres / "postmaster.pid").read_text().splitlines()[0])
