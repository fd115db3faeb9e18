"""A file of a job goes to whoever may have it now, and to nobody else."""

import datetime as dt

import pytest
from django.utils import timezone

from imports.logs import files
from user360.models import AuditEntry, JobFile
from user360.models.job import private_storage
from user360.services.workspaces import create_workspace
from user360.tenancy import workspace_scope

LOGS = ("data.logs.view", "data.logs.download")
EXPORT = "insight.user360.export"
ADDRESS = "/w/acme/logs/{}/files/{}"


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def test_a_file_is_downloaded_under_its_name(make_job, give_file, sign_in) -> None:
    job = make_job()
    give_file(job, 'Ünïted "states".csv', b"\xef\xbb\xbfa\r\n")
    response = sign_in(*LOGS).get(ADDRESS.format(job.pk, 'Ünïted "states".csv'))
    assert response.status_code == 200
    assert body(response) == b"\xef\xbb\xbfa\r\n"
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"


def test_a_page_of_html_made_by_somebody_is_never_shown(make_job, give_file, sign_in) -> None:
    job = make_job()
    give_file(job, "evil.html", b"<script>alert(1)</script>")
    assert sign_in(*LOGS).get(ADDRESS.format(job.pk, "evil.html"))["Content-Disposition"].startswith("attachment;")


def test_without_the_right_to_download_there_is_no_file(make_job, give_file, sign_in) -> None:
    job = make_job()
    give_file(job)
    assert sign_in("data.logs.view").get(ADDRESS.format(job.pk, "report.csv")).status_code == 403


def test_the_log_of_another_workspace_is_not_there(workspace, sign_in, make_job, give_file) -> None:
    client = sign_in(*LOGS)
    with workspace_scope(create_workspace(name="Other", slug="other")):
        job = make_job()
        give_file(job)
    assert client.get(ADDRESS.format(job.pk, "report.csv")).status_code == 404
    assert client.get(f"/w/acme/logs/{job.pk}/").status_code == 404
    assert client.post(f"/w/acme/logs/{job.pk}/cancel/").status_code == 404
    assert client.get(f"/w/other/logs/{job.pk}/files/report.csv").status_code == 404


def test_the_file_of_another_job_is_not_there(make_job, give_file, sign_in) -> None:
    give_file(make_job(), "theirs.csv")
    assert sign_in(*LOGS).get(ADDRESS.format(make_job().pk, "theirs.csv")).status_code == 404


@pytest.mark.parametrize(
    "name",
    ["../report.csv", "..%2Freport.csv", "%2Fetc%2Fpasswd", "....//report.csv", "report.csv%00", "REPORT.CSV", ".."],
)
def test_a_name_is_only_ever_compared(make_job, give_file, sign_in, name) -> None:
    job = make_job()
    give_file(job)
    assert sign_in(*LOGS).get(ADDRESS.format(job.pk, name)).status_code in (400, 404)


def test_an_expired_file_is_gone_and_says_so(make_job, give_file, sign_in) -> None:
    job = make_job()
    give_file(job, expires_at=timezone.now() - dt.timedelta(seconds=1))
    response = sign_in(*LOGS).get(ADDRESS.format(job.pk, "report.csv"))
    assert response.status_code == 410
    assert "is no longer there" in response.text


def test_a_file_that_the_storage_lost_is_gone(make_job, give_file, sign_in) -> None:
    job = make_job()
    private_storage().delete(give_file(job).file.name)
    assert sign_in(*LOGS).get(ADDRESS.format(job.pk, "report.csv")).status_code == 410


def test_what_a_file_needs_is_asked_again_at_download(make_job, give_file, make_member, sign_in) -> None:
    job = make_job(params={"file_permissions": [EXPORT, "pii.view"]})
    give_file(job)
    member = make_member(*LOGS, EXPORT, "pii.view")
    client = sign_in(member=member)
    assert client.get(ADDRESS.format(job.pk, "report.csv")).status_code == 200
    role = member.roles.get()
    for withdrawn in (EXPORT, "pii.view"):
        role.permissions = [code for code in (*LOGS, EXPORT, "pii.view") if code != withdrawn]
        role.save()
        assert client.get(ADDRESS.format(job.pk, "report.csv")).status_code == 403
        assert "Your roles do not allow this file" in client.get(f"/w/acme/logs/{job.pk}/").text


def test_a_suspended_member_gets_nothing(make_job, give_file, make_member, sign_in) -> None:
    job = make_job()
    give_file(job)
    member = make_member(*LOGS)
    member.suspended = True
    member.save()
    assert sign_in(member=member).get(ADDRESS.format(job.pk, "report.csv")).status_code == 404


def test_the_download_of_an_export_is_in_the_audit(make_job, give_file, make_member, sign_in) -> None:
    job = make_job(params={"file_permissions": [EXPORT]})
    give_file(job)
    member = make_member(*LOGS, EXPORT)
    body(sign_in(member=member).get(ADDRESS.format(job.pk, "report.csv")))
    entry = AuditEntry.objects.get(action="import_users.downloaded")
    assert (entry.actor, entry.address, entry.after) == (
        member.user,
        "127.0.0.1",
        {"job": job.pk, "file": "report.csv"},
    )


def test_files_are_deleted_when_their_time_is_over_and_the_log_still_names_them(make_job, give_file) -> None:
    job = make_job()
    old = give_file(job, "old.csv", expires_at=timezone.now() - dt.timedelta(days=1))
    new = give_file(job, "new.csv")
    path = old.file.name
    assert files.delete_expired() == 1
    assert not private_storage().exists(path)
    assert private_storage().exists(new.file.name)
    assert JobFile.objects.get(name="old.csv").file.name == ""
    assert files.delete_expired() == 0
