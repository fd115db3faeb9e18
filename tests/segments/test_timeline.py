"""Entering and leaving segments in the timeline of a user."""

import pytest
from django.test import Client
from django.urls import reverse

from segments import evaluation
from segments.services import create_segment
from tests.factories import WorkspaceFactory, member, profile
from user360.models import Role
from user360.services.profiles import Origin, update_profile
from user360.tenancy import workspace_scope


@pytest.mark.django_db
def test_whoever_may_see_segments_sees_a_user_enter_and_leave() -> None:
    workspace = WorkspaceFactory.create()
    with workspace_scope(workspace):
        someone = profile({"city": "Paris"})
        create_segment(name="Parisians", conditions={"property": "city", "op": "is", "value": "Paris"}, actor=None)
        evaluation.drain(workspace)
        update_profile(profile_id=someone.pk, values={"city": "Rome"}, origin=Origin())
        evaluation.drain(workspace)
        Role.objects.create(name="Narrow", permissions=["insight.user360.detail"])
    address = reverse("user360:user", args=[workspace.slug, someone.pk])
    said = {}
    for role in ("Viewer", "Narrow"):
        client = Client()
        client.force_login(member(workspace, role).user)
        said[role] = client.get(address, {"tab": "timeline", "kind": "segments"}).content.decode()
    assert "Left Parisians" in said["Viewer"]
    assert "Entered Parisians" in said["Viewer"]
    assert "Parisians" not in said["Narrow"]
