"""Counts are exact, leave out deleted users and strangers, and end when their time is up."""

from contextlib import nullcontext

import pytest
from django.db import connection

from tests.factories import WorkspaceFactory
from tests.user360.conditions.conftest import NOW, World
from user360.conditions import CountTimeout, count, explain, flipped, load_schema, matching, parse
from user360.conditions.counting import time_limit
from user360.models import Profile
from user360.tenancy import OutsideWorkspaceError, workspace_scope

pytestmark = pytest.mark.django_db

EVERYBODY: dict[str, object] = {"all": []}
TREES: list[dict[str, object]] = [
    EVERYBODY,
    {"any": [{"property": "city", "op": "known"}, {"tag": "Labels", "op": "known"}]},
    {"not": {"tag": "Labels", "op": "is", "value": "vip"}},
    {
        "all": [
            {"tag": "Labels", "op": "has_any", "value": ["vip", "été"]},
            {"not": {"identity": "mobile", "op": "known"}},
        ]
    },
    {"tag": "Tier", "op": "is", "value": "gold"},
]


@pytest.mark.parametrize("tree", TREES, ids=str)
def test_deleted_users_are_in_no_answer(world: World, tree: dict[str, object]) -> None:
    schema = world.schema()
    node = parse(tree, schema)
    before = set(matching(node, now=NOW).values_list("pk", flat=True))
    gone = sorted(before)[:7]
    Profile.objects.filter(pk__in=gone).update(deleted_at=NOW)
    assert set(matching(node, now=NOW).values_list("pk", flat=True)) == before - set(gone)
    assert count(node, now=NOW, timeout_ms=60_000) == len(before) - 7
    assert explain(node, gone[0], now=NOW, display=schema.display) is None
    moving = parse({"property": "createdAt", "op": "today"}, schema)
    assert not set(flipped(moving, since=NOW.replace(year=2020), until=NOW)) & set(gone)


@pytest.mark.parametrize("tree", TREES, ids=str)
def test_users_of_another_workspace_are_in_no_answer(world: World, tree: dict[str, object]) -> None:
    node = parse(tree, world.schema())
    about_tags = "tag" in str(tree)
    with workspace_scope(WorkspaceFactory.create()):
        with pytest.raises(OutsideWorkspaceError) if about_tags else nullcontext():
            assert count(node, now=NOW, timeout_ms=60_000) == 0
        with pytest.raises(OutsideWorkspaceError) if about_tags else nullcontext():
            assert not matching(node, now=NOW).exists()


def test_a_count_is_cancelled_when_its_time_is_up(world: World) -> None:
    with pytest.raises(CountTimeout), time_limit(20), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(30)")
    assert count(parse(EVERYBODY, load_schema()), now=NOW, timeout_ms=60_000) == len(world.people)


def test_the_time_limit_ends_with_its_block(world: World) -> None:
    count(parse(EVERYBODY, load_schema()), now=NOW, timeout_ms=1_000)
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


def test_nothing_is_answered_outside_a_workspace(world: World) -> None:
    node = parse(EVERYBODY, world.schema())
    scope = workspace_scope(None)  # type: ignore[arg-type]  # as in a thread that never entered one
    with scope, pytest.raises(OutsideWorkspaceError):
        count(node, now=NOW, timeout_ms=1_000)
