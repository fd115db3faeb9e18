"""The wizard leads from a file to its import; leaving, broken files and hurried clicks lose and change nothing."""

from __future__ import annotations

import pytest
from django.urls import reverse

from imports.engine.mapping import MappedColumn
from imports.models import UserImport
from imports.services import user_imports
from tests.factories import WorkspaceFactory
from tests.imports.wizard.conftest import Walk, walk_of
from user360.models import Job, Profile
from user360.tenancy import workspace_scope

FILE = b"customer_id,city,birthday,plan\nC1,Lyon,19800131,gold\nC2,Paris,19801301,silver\nC3,Nice,19991231,gold\n"


@pytest.fixture
def working(transactional_db: None) -> Walk:
    """A walk whose jobs can be done."""
    return walk_of(WorkspaceFactory.create(default_country="FR"))


def imports_started(walk: Walk) -> int:
    with workspace_scope(walk.workspace):
        return Job.objects.filter(kind=user_imports.IMPORT_JOB).count()


def test_a_file_goes_from_upload_to_users(working: Walk) -> None:
    working.upload(FILE)
    proposed = working.proposed()
    assert proposed["target-0"] == "userId"
    assert (proposed["target-2"], proposed["target-3"]) == ("dob", "+")
    assert working.post("map", proposed | {"date-2": "yyyymmdd"}).status_code == 302
    assert working.post("conflicts", {"on_conflict": "update"}).status_code == 302
    assert working.post("tags", {"tags": "Fair\nLead"}).status_code == 302
    assert working.get("review").context["checking"]
    working.work()
    review = working.get("review")
    assert (review.context["counts"]["new"], review.context["counts"]["failed"]) == (2, 1)
    with workspace_scope(working.workspace):
        assert not Profile.objects.exists()
    answer = working.post("run", {"check": review.context["check"].pk})
    job = working.work()
    assert job.state == Job.State.COMPLETED_WITH_ERRORS
    assert answer["Location"] == reverse("imports:log", args=[working.workspace.slug, job.pk])
    with workspace_scope(working.workspace):
        assert dict(Profile.objects.values_list("user_id", "city")) == {"C1": "Lyon", "C3": "Nice"}
        assert Profile.objects.filter(attributes__plan="gold").count() == 2


def test_coming_back_goes_on_where_one_left(walk: Walk) -> None:
    walk.upload(FILE)
    walk.post("map", walk.proposed())
    page = walk.client.get(reverse("imports:new", args=[walk.workspace.slug]))
    assert page.context["mine"] == [(walk.draft, walk.at("conflicts"))]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"customer_id,city\n", "no rows"),
        (b"PK\x03\x04" + bytes(range(256)) * 20, "Excel workbook"),
        (b"%PDF-1.7" + bytes(range(256)) * 20, "PDF"),
    ],
)
def test_a_broken_file_gets_one_sentence_and_leaves_nothing(walk: Walk, content: bytes, words: str) -> None:
    answer = walk.upload(content)
    assert answer.status_code == 422
    (sentence,) = answer.context["form"].errors["file"]
    assert words in sentence
    with workspace_scope(walk.workspace):
        assert not UserImport.objects.exists()


def test_a_script_that_uploads_is_told_where_to_go_on(walk: Walk) -> None:
    walk.client.defaults["HTTP_HX_REQUEST"] = "true"
    answer = walk.upload(FILE)
    with workspace_scope(walk.workspace):
        walk.draft_id = UserImport.objects.get().pk
    assert answer["HX-Redirect"] == walk.at("map")


def test_the_same_file_twice_is_noticed_on_every_step(walk: Walk) -> None:
    walk.upload(FILE)
    first = walk.draft
    walk.upload(FILE, name="again.csv")
    page = walk.get("map")
    assert page.context["earlier"].draft == first
    assert "This very file was uploaded before" in page.content.decode()
    with workspace_scope(walk.workspace):
        user_imports.save_mapping(user_import=first, columns=[MappedColumn("city", "city")], user_id_column="")
        job = user_imports.run(user_import=first, actor=None)
    page = walk.get("map")
    assert page.context["earlier"].url == reverse("imports:log", args=[walk.workspace.slug, job.pk])
    assert "This very file was imported before" in page.content.decode()


def test_the_same_file_in_another_workspace_is_nobodys_business(walk: Walk) -> None:
    walk.upload(FILE)
    other = walk_of(WorkspaceFactory.create())
    other.upload(FILE)
    assert other.get("map").context["earlier"] is None


def test_two_clicks_start_one_import(working: Walk) -> None:
    working.check(FILE)
    sent: dict[str, object] = {"check": working.get("review").context["check"].pk}
    answers = [working.post("run", sent) for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert imports_started(working) == 1


def test_nothing_is_imported_that_was_not_reviewed_as_it_is(working: Walk) -> None:
    working.check(FILE)
    seen: dict[str, object] = {"check": working.get("review").context["check"].pk}
    working.post("conflicts", {"on_conflict": "replace"})
    assert working.post("run", seen)["Location"] == working.at("review")
    stale = working.get("review")
    assert stale.context["stale"]
    assert 'hx-trigger="load, submit"' in stale.content.decode()
    working.post("check")
    working.work()
    assert working.post("run", seen)["Location"] == working.at("review")
    assert imports_started(working) == 0
