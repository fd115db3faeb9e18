"""The file of an export: who is in it, what a member may see of them, asked again when it is made."""

import io
import json
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command

from imports.export.scope import Scope
from imports.services.exports import chosen, prepare_export
from tests import factories
from tests.imports.export.conftest import read_zip, table_of
from user360.listing.selection import Selection
from user360.listing.state import ListState
from user360.models import AuditEntry, Identity, IdentityType, Job, Profile, Tag
from user360.services import jobs
from user360.services.jobs import JobRefused
from user360.services.workspaces import create_workspace
from user360.tenancy import workspace_scope

# The export reads on a connection of its own, which sees only what has been committed.
pytestmark = pytest.mark.django_db(transaction=True)
EXPORT, QUERY = "insight.user360.export", "insight.user360.query"
SEGMENT, PERSONAL = "insight.segments.export", "pii.view"


@pytest.fixture
def people(workspace):
    """Ann with everything, Bob with next to nothing."""
    factories.prop("motto", "text")
    factories.prop("points", "number")
    labels = Tag.objects.get(is_labels=True)
    ann = factories.profile(
        {"firstName": "Ann", "city": "Delhi", "email": "ann@example.com", "motto": '=1+1,"x"\nnext', "points": "2.50"},
        user_id="u1",
        ids={"mobile": "+33612345678"},
        tags={labels.name: "VIP"},
    )
    kind = IdentityType.objects.get(key="mobile")
    Identity.objects.create(type=kind, value="+33612345679", profile=ann)
    Identity.objects.create(type=kind, encryption="md5", value="0" * 32, profile=ann)
    bob = factories.profile({"firstName": "Bob"}, user_id="u2")
    return ann, bob


def cells(job: Job, user_id: str) -> dict[str, str]:
    header, *rows = table_of(job)
    return next(dict(zip(header, row, strict=True)) for row in rows if row[header.index("User ID")] == user_id)


def users(job: Job) -> set[str]:
    header, *rows = table_of(job)
    return {row[header.index("User ID")] for row in rows}


def test_the_file_is_what_the_contract_says(people, export) -> None:
    job = export()
    assert (job.state, job.counts, job.error) == ("completed", {"users": 2}, "")
    file = job.files.get()
    assert file.name.startswith("users-acme-20")
    assert file.name.endswith(".zip")
    with file.file.open("rb") as content:
        name, text = read_zip(content.read())
    assert name == file.name.replace(".zip", ".csv")
    assert text.startswith(b"\xef\xbb\xbfUser ID,")
    assert text.endswith(b"\r\n")
    assert text.count(b"\n") == text.count(b"\r\n") + 1  # the one line break inside a motto
    ann = cells(job, "u1")
    assert ann["Motto"] == '\'=1+1,"x"\nnext'
    assert ann["Points"] == "2.5"
    assert ann["MOBILE(UNENCRYPTED)"] == "+33612345678;+33612345679"
    assert ann["MOBILE(MD5)"] == "0" * 32
    assert ann["Labels"] == "VIP"
    assert ann["Source"] == "Manual entry"
    assert ann["E-mail"] == "ann@example.com"
    assert cells(job, "u2")["Motto"] == ""
    assert "MOBILE(AES)" not in ann


def test_only_the_columns_asked_for_are_there_in_their_order(people, export) -> None:
    job = export(properties=["city", "userId"], id_types=[], tags=[])
    assert table_of(job) == [["City", "User ID"], ["Delhi", "u1"], ["", "u2"]]


def test_formulas_stay_when_asked_and_harm_nobody_otherwise(people, export, workspace) -> None:
    prop = factories.prop("evil", "string")
    prop.label = "=cmd()"
    prop.save()
    assert cells(export(formula_safe=False), "u1")["Motto"].startswith("=1+1")
    assert "=cmd()" in table_of(export(formula_safe=False))[0]
    assert "'=cmd()" in table_of(export())[0]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope.everyone(), {"u1", "u2"}),
        (Scope.conditions({"property": "city", "op": "is", "value": "delhi"}), {"u1"}),
        (Scope.conditions({"property": "city", "op": "unknown"}), {"u2"}),
        (Scope(ListState(q="bob")), {"u2"}),
        (Scope(ListState(id="+33612345678")), {"u1"}),
    ],
)
def test_everyone_or_what_a_query_finds(people, export, scope, expected) -> None:
    assert users(export(scope)) == expected


