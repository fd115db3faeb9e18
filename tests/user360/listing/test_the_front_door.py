"""`/` leads to the workspace used last."""

import datetime as dt

import time_machine
from django.test import Client

from tests.factories import UserFactory, WorkspaceFactory
from user360.models import Member
from user360.tenancy import workspace_scope

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def test_the_front_door_leads_to_the_workspace_used_last(db: None, client: Client) -> None:
    user = UserFactory.create()
    first, second = (WorkspaceFactory.create(owner=user) for _ in range(2))
    client.force_login(user)
    for workspace, hour in ((first, 0), (second, 2), (first, 4)):
        with time_machine.travel(NOON + dt.timedelta(hours=hour)):
            client.get(f"/w/{workspace.slug}/users/")
            assert client.get("/")["Location"] == f"/w/{workspace.slug}/users/"


def test_use_is_noted_once_an_hour(db: None, client: Client) -> None:
    user = UserFactory.create()
    workspace = WorkspaceFactory.create(owner=user)
    client.force_login(user)
    for minutes, noted in ((0, 0), (59, 0), (61, 61)):
        with time_machine.travel(NOON + dt.timedelta(minutes=minutes), tick=False):
            client.get(f"/w/{workspace.slug}/users/")
        with workspace_scope(workspace):
            assert Member.objects.get().last_used_at == NOON + dt.timedelta(minutes=noted)


def test_who_is_in_no_workspace_is_told_so(db: None, client: Client) -> None:
    client.force_login(UserFactory.create())
    response = client.get("/")
    assert response.status_code == 200
    assert "You are in no workspace yet" in response.content.decode()


def test_signed_out_one_signs_in(db: None, client: Client) -> None:
    assert "/accounts/login/" in client.get("/")["Location"]
