"""Who gets which answer at every address: each preset role, a stranger and somebody signed out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver

from imports.services import user_imports
from segments.services import create_segment
from tests.factories import WorkspaceFactory, member, profile, prop
from user360.access import PRESET_ROLES
from user360.models import Job, Workspace
from user360.services import jobs
from user360.tenancy import workspace_scope

SPACES = ("user360", "segments", "imports")


@dataclass(frozen=True)
class Address:
    """A page, the permission it asks for and how it is asked."""

    permission: str
    method: str = "get"
    kwargs: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    # What the view asks besides, once it knows what the request is about.
    also: str = ""


PROFILE = {"profile_id": "profile"}
KEY = {"key": "city"}
SEGMENT = {"slug": "paris"}
JOB = {"job_id": "job"}
IMPORT = {"import_id": "import"}

# Every address has a row; a new page without one fails the first test.
MATRIX: dict[str, Address] = {
    "user360:users": Address("insight.user360.view"),
    "user360:users_count": Address("insight.user360.view"),
    "user360:columns": Address("insight.user360.view"),
    "user360:user_new": Address("insight.user360.add"),
    "user360:user": Address("insight.user360.detail", kwargs=PROFILE),
    "user360:user_edit": Address("insight.user360.edit", kwargs=PROFILE),
    "user360:user_tags": Address("insight.user360.tag", kwargs=PROFILE),
    "user360:user_field": Address("insight.user360.edit", kwargs=PROFILE | KEY),
    "user360:user_pin": Address("insight.user360.edit", "post", PROFILE | KEY),
    "user360:condition_editor": Address("insight.user360.query"),
    "user360:condition_catalog": Address("insight.user360.query"),
    "user360:condition_values": Address("insight.user360.query"),
    "user360:condition_counts": Address("insight.user360.query", "post", data={"conditions": '{"all": []}'}),
    "user360:properties": Address("insight.user360.view"),
    "user360:property_new": Address("config.properties"),
    "user360:property_order": Address("config.properties", "post"),
    "user360:property_edit": Address("config.properties", kwargs=KEY),
    "user360:property_search": Address("config.properties", "post", {"key": "tier"}),
    "segments:segments": Address("insight.segments.view"),
    "segments:new": Address("insight.segments.create"),
    "segments:preview": Address(
        "insight.segments.view", "post", data={"conditions": '{"all": []}'}, also="insight.segments.create"
    ),
    "segments:rail": Address("insight.segments.view"),
    "segments:segment": Address("insight.segments.view", kwargs=SEGMENT),
    "segments:edit": Address("insight.segments.edit", kwargs=SEGMENT),
    "segments:rename": Address("insight.segments.edit", kwargs=SEGMENT),
    "segments:duplicate": Address("insight.segments.create", "post", SEGMENT),
    "segments:refresh": Address("insight.segments.edit", "post", SEGMENT),
    "segments:archive": Address("insight.segments.archive", kwargs=SEGMENT),
    "segments:unarchive": Address("insight.segments.archive", "post", SEGMENT),
    "segments:delete": Address("insight.segments.archive", kwargs=SEGMENT),
    "segments:explain": Address("insight.segments.view", kwargs=SEGMENT | PROFILE),
    "segments:profile_tab": Address("insight.segments.view", kwargs=PROFILE),
    "imports:new": Address("data.import"),
    "imports:map": Address("data.import", kwargs=IMPORT),
    "imports:reading": Address("data.import", "post", IMPORT),
    "imports:conflicts": Address("data.import", kwargs=IMPORT),
    "imports:tags": Address("data.import", kwargs=IMPORT),
    "imports:review": Address("data.import", kwargs=IMPORT),
    "imports:check": Address("data.import", "post", IMPORT),
    "imports:run": Address("data.import", "post", IMPORT),
    "imports:logs": Address("data.logs.view"),
    "imports:log": Address("data.logs.view", kwargs=JOB),
    "imports:log_cancel": Address("data.logs.view", "post", JOB, also="config.workspace"),
    "imports:log_file": Address("data.logs.download", kwargs=JOB | {"name": "report.csv"}),
    "imports:export_new": Address("insight.user360.view", also="insight.user360.export"),
}


def names(resolver: URLResolver) -> set[str]:
    found: set[str] = set()
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver) and pattern.namespace in SPACES:
            found |= {
                f"{pattern.namespace}:{each.name}" for each in pattern.url_patterns if isinstance(each, URLPattern)
            }
    return found


def test_every_address_has_a_row() -> None:
    assert names(get_resolver()) == set(MATRIX)


def test_every_view_asks_for_the_permission_of_its_row() -> None:
    asked: dict[str, Any] = {
        f"{space.namespace}:{each.name}": getattr(each.callback, "permission", None)
        for space in get_resolver().url_patterns
        if isinstance(space, URLResolver) and space.namespace in SPACES
        for each in space.url_patterns
        if isinstance(each, URLPattern)
    }
    assert asked == {name: row.permission for name, row in MATRIX.items()}


@dataclass(frozen=True)
class World:
    """A workspace with something behind every address."""

    workspace: Workspace
    keys: dict[str, Any]

    def ask(self, client: Client, name: str) -> int:
        row = MATRIX[name]
        kwargs = {key: self.keys.get(value, value) for key, value in row.kwargs.items()}
        address = reverse(name, kwargs={"workspace": self.workspace.slug, **kwargs})
        return getattr(client, row.method)(address, row.data).status_code  # type: ignore[no-any-return]


@pytest.fixture
def world(db: None) -> World:
    workspace = WorkspaceFactory.create()
    with workspace_scope(workspace):
        prop("tier")
        someone = profile({"city": "Paris"})
        create_segment(name="Paris", conditions={"property": "city", "op": "is", "value": "Paris"}, actor=None)
        job = jobs.create(kind="property_index", subject="An index", actor=None, params={})
        Job.objects.filter(pk=job.pk).update(state=Job.State.COMPLETED)
        file = ContentFile(b"customer_id,city\nC1,Lyon\n")
        draft = user_imports.start_import(file=file, name="users.csv", actor=None)
    return World(workspace, {"profile": someone.pk, "job": job.pk, "import": draft.pk})


@pytest.mark.parametrize("role", PRESET_ROLES, ids=lambda role: role.name)
@pytest.mark.parametrize("name", MATRIX)
def test_a_role_gets_in_where_its_permissions_lead(world: World, client: Client, name: str, role: Any) -> None:
    client.force_login(member(world.workspace, role.name).user)
    status = world.ask(client, name)
    if {MATRIX[name].permission, MATRIX[name].also} - {""} <= role.permissions:
        # A file that the job does not have is the one thing missing from this world.
        allowed = {200, 204, 302, 405, 422} | ({404} if "name" in MATRIX[name].kwargs else set())
        assert status in allowed
    else:
        assert status == 403


@pytest.mark.parametrize("name", MATRIX)
def test_a_stranger_finds_nothing(world: World, client: Client, name: str) -> None:
    client.force_login(member(WorkspaceFactory.create()).user)
    assert world.ask(client, name) == 404


@pytest.mark.parametrize("name", MATRIX)
def test_who_is_signed_out_is_sent_to_sign_in(world: World, client: Client, name: str) -> None:
    assert world.ask(client, name) == 302


def test_a_suspended_member_is_a_stranger(world: World, client: Client) -> None:
    suspended = member(world.workspace)
    suspended.suspended = True
    with workspace_scope(world.workspace):
        suspended.save()
    client.force_login(suspended.user)
    assert world.ask(client, "user360:users") == 404


def test_a_refusal_names_what_to_ask_for(world: World, client: Client) -> None:
    client.force_login(member(world.workspace, "Viewer").user)
    answer = client.get(reverse("user360:user_new", args=[world.workspace.slug]))
    assert re.search("Ask a workspace administrator for:.*Add users", answer.content.decode(), re.DOTALL)
