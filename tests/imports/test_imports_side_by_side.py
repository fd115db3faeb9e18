"""Several imports of the same users at once make every user once, and each import counts all of its rows."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from imports.services import user_imports
from tests.factories import WorkspaceFactory
from tests.imports.engine.files import mapped, start
from user360.models import Change, Identity, Job, Profile
from user360.tenancy import workspace_scope

ROWS = 1_500


@pytest.mark.django_db(transaction=True)
def test_three_imports_of_the_same_new_users_at_once_make_each_user_once():
    workspace = WorkspaceFactory.create()
    with workspace_scope(workspace):
        jobs = [_job(list(order), city) for order, city in _orders()]

        workers = [_worker(job) for job in jobs]
        for worker in workers:
            assert worker.wait(timeout=180) == 0

        for job in jobs:
            job.refresh_from_db()
            assert job.state == Job.State.COMPLETED, (job.error, job.counts)
            counts = dict(job.counts)
            assert counts.pop("total") == ROWS == sum(counts.values())
        assert sum(job.counts["new"] for job in jobs) == ROWS
        assert Profile.objects.count() == ROWS == Profile.objects.values("user_id").distinct().count()
        assert Identity.objects.count() == 2 * ROWS
        assert Identity.objects.filter(profile__isnull=True).count() == 0
        assert Change.objects.filter(kind=Change.Kind.CREATED).count() == ROWS


def _orders() -> list[tuple[range, str]]:
    return [(range(ROWS), "Paris"), (range(ROWS - 1, -1, -1), "Rome"), (range(ROWS), "Oslo")]


def _job(order: list[int], city: str) -> Job:
    content = "".join(f"U{number},{city},u{number}@example.com\n" for number in order)
    user_import = start(f"uid,city,mail\n{content}")
    columns = mapped({"uid": "userId", "city": "city", "mail": "id:email"})
    user_imports.save_mapping(user_import=user_import, columns=columns, user_id_column="")
    return user_imports.create_job(user_import=user_import, kind=user_imports.IMPORT_JOB, actor=None)


def _worker(job: Job) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.imports.dying_worker", str(connection.settings_dict["NAME"])]
    return subprocess.Popen([*command, str(job.pk), "never"], cwd=Path(__file__).parents[2])
