"""A segment is no way around the masking of personal data."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from segments.models import Segment
from tests.factories import WorkspaceFactory, member
from user360.tenancy import workspace_scope

LETTERS = json.dumps({"property": "email", "op": "starts_with", "value": "a"})
EXACT = json.dumps({"property": "email", "op": "is", "value": "a@example.com"})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "conditions", "made"), [("Analyst", LETTERS, 0), ("Analyst", EXACT, 1), ("Marketer", LETTERS, 1)]
)
def test_who_sees_no_personal_data_cannot_find_it_letter_by_letter(
    client: Client, role: str, conditions: str, made: int
) -> None:
    workspace = WorkspaceFactory.create()
    client.force_login(member(workspace, role).user)
    client.post(reverse("segments:new", args=[workspace.slug]), {"name": "A", "conditions": conditions})
    with workspace_scope(workspace):
        assert Segment.objects.count() == made


@pytest.mark.django_db
def test_the_preview_counts_nobody_for_them(client: Client) -> None:
    workspace = WorkspaceFactory.create()
    client.force_login(member(workspace, "Analyst").user)
    answer = client.post(reverse("segments:preview", args=[workspace.slug]), {"conditions": LETTERS})
    assert "exact value" in answer.content.decode()
