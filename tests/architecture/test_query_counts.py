"""Every page asks the database as often for thirty users as for three, and no more often than written here."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from segments.services import create_segment
from tests.factories import WorkspaceFactory, member, profile, prop
from user360.tenancy import workspace_scope

# Page → the most statements it may take, sign-in, membership and transactions included.
COUNTS: dict[str, int] = {
    "user360:users": 30,
    "user360:user": 36,
    "user360:properties": 12,
    "segments:segments": 14,
    "imports:logs": 12,
}


def asked(client: Client, address: str) -> int:
    client.get(address)  # what a first visit notes is no part of the page
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def add(count: int, start: int) -> Any:
    for number in range(start, start + count):
        made = profile(
            {"city": "Paris", "nickname": f"n{number}"},
            ids={"mobile": f"+336120000{number:02d}", "email": f"a{number}@example.com"},
            tags={"Labels": "VIP"},
        )
    return made


@pytest.mark.django_db
@pytest.mark.parametrize("name", COUNTS)
def test_a_page_takes_a_constant_number_of_statements(client: Client, name: str) -> None:
    workspace = WorkspaceFactory.create(default_country="FR")
    client.force_login(member(workspace).user)
    with workspace_scope(workspace):
        prop("nickname")
        someone = add(3, 10)
        create_segment(name="Paris", conditions={"property": "city", "op": "is", "value": "Paris"}, actor=None)
    keys = {"profile_id": someone.pk} if name == "user360:user" else {}
    address = reverse(name, kwargs={"workspace": workspace.slug, **keys})
    few = asked(client, address)
    with workspace_scope(workspace):
        add(27, 20)
        for number in range(3):
            create_segment(
                name=f"City {number}", conditions={"property": "city", "op": "is", "value": str(number)}, actor=None
            )
    assert asked(client, address) == few
    assert few <= COUNTS[name]
