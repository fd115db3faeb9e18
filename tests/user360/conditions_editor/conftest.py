"""Five people, and clients of members in preset roles."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import WorkspaceFactory, member, profile, prop
from user360.models import Workspace
from user360.tenancy import workspace_scope

type Ask = Callable[..., dict[str, Any]]

PEOPLE: list[tuple[dict[str, str], dict[str, str]]] = [
    ({"city": "Paris", "age": "31", "email": "ana@example.com"}, {"Tier": "Gold"}),
    ({"city": "Paris", "age": "44"}, {"Tier": "Silver"}),
    ({"city": "Lyon", "age": "27"}, {}),
    ({"city": "Oslo"}, {"Tier": "Gold"}),
    ({}, {}),
]


@pytest.fixture
def workspace(db: None) -> Iterator[Workspace]:
    """A workspace with five people, entered."""
    made = WorkspaceFactory.create(slug="acme")
    with workspace_scope(made):
        prop("plan", choices=["Basic", "Plus"])
        prop("nextVisit", "datetime")
        for values, tags in PEOPLE:
            profile(values, tags=tags)
        yield made


@pytest.fixture
def client_as(workspace: Workspace) -> Callable[[str], Client]:
    """A client of a new member in the role."""

    def signed_in(role: str) -> Client:
        client = Client()
        client.force_login(member(workspace, role).user)
        return client

    return signed_in


@pytest.fixture
def ask(workspace: Workspace, client_as: Callable[[str], Client]) -> Ask:
    """The JSON answer of one of the builder's addresses: `ask("condition_values", {"kind": …}, role="Analyst")`."""

    def answer(name: str, data: dict[str, Any], role: str = "Marketer") -> dict[str, Any]:
        client, url = client_as(role), reverse(f"user360:{name}", args=[workspace.slug])
        response = client.post(url, data) if name == "condition_counts" else client.get(url, data)
        assert response.status_code == 200
        return response.json()  # type: ignore[no-any-return]

    return answer


@pytest.fixture
def count(ask: Ask) -> Ask:
    """The counts of a definition, by path."""

    def counted(definition: object, role: str = "Marketer", **more: object) -> dict[str, Any]:
        data = {"conditions": json.dumps(definition)} | {name: json.dumps(value) for name, value in more.items()}
        answer = ask("condition_counts", data, role)
        answer["counts"] = {tuple(node["path"]): node["count"] for node in answer["nodes"] if "count" in node}
        return answer

    return counted
