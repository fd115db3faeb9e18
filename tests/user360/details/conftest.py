"""A workspace with one user, and members who look at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import WorkspaceFactory, member, profile, prop
from user360.models import Profile, Role, Source, Workspace
from user360.services.profiles import Origin
from user360.tenancy import workspace_scope

HTMX = {"HX-Request": "true"}


@pytest.fixture
def workspace(db: None) -> Iterator[Workspace]:
    with workspace_scope(WorkspaceFactory.create(default_country="FR")) as scope:
        yield scope


@pytest.fixture
def crm(workspace: Workspace) -> Origin:
    return Origin(source=Source.objects.create(name="CRM"))


@pytest.fixture
def someone(crm: Origin) -> Profile:
    prop("spent", "number")
    values = {"firstName": "Ann", "lastName": "Lee", "city": "Paris", "email": "ann@example.com", "spent": "12.5"}
    return profile(values, user_id="C-1", ids={"email": "ann@example.com"}, tags={"Labels": "vip"}, origin=crm)


@pytest.fixture
def sign_in(workspace: Workspace) -> Callable[..., Client]:
    """Signs a new member in: in a preset role, or in one with exactly the permissions named."""

    def make(role: str = "Administrator", permissions: list[str] | None = None) -> Client:
        if permissions is not None:
            Role.objects.create(name=role, permissions=permissions)
        client = Client()
        client.force_login(member(workspace, role, first_name="Chiara", last_name="Rossi").user)
        return client

    return make


@pytest.fixture
def address(workspace: Workspace) -> Callable[..., str]:
    """The address of a page of this workspace by its name."""

    def make(name: str, *args: Any) -> str:
        return reverse(f"user360:{name}", args=[workspace.slug, *args])

    return make
