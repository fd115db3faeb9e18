"""Organization administrators manage workspaces, members and roles; nobody else gets in."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import UserFactory, WorkspaceFactory, member
from user360.models import AuditEntry, Member, Role, Workspace
from user360.tenancy import workspace_scope

pytestmark = pytest.mark.django_db
PAGES = ("workspace", "member", "role", "identitytype", "source", "auditentry")


@pytest.fixture
def chief(client: Client) -> Client:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    return client


@pytest.mark.parametrize("page", PAGES)
def test_an_organization_administrator_sees_every_workspace(chief: Client, page: str) -> None:
    WorkspaceFactory.create(), WorkspaceFactory.create()
    assert chief.get(reverse(f"admin:user360_{page}_changelist")).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_an_administrator_of_one_workspace_has_no_business_there(client: Client, page: str) -> None:
    client.force_login(member(WorkspaceFactory.create()).user)
    assert client.get(reverse(f"admin:user360_{page}_changelist")).status_code == 302


def test_a_new_workspace_starts_with_roles_and_schema(chief: Client) -> None:
    fields = {"name": "Acme", "slug": "acme", "time_zone": "Europe/Paris", "locale": "fr", "default_country": "FR"}
    assert chief.post(reverse("admin:user360_workspace_add"), fields).status_code == 302
    made = Workspace.objects.get(slug="acme")
    with workspace_scope(made):
        assert (made.time_zone, Role.objects.count(), Member.objects.count()) == ("Europe/Paris", 4, 1)


def test_a_member_is_added_with_a_role_and_recorded(chief: Client) -> None:
    workspace, newcomer = WorkspaceFactory.create(), UserFactory.create()
    with workspace_scope(workspace):
        role = Role.objects.get(name="Analyst")
    fields = {"workspace": workspace.pk, "user": newcomer.pk, "roles": [role.pk]}
    assert chief.post(reverse("admin:user360_member_add"), fields).status_code == 302
    with workspace_scope(workspace):
        assert [each.name for each in Member.objects.get(user=newcomer).roles.all()] == ["Analyst"]
        assert AuditEntry.objects.filter(action="member.created").exists()


def test_a_role_of_another_workspace_is_refused(chief: Client) -> None:
    ours, theirs, newcomer = WorkspaceFactory.create(), WorkspaceFactory.create(), UserFactory.create()
    with workspace_scope(theirs):
        role = Role.objects.get(name="Analyst")
    answer = chief.post(
        reverse("admin:user360_member_add"), {"workspace": ours.pk, "user": newcomer.pk, "roles": [role.pk]}
    )
    assert "has to be of the member&#x27;s workspace" in answer.content.decode()
