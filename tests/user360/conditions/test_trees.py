"""Random trees: the list, the batch of a live segment, the explanation and the oracle agree about everybody."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import holds
from tests.user360.conditions.cases import other_cases, property_cases
from tests.user360.conditions.conftest import NOW, PARIS, World
from user360.conditions import count, counts, dump, explain, expression, live_profiles, matching, parse
from user360.conditions.compile import predicate
from user360.conditions.predicates import as_q
from user360.conditions.tree import nodes
from user360.models import ProfileTag

pytestmark = pytest.mark.django_db

TODAY, LATER = "2026-04-01", "2026-04-21"
LEAVES = [*property_cases(NOW.isoformat(), TODAY, LATER), *other_cases()]


def _groups(children: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    several = st.lists(children, min_size=0, max_size=4)
    return st.one_of(
        several.map(lambda parts: {"all": parts}),
        several.map(lambda parts: {"any": parts}),
        children.map(lambda part: {"not": part}),
    )


def _depth(tree: dict[str, Any]) -> int:
    below = tree.get("all") or tree.get("any") or ([tree["not"]] if "not" in tree else [])
    return 1 + max(map(_depth, below), default=0) if {"all", "any", "not"} & tree.keys() else 0


trees = st.recursive(st.sampled_from(LEAVES), _groups, max_leaves=8).filter(lambda tree: _depth(tree) <= 6)


@settings(max_examples=60, deadline=None)
@given(tree=trees)
def test_compiled_and_incremental_answers_are_those_of_the_oracle(world: World, tree: dict[str, Any]) -> None:
    node, moment = parse(tree, world.schema()), world.moment()
    expected = {person.pk for person in world.people if holds(tree, person, moment)}
    assert set(matching(node, now=NOW).values_list("pk", flat=True)) == expected
    assert count(node, now=NOW, timeout_ms=60_000) == len(expected)
    batch = [person.pk for person in world.people[:50]]
    answers = dict(
        live_profiles().filter(pk__in=batch).annotate(in_it=expression(node, now=NOW)).values_list("pk", "in_it")
    )
    assert {pk: bool(answer) for pk, answer in answers.items()} == {pk: pk in expected for pk in batch}


@settings(max_examples=20, deadline=None)
@given(tree=trees)
def test_every_node_is_counted_by_itself(world: World, tree: dict[str, Any]) -> None:
    node, moment = parse(tree, world.schema()), world.moment()
    expected = {each.path: sum(holds(dump(each), person, moment) for person in world.people) for each in nodes(node)}
    assert counts(node, now=NOW, timeout_ms=60_000) == expected


@settings(max_examples=20, deadline=None)
@given(tree=trees, data=st.data())
def test_every_node_is_explained_as_the_oracle_judges_it(
    world: World, tree: dict[str, Any], data: st.DataObject
) -> None:
    schema, moment = world.schema(), world.moment()
    node = parse(tree, schema)
    person = data.draw(st.sampled_from(world.people))
    explanation = explain(node, person.pk, now=NOW, display=schema.display)
    assert explanation is not None
    judged = {each.path: holds(dump(each), person, moment) for each in nodes(node)}
    found = {}
    pending = [explanation]
    while pending:
        each = pending.pop()
        found[each.path] = each.holds
        pending.extend(each.children)
    assert found == judged


@settings(max_examples=20, deadline=None)
@given(tree=trees)
def test_a_predicate_can_be_asked_from_another_table(world: World, tree: dict[str, Any]) -> None:
    node, moment = parse(tree, world.schema()), world.moment()
    tagged = ProfileTag.objects.filter(as_q(predicate(node, NOW), "profile_id"))
    expected = {person.pk for person in world.people if any(person.tags.values()) and holds(tree, person, moment)}
    assert set(tagged.values_list("profile_id", flat=True)) == expected


def test_a_user_of_nobody_is_not_explained(world: World) -> None:
    schema = world.schema()
    assert explain(parse({"all": []}, schema), 0, now=NOW, display=schema.display) is None


def test_the_zone_of_the_tests_is_the_workspaces(world: World) -> None:
    assert world.schema().zone == PARIS
