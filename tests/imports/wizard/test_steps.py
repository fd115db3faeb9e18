"""Every step has its address: who comes too early, too late or from elsewhere is led or turned away."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from imports.engine.mapping import MappedColumn
from imports.models import UserImport
from imports.services import user_imports
from tests.factories import WorkspaceFactory
from tests.imports.wizard.conftest import Walk, walk_of
from user360.models import Job
from user360.tenancy import workspace_scope

FILE = b"customer_id,city\nC1,Lyon\n"
LATER = ("conflicts", "tags", "review")
POSTS = ("map", "reading", "conflicts", "tags", "check", "run")


@pytest.mark.parametrize("step", LATER)
def test_who_comes_before_the_mapping_is_led_to_it(walk: Walk, step: str) -> None:
    walk.upload(FILE)
    assert walk.get(step)["Location"] == walk.at("map")


@pytest.mark.parametrize("step", ["conflicts", "tags", "check", "run"])
def test_nothing_is_done_before_the_mapping(walk: Walk, step: str) -> None:
    walk.upload(FILE)
    answer = walk.post(step, {"on_conflict": "skip", "tags": "x", "check": "None"})
    assert answer["Location"] == walk.at("map")
    assert walk.draft.on_conflict == "update"
    with workspace_scope(walk.workspace):
        assert not Job.objects.exists()


@pytest.mark.parametrize("step", POSTS)
def test_an_import_that_was_started_is_changed_by_nobody(walk: Walk, step: str) -> None:
    walk.upload(FILE)
    with workspace_scope(walk.workspace):
        user_imports.save_mapping(user_import=walk.draft, columns=[MappedColumn("city", "city")], user_id_column="")
        job = user_imports.run(user_import=walk.draft, actor=None)
    before = walk.draft
    answer = walk.post(step, {"on_conflict": "skip", "tags": "x", "encoding": "utf-8", "delimiter": ";"})
    assert answer["Location"] == reverse("imports:log", args=[walk.workspace.slug, job.pk])
    assert all(getattr(walk.draft, field) == getattr(before, field) for field in ("mapping", "on_conflict", "tags"))
    assert walk.draft.columns == before.columns


@pytest.mark.parametrize("step", ["map", *LATER])
def test_another_workspaces_import_is_not_found(walk: Walk, step: str) -> None:
    walk.upload(FILE)
    other = walk_of(WorkspaceFactory.create())
    other.draft_id = walk.draft_id
    assert other.get(step).status_code == 404
    other.workspace = walk.workspace
    assert other.get(step).status_code == 404


@pytest.mark.parametrize("step", POSTS)
def test_another_workspaces_import_cannot_be_written(walk: Walk, step: str) -> None:
    walk.upload(FILE)
    other = walk_of(WorkspaceFactory.create())
    other.draft_id = walk.draft_id
    assert other.post(step, {"target-0": "-"}).status_code == 404
    assert walk.draft.mapping == []


@pytest.mark.parametrize("step", ["map", *LATER])
def test_who_may_not_import_sees_no_draft(walk: Walk, step: str) -> None:
    walk.upload(FILE)
    viewer = walk_of(walk.workspace, "Viewer")
    viewer.draft_id = walk.draft_id
    assert viewer.get(step).status_code == 403


def test_a_draft_of_another_member_is_theirs_to_go_on_with(walk: Walk) -> None:
    walk.upload(FILE)
    colleague = walk_of(walk.workspace)
    colleague.draft_id = walk.draft_id
    page = colleague.client.get(reverse("imports:new", args=[walk.workspace.slug]))
    assert page.context["mine"] == []
    assert page.context["others"] == [(walk.draft, walk.at("map"))]
    assert colleague.get("map").status_code == 200


def test_steps_that_were_done_lead_back_and_forth(walk: Walk) -> None:
    walk.upload(FILE)
    walk.post("map", walk.proposed())
    walk.post("conflicts", {"on_conflict": "update"})
    walk.post("tags", {"tags": ""})
    states = {step.label: (step.state, bool(step.url)) for step in walk.get("map").context["steps"]}
    assert states == {
        "Upload": ("done", False),
        "Map": ("now", False),
        "Conflicts": ("done", True),
        "Tags": ("done", True),
        "Review": ("todo", True),
    }


def test_labels_are_kept_once_each(walk: Walk) -> None:
    walk.upload(FILE)
    walk.post("map", walk.proposed())
    walk.post("tags", {"tags": " Fair \n\nLead\nFair"})
    assert walk.draft.tags == ["Fair", "Lead"]


def test_the_time_of_the_upload_is_proposed_as_a_label(walk: Walk) -> None:
    walk.upload(FILE)
    with workspace_scope(walk.workspace):
        assert walk.draft.tags == [user_imports.default_tag(walk.draft)]
    assert re.fullmatch(r"[0-9]{2}[A-Z][a-z]{2}[0-9]{2}_[0-9]{2}:[0-9]{2}", walk.draft.tags[0])


def test_a_label_that_is_too_long_is_refused(walk: Walk) -> None:
    walk.upload(FILE)
    walk.post("map", walk.proposed())
    before = walk.draft.tags
    assert walk.post("tags", {"tags": "x" * 256}).status_code == 422
    assert walk.draft.tags == before


def test_an_unknown_policy_is_refused(walk: Walk) -> None:
    walk.upload(FILE)
    walk.post("map", walk.proposed())
    assert walk.post("conflicts", {"on_conflict": "explode"}).status_code == 422
    assert walk.draft.on_conflict == UserImport.OnConflict.UPDATE