def test_a_selection_is_those_ticked_or_all_but_those(people, export) -> None:
    _, bob = people
    some = Scope(ListState(), Selection("some", "", (bob.pk,), 1))
    rest = Scope(ListState(), Selection("all", "", (bob.pk,), 1))
    assert users(export(some)) == {"u2"}
    assert users(export(rest)) == {"u1"}
    assert export(some).subject == "1 selected user"


def test_users_of_another_workspace_and_deleted_ones_are_never_in_it(people, export) -> None:
    ann, bob = people
    with workspace_scope(create_workspace(name="Other", slug="other")):
        stranger = factories.profile({"firstName": "Eve"}, user_id="eve")
    Profile.objects.filter(pk=bob.pk).update(deleted_at="2026-01-01T00:00:00Z")
    ids = (ann.pk, bob.pk, stranger.pk)
    assert users(export(Scope(ListState(), Selection("some", "", ids, 3)))) == {"u1"}
    assert users(export()) == {"u1"}


def test_who_may_not_see_personal_data_gets_it_masked(people, export, make_member) -> None:
    job = export(member=make_member(EXPORT))
    ann = cells(job, "u1")
    assert ann["E-mail"] == "a•••@e•••.com"
    assert ann["MOBILE(UNENCRYPTED)"] == "•••• 5678;•••• 5679"
    assert job.params["file_permissions"] == [EXPORT]
    with job.files.get().file.open("rb") as file:
        assert b"612345" not in read_zip(file.read())[1]


def test_unmasked_personal_data_needs_the_permission_at_download(people, export, make_member, sign_in) -> None:
    member = make_member(EXPORT, PERSONAL, "data.logs.view", "data.logs.download")
    job = export(member=member)
    assert cells(job, "u1")["E-mail"] == "ann@example.com"
    assert job.params["file_permissions"] == [EXPORT, PERSONAL]
    address = f"/w/acme/logs/{job.pk}/files/{job.files.get().name}"
    assert sign_in(member=member).get(address).status_code == 200
    assert sign_in(EXPORT, "data.logs.view", "data.logs.download").get(address).status_code == 403
    assert sign_in(PERSONAL, "data.logs.view", "data.logs.download").get(address).status_code == 403
    entries = AuditEntry.objects.filter(action__startswith="export_users").order_by("at")
    assert [entry.action for entry in entries] == ["export_users.requested", "export_users.downloaded"]


def test_without_personal_columns_no_such_permission_is_needed(people, export, make_member) -> None:
    job = export(member=make_member(EXPORT, PERSONAL), properties=["userId", "city"], id_types=[], tags=[])
    assert job.params["file_permissions"] == [EXPORT]


def start(member, scope=None) -> Job:
    """Asks without running."""
    return prepare_export(
        scope=scope or Scope.everyone(),
        content=chosen(properties=["userId", "email"], id_types=[], tags=[]),
        formula_safe=True,
        actor=member.user,
        member=member,
        address=None,
    )


def withdraw(member, code: str) -> None:
    role = member.roles.get()
    role.permissions = [held for held in role.permissions if held != code]
    role.save()


def test_a_right_withdrawn_before_the_job_runs_is_gone(people, make_member) -> None:
    member = make_member(EXPORT, PERSONAL)
    refused, masked = start(member), start(member)
    withdraw(member, PERSONAL)
    jobs.run(masked.pk)
    masked.refresh_from_db()
    assert cells(masked, "u1")["E-mail"] == "a•••@e•••.com"
    withdraw(member, EXPORT)
    jobs.run(refused.pk)
    refused.refresh_from_db()
    assert (refused.state, refused.files.count()) == ("failed", 0)
    assert "Export users" in refused.error


@pytest.mark.parametrize("change", ["suspended", "removed", "account gone", "account closed"])
def test_whoever_is_gone_when_the_job_runs_gets_nothing(people, make_member, change) -> None:
    member = make_member(EXPORT, PERSONAL)
    job = start(member)
    if change == "suspended":
        member.suspended = True
        member.save()
    elif change == "removed":
        member.delete()
    elif change == "account closed":
        member.user.is_active = False
        member.user.save()
    else:
        member.user.delete()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.files.count()) == ("failed", 0)


