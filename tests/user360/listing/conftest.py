"""A workspace, its members and the way into its list."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from tests.factories import WorkspaceFactory, member
from user360.models import Role, Workspace
from user360.tenancy import workspace_scope


@pytest.fixture
def workspace(db: None) -> Iterator[Workspace]:
    """A workspace, with its scope open."""
    with workspace_scope(WorkspaceFactory.create(default_country="FR")) as made:
        yield made


@pytest.fixture
def address(workspace: Workspace) -> str:
    """Where the list is."""
    return f"/w/{workspace.slug}/users/"


@pytest.fixture
def sign_in(workspace: Workspace) -> Callable[..., Client]:
    """A member in a preset role, without the permissions named, signed in."""

    def enter(role: str = "Administrator", *, without: frozenset[str] = frozenset()) -> Client:
        made = member(workspace, role)
        if without:
            kept = set(made.roles.get().permissions) - without
            made.roles.set([Role.objects.create(name=f"Part of {role}", permissions=sorted(kept))])
        client = Client()
        client.force_login(made.user)
        return client

    return enter
