"""Data of a workspace is out of reach without saying which."""

from typing import Any

import pytest
from django.apps import apps

from user360.models import Workspace
from user360.tenancy import OutsideWorkspaceError, workspace_scope

SCOPED = [
    model
    for app in ("user360", "segments", "imports")
    for model in apps.get_app_config(app).get_models()
    if any(field.name == "workspace" for field in model._meta.local_fields)
]


@pytest.mark.parametrize("model", SCOPED, ids=lambda m: m.__name__)
def test_a_query_outside_a_workspace_raises(model: Any) -> None:
    with pytest.raises(OutsideWorkspaceError):
        model.objects.all()


@pytest.mark.parametrize("model", SCOPED, ids=lambda m: m.__name__)
def test_a_query_inside_a_workspace_asks_for_its_rows_alone(model: Any) -> None:
    with workspace_scope(Workspace(pk=4711)):
        assert "4711" in str(model.objects.all().query)


@pytest.mark.django_db
def test_what_is_created_in_a_scope_belongs_to_its_workspace() -> None:
    from user360.models import Source
    from user360.services.workspaces import create_workspace

    ours, theirs = create_workspace(name="Ours", slug="ours"), create_workspace(name="Theirs", slug="theirs")
    with workspace_scope(ours):
        Source.objects.create(name="Feed")
    with workspace_scope(theirs):
        assert not Source.objects.filter(name="Feed").exists()
