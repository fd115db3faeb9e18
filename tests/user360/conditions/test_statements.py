"""What reaches the database: one statement, bound values, no set differences (SCALE rule 1)."""

import re
from itertools import batched

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.user360.conditions.conftest import NOW, World
from tests.user360.conditions.test_trees import LEAVES
from user360.conditions import expression, flipped, live_profiles, load_schema, matching, parse
from user360.models import Profile

pytestmark = pytest.mark.django_db

FORBIDDEN = re.compile(r"\b(INTERSECT|EXCEPT|NOT IN|RANDOM|NOW\(\)|CURRENT_|CLOCK_TIMESTAMP)", re.IGNORECASE)
NEGATED_SET = re.compile(r"NOT \(+[^()]*\bIN \(SELECT", re.IGNORECASE)


def _statement(world: World, tree: dict[str, object]) -> str:
    node = parse(tree, world.schema())
    annotated = live_profiles().annotate(in_it=expression(node, now=NOW)).values_list("in_it")
    moved = flipped(node, since=NOW, until=NOW)
    return "\n".join(str(queryset.query) for queryset in (matching(node, now=NOW), annotated, moved))


@pytest.mark.parametrize("wrapped", ["plain", "not", "any", "not any"])
def test_no_statement_subtracts_sets_or_reads_the_servers_clock(world: World, wrapped: str) -> None:
    for leaves in batched(LEAVES, 50):
        tree: dict[str, object] = {"any" if "any" in wrapped else "all": list(leaves)}
        if "not" in wrapped:
            tree = {"not": tree}
        statement = _statement(world, tree)
        assert not FORBIDDEN.search(statement), statement
        assert not NEGATED_SET.search(statement), statement


def test_what_a_user_wrote_is_never_in_the_statement(world: World) -> None:
    wicked = "x'); DROP TABLE profile; --%s"
    for leaf in (
        {"property": "city", "op": "contains", "value": wicked},
        {"property": "ownString", "op": "is", "value": [wicked, "é"]},
        {"property": "channels", "op": "has_any", "value": [wicked, "é"]},
        {"identity": "openid", "op": "starts_with", "value": wicked},
        {"tag": "Labels", "op": "is", "value": wicked},
    ):
        queryset = matching(parse(leaf, world.schema()), now=NOW)
        assert "DROP" not in queryset.query.sql_with_params()[0]
        assert queryset.count() == 0
    assert Profile.objects.count() == len(world.people)


def test_a_condition_is_one_statement_and_its_schema_a_few(world: World) -> None:
    with CaptureQueriesContext(connection) as loading:
        schema = load_schema()
    assert len(loading) == 5
    with CaptureQueriesContext(connection) as asking:
        node = parse({"all": LEAVES[:90]}, schema)
        matching(node, now=NOW).count()
    assert len(asking) == 1


def test_many_conditions_are_evaluated_for_a_batch_in_one_statement(world: World) -> None:
    schema = world.schema()
    tests = {f"s{number}": expression(parse(leaf, schema), now=NOW) for number, leaf in enumerate(LEAVES[:50])}
    ids = [person.pk for person in world.people[:100]]
    with CaptureQueriesContext(connection) as asked:
        rows = list(live_profiles().filter(pk__in=ids).annotate(**tests).values_list(*tests))
    assert len(asked) == 1
    assert {bool(answer) for row in rows for answer in row} == {True, False}
