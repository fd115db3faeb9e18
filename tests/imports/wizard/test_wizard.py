"""The wizard leads from a file to its import; leaving, hostile and broken input lose and change nothing."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from imports.models import UserImport
from tests.factories import WorkspaceFactory, member
from user360.models import Job, Profile, Property, Workspace
from user360.services import jobs
from user360.tenancy import workspace_scope

FILE = b"customer_id,city,birthday,plan\nC1,Lyon,19800131,gold\nC2,Paris,19801301,silver\nC3,Nice,19991231,gold\n"


@pytest.fixture
def workspace(db: None) -> Workspace:
    return WorkspaceFactory(default_country="FR")


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
    return {f"{name}-{row['position']}": row[key] for row in rows for name, key in SENT.items()}


SENT = {"target": "chosen", "date": "date_format", "type": "type", "label": "label"}


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
    workspace, client = WorkspaceFactory(default_country="FR"), Client()
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
    answer = client.post(at("run", workspace, draft))
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


def test_the_same_file_twice_is_noticed(workspace: Workspace, marketer: Client) -> None:
    draft = upload(marketer, workspace)
    assert draft is not None
    marketer.post(at("map", workspace, draft), fields(marketer, workspace, draft))
    marketer.post(at("run", workspace, draft))
    address = reverse("imports:new", args=[workspace.slug])
    answer = marketer.post(address, {"file": SimpleUploadedFile("again.csv", FILE), "source": ""}, follow=True)
    assert "This very file was imported" in str(next(iter(answer.context["messages"])))


@pytest.mark.parametrize("step", ["map", "conflicts", "tags", "review"])
def test_another_workspaces_draft_is_not_found(workspace: Workspace, marketer: Client, step: str) -> None:
    theirs = WorkspaceFactory()
    other = Client()
    other.force_login(member(theirs).user)
    draft = upload(other, theirs)
    assert draft is not None
    assert marketer.get(at(step, workspace, draft)).status_code == 404


def test_two_clicks_start_one_import(workspace: Workspace, marketer: Client) -> None:
    draft = upload(marketer, workspace)
    assert draft is not None
    marketer.post(at("map", workspace, draft), fields(marketer, workspace, draft))
    marketer.post(at("run", workspace, draft))
    marketer.post(at("run", workspace, draft))
    with workspace_scope(workspace):
        assert Job.objects.filter(kind="import_users").count() == 1