def test_nobody_without_the_permission_starts_one(people, make_member) -> None:
    with pytest.raises(JobRefused):
        start(make_member("insight.user360.view", SEGMENT))
    assert not Job.objects.exists()


def test_a_segments_own_permission_does_not_reach_further(people, make_member) -> None:
    member = make_member(SEGMENT)
    for state in (ListState(segment="x", q="a"), ListState(segment="x", c='{"all": []}'), ListState()):
        with pytest.raises(JobRefused, match="permission"):
            start(member, Scope(state))
    with pytest.raises(JobRefused):
        start(member, Scope(ListState(segment="x"), Selection("all", "", (), 0)))


def test_a_query_takes_the_permission_to_query(people, make_member) -> None:
    with pytest.raises(JobRefused):
        start(make_member(EXPORT), Scope(ListState(c='{"all": []}')))


def test_conditions_that_cannot_be_read_export_nobody(people, make_member) -> None:
    prop = factories.prop("gone")
    member = make_member(EXPORT, QUERY)
    scope = Scope.conditions({"not": {"property": "gone", "op": "known"}})
    job = start(member, scope)
    prop.delete()
    with pytest.raises(JobRefused):
        start(member, scope)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.files.count()) == ("failed", 0)
    assert "cannot be read" in job.error


def test_words_of_a_query_do_not_repeat_personal_data(people, export) -> None:
    for scope in (
        Scope.conditions({"property": "email", "op": "is", "value": "ann@example.com"}),
        Scope.conditions({"identity": "mobile", "op": "is", "value": "+33612345678"}),
        Scope(ListState(q="ann@example.com")),
        Scope(ListState(id="+33612345678")),
    ):
        subject = export(scope).subject
        assert "ann@" not in subject
        assert "612345678" not in subject
    assert "Delhi" in export(Scope.conditions({"property": "city", "op": "is", "value": "Delhi"})).subject


@pytest.mark.parametrize(
    "content", [{}, {"properties": ["gone"]}, {"tags": [0]}, {"id_types": ["gone"]}, {"properties": ["archived"]}]
)
def test_nothing_chosen_or_something_unknown_is_refused(people, export, content) -> None:
    prop = factories.prop("archived")
    prop.archived_at = prop.created_at
    prop.save()
    with pytest.raises(JobRefused):
        export(**{"properties": [], "id_types": [], "tags": []} | content)


def test_a_second_attempt_replaces_the_file_of_the_first(people, export) -> None:
    job = export()
    first = job.files.get()
    Job.objects.filter(pk=job.pk).update(state="queued")
    jobs.run(job.pk)
    assert not first.file.storage.exists(first.file.name) or job.files.get().file.name == first.file.name
    assert users(job) == {"u1", "u2"}


def test_the_command_writes_the_file_and_prints_what_it_did(people, tmp_path, workspace) -> None:
    out, printed = tmp_path / "users.zip", io.StringIO()
    conditions = json.dumps({"property": "city", "op": "is", "value": "Delhi"})
    fields = "userId,email,id:mobile,tags"
    call_command(
        "export_users", "-w", "acme", "--conditions", conditions, "--fields", fields, "--out", str(out), stdout=printed
    )
    said = json.loads(printed.getvalue().splitlines()[-1])
    assert said == {"job": Job.objects.get().pk, "users": 1}
    with ZipFile(out) as archive:
        lines = archive.read(archive.namelist()[0]).decode("utf-8-sig").splitlines()
    assert lines[0] == "User ID,E-mail,MOBILE(UNENCRYPTED),MOBILE(MD5),Labels"
    assert lines[1].startswith("u1,ann@example.com,")


@pytest.mark.parametrize(
    "arguments",
    [
        ["-w", "nowhere"],
        ["-w", "acme", "--segment", "gone"],
        ["-w", "acme", "--conditions", "{"],
        ["-w", "acme", "--conditions", '{"property": "gone", "op": "known"}'],
        ["-w", "acme", "--fields", "gone"],
    ],
)
def test_the_command_says_what_is_wrong(workspace, tmp_path, arguments) -> None:
    out = tmp_path / "users.zip"
    with pytest.raises(CommandError):
        call_command("export_users", *arguments, "--out", str(out))
    assert not out.exists()
