"""A workspace, members with chosen permissions, and browsers signed in as them."""

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client

from user360.models import Member, Role, Workspace
from user360.services.workspaces import create_workspace
from user360.tenancy import workspace_scope

type SignIn = Callable[..., Client]


@pytest.fixture
def workspace(db: None) -> Iterator[Workspace]:
    """A workspace in Paris, entered."""
    made = create_workspace(name="Acme", slug="acme")
    made.time_zone = "Europe/Paris"
    made.save()
    with workspace_scope(made):
        yield made


@pytest.fixture
def make_member(workspace: Workspace) -> Callable[..., Member]:
    """Adds a member whose one role grants exactly these permissions."""

    def make(*permissions: str) -> Member:
        address = f"member{User.objects.count()}@example.com"
        user = User.objects.create_user(address, address)
        role = Role.objects.create(name=f"Role of {user.email}", permissions=list(permissions))
        member: Member = Member.objects.create(user=user)
        member.roles.add(role)
        return member

    return make


@pytest.fixture
def sign_in(make_member: Callable[..., Member]) -> SignIn:
    """A browser of a new member with these permissions, or of the given member."""

    def client_of(*permissions: str, member: Member | None = None) -> Client:
        client = Client()
        client.force_login((member or make_member(*permissions)).user)
        return client

    return client_of
