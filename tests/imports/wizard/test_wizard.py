"""The wizard leads from a file to its import; leaving, hostile and broken input lose and change nothing."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from imports.engine.mapping import MappedColumn
from imports.models import UserImport
from imports.services import user_imports
from tests.factories import WorkspaceFactory, member
from user360.models import Job, Profile, Property, Workspace
from user360.services import jobs
from user360.tenancy import workspace_scope

FILE = b"customer_id,city,birthday,plan\nC1,Lyon,19800131,gold\nC2,Paris,19801301,silver\nC3,Nice,19991231,gold\n"


@pytest.fixture
def workspace(db: None) -> Workspace:
    return WorkspaceFactory.create(default_country="FR")


@pytest.fixture
def marketer(workspace: Workspace, client: Client) -> Client:
    client.force_login(member(workspace, "Marketer").user)
    return client


def upload(client: Client, workspace: Workspace, content: bytes = FILE, name: str = "users.csv") -> UserImport | None:
    address = reverse("imports:new", args=[workspace.slug])
    answer = client.post(address, {"file": SimpleUploadedFile(name, content), "source": "CRM"})
    with workspace_scope(workspace):
        if answer.status_code != 302:
            return None
        made: UserImport = UserImport.objects.select_related("source").latest("pk")
        return made


def at(step: str, workspace: Workspace, draft: UserImport) -> str:
    return reverse(f"imports:{step}", args=[workspace.slug, draft.pk])


def fields(client: Client, workspace: Workspace, draft: UserImport) -> dict[str, object]:
    """What the mapping page proposes, as its form would send it."""
    rows = client.get(at("map", workspace, draft)).context["rows"]
    return {f"{name}-{row.position}": getattr(row, field) for row in rows for name, field in SENT.items()}


SENT = {"target": "target", "date": "date_format", "type": "type", "label": "label", "key": "key"}


def checked(client: Client, workspace: Workspace, content: bytes = FILE, **changed: str) -> UserImport:
    """An import whose dry run is done."""
    draft = upload(client, workspace, content)
    assert draft is not None
    client.post(at("map", workspace, draft), fields(client, workspace, draft) | changed)
    client.post(at("conflicts", workspace, draft), {"on_conflict": "update"})
    client.post(at("tags", workspace, draft), {"tags": ""})
    assert work(workspace).state == Job.State.COMPLETED
    return draft


def work(workspace: Workspace) -> Job:
    """Does the newest job as a worker would."""
    with workspace_scope(workspace):
        key = Job.objects.latest("pk").pk
    jobs.run(key)
    with workspace_scope(workspace):
        done: Job = Job.objects.get(pk=key)
        return done


@pytest.mark.django_db(transaction=True)
def test_a_file_goes_from_upload_to_users() -> None:
    workspace, client = WorkspaceFactory.create(default_country="FR"), Client()
    client.force_login(member(workspace, "Marketer").user)
    draft = upload(client, workspace)
    assert draft is not None
    proposed = fields(client, workspace, draft)
    assert proposed["target-0"] == "userId"
    assert (proposed["target-2"], proposed["target-3"]) == ("dob", "+")
    assert client.post(at("map", workspace, draft), proposed | {"date-2": "yyyymmdd"}).status_code == 302
    assert client.post(at("conflicts", workspace, draft), {"on_conflict": "update"}).status_code == 302
    assert client.post(at("tags", workspace, draft), {"tags": "Fair\nLead"}).status_code == 302
    work(workspace)
    review = client.get(at("review", workspace, draft))
    assert (review.context["counts"]["new"], review.context["counts"]["failed"]) == (2, 1)
    assert [error["line"] for error in review.context["errors"]] == [3]
    with workspace_scope(workspace):
        assert not Profile.objects.exists()
    answer = client.post(at("run", workspace, draft), {"check": review.context["check"].pk})
    assert work(workspace).state == Job.State.COMPLETED_WITH_ERRORS
    with workspace_scope(workspace):
        job = Job.objects.latest("pk")
        assert answer["Location"] == reverse("imports:log", args=[workspace.slug, job.pk])
        assert dict(Profile.objects.values_list("user_id", "city")) == {"C1": "Lyon", "C3": "Nice"}
        assert Profile.objects.filter(attributes__plan="gold").count() == 2


def test_coming_back_goes_on_where_one_left(workspace: Workspace, marketer: Client) -> None:
    draft = upload(marketer, workspace)
    assert draft is not None
    marketer.post(at("map", workspace, draft), fields(marketer, workspace, draft))
    drafts = marketer.get(reverse("imports:new", args=[workspace.slug])).context["drafts"]
    assert drafts == [(draft, at("conflicts", workspace, draft))]


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "empty"), (b"customer_id,city\n", "no rows"), (b"PK\x03\x04" + bytes(range(256)) * 20, "not")],
)
def test_a_broken_file_gets_one_sentence_and_leaves_nothing(
    workspace: Workspace, marketer: Client, content: bytes, words: str
) -> None:
    answer = marketer.post(
        reverse("imports:new", args=[workspace.slug]), {"file": SimpleUploadedFile("users.csv", content), "source": ""}
    )
    assert answer.status_code == 422
    (sentence,) = answer.context["form"].errors["file"]
    assert sentence.endswith(".")
    with workspace_scope(workspace):
        assert not UserImport.objects.exists()


def test_a_column_that_goes_nowhere_keeps_the_page_and_says_so(workspace: Workspace, marketer: Client) -> None:
    draft = upload(marketer, workspace)
    assert draft is not None
    wrong = fields(marketer, workspace, draft) | {"target-1": "nonsense"}
    answer = marketer.post(at("map", workspace, draft), wrong)
    assert answer.status_code == 422
    assert answer.context["refusal"].column == "city"
    with workspace_scope(workspace):
        assert UserImport.objects.get(pk=draft.pk).mapping == []
        assert not Property.objects.filter(key="nonsense").exists()


def test_the_same_file_twice_is_noticed_on_every_step(workspace: Workspace, marketer: Client) -> None:
    first = upload(marketer, workspace)
    again = upload(marketer, workspace, name="again.csv")
    assert first is not None
    assert again is not None
    page = marketer.get(at("map", workspace, again))
    assert page.context["earlier"].draft == first
    assert "This very file was uploaded before" in page.content.decode()
    with workspace_scope(workspace):
        user_imports.save_mapping(user_import=first, columns=[MappedColumn("city", "city")], user_id_column="")
        job = user_imports.run(user_import=first, actor=None)
    earlier = marketer.get(at("map", workspace, again)).context["earlier"]
    assert (earlier.imported, earlier.url) == (True, reverse("imports:log", args=[workspace.slug, job.pk]))


@pytest.mark.parametrize("step", ["map", "conflicts", "tags", "review"])
def test_another_workspaces_draft_is_not_found(workspace: Workspace, marketer: Client, step: str) -> None:
    theirs = WorkspaceFactory.create()
    other = Client()
    other.force_login(member(theirs).user)
    draft = upload(other, theirs)
    assert draft is not None
    assert marketer.get(at(step, workspace, draft)).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_clicks_start_one_import() -> None:
    workspace, client = WorkspaceFactory.create(), Client()
    client.force_login(member(workspace, "Marketer").user)
    draft = checked(client, workspace)
    sent = {"check": client.get(at("review", workspace, draft)).context["check"].pk}
    answers = [client.post(at("run", workspace, draft), sent) for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    with workspace_scope(workspace):
        assert Job.objects.filter(kind="import_users").count() == 1


@pytest.mark.django_db(transaction=True)
def test_nothing_is_imported_that_was_not_reviewed_as_it_is() -> None:
    workspace, client = WorkspaceFactory.create(), Client()
    client.force_login(member(workspace, "Marketer").user)
    draft = checked(client, workspace)
    seen = {"check": client.get(at("review", workspace, draft)).context["check"].pk}
    client.post(at("conflicts", workspace, draft), {"on_conflict": "replace"})
    assert client.post(at("run", workspace, draft), seen)["Location"] == at("review", workspace, draft)
    stale = client.get(at("review", workspace, draft))
    assert stale.context["stale"]
    assert 'hx-trigger="load, submit"' in stale.content.decode()
    client.post(at("check", workspace, draft))
    work(workspace)
    assert client.post(at("run", workspace, draft), seen)["Location"] == at("review", workspace, draft)
    with workspace_scope(workspace):
        assert not Job.objects.filter(kind="import_users").exists()
