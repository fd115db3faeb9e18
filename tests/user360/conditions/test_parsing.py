"""Conditions are read strictly: every fault is named with its path, and nothing hostile gets further."""

import json
import math
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.user360.conditions.conftest import NOW, World
from user360.conditions import ConditionErrors, dump, matching, parse, parse_text
from user360.models import Tag, TagGroup

pytestmark = pytest.mark.django_db

CITY = {"property": "city", "op": "is", "value": "Paris"}


def faults(world: World, raw: object) -> list[tuple[list[str | int], str]]:
    """Path and code of every fault."""
    with pytest.raises(ConditionErrors) as caught:
        parse(raw, world.schema())
    assert caught.value.errors, "an error without a reason"
    assert all(error.message for error in caught.value.errors)
    return [(error["path"], error["code"]) for error in caught.value.as_json()]


def test_every_fault_is_found_at_once(world: World) -> None:
    broken = {
        "all": [
            CITY,
            {"property": "shoeSize", "op": "eq", "value": 43},
            {"any": [{"property": "age", "op": "gt", "value": "old"}, {"property": "city", "op": "lt", "value": "A"}]},
            {"property": "city", "op": "in", "value": ["Paris", True, ["Lyon"], ""]},
            {"not": {"property": "dob", "op": "last", "value": {"n": 0, "unit": "moons"}}},
            {"property": "dob", "op": "between", "value": ["2026-05-01", "2026-02-30"]},
            {"tag": "Nowhere", "op": "known"},
            {"source": "Nowhere", "op": "is"},
            {"identity": "shoe", "op": "known"},
            {"property": "city", "op": "known", "mood": 1},
            {"property": "city", "op": "resembles", "value": "x"},
            {"property": "city", "op": "is"},
            {"property": "city", "op": "known", "value": "x"},
            {"city": "Paris"},
            "Paris",
        ]
    }
    assert faults(world, broken) == [
        (["all", 1, "property"], "unknown_property"),
        (["all", 2, "any", 0, "value"], "invalid_value"),
        (["all", 2, "any", 1, "op"], "wrong_operator"),
        (["all", 3, "value", 1], "invalid_value"),
        (["all", 3, "value", 2], "invalid_value"),
        (["all", 3, "value", 3], "invalid_value"),
        (["all", 4, "not", "value", "n"], "invalid_value"),
        (["all", 4, "not", "value", "unit"], "invalid_value"),
        (["all", 5, "value", 1], "invalid_value"),
        (["all", 6, "tag"], "unknown_tag"),
        (["all", 7, "source"], "unknown_source"),
        (["all", 8, "identity"], "unknown_identity_type"),
        (["all", 9, "mood"], "unknown_key"),
        (["all", 10, "op"], "unknown_operator"),
        (["all", 11, "value"], "missing_value"),
        (["all", 12, "value"], "unexpected_value"),
        (["all", 13], "invalid_node"),
        (["all", 14], "invalid_node"),
    ]


@pytest.mark.parametrize(
    ("key", "op", "value"),
    [
        ("age", "eq", True),
        ("age", "eq", "NaN"),
        ("age", "eq", math.nan),
        ("age", "eq", math.inf),
        ("age", "eq", 10**400),
        ("age", "eq", [18]),
        ("age", "eq", {}),
        ("age", "between", [65, 18]),
        ("age", "between", [18]),
        ("age", "between", 18),
        ("city", "is", math.nan),
        ("city", "is", 10**4_000),
        ("city", "is", "x" * 20_000),
        ("city", "is", "nul \0 character"),
        ("city", "is", "half \ud800 character"),
        ("city", "is", []),
        ("city", "contains", " "),
        ("city", "in", ["x"] * 2_001),
        ("email", "is", "not an address"),
        ("phone", "is", "12"),
        ("dob", "on", "12/31/2026"),
        ("dob", "on", "2026-01-01T10:00"),
        ("dob", "before", 20260101),
        ("dob", "last", {"n": 1.5, "unit": "days"}),
        ("dob", "last", {"n": True, "unit": "days"}),
        ("dob", "last", {"n": 10**12, "unit": "days"}),
        ("dob", "last", {"n": -1, "unit": "days"}),
        ("dob", "last", {"n": 1, "unit": ["days"]}),
        ("dob", "last", {"n": 1}),
        ("dob", "last", 30),
        ("dob", "anniversary", {"month": 2, "day": 30}),
        ("dob", "anniversary", {"month": 13, "day": 1}),
        ("dob", "anniversary", {"next": {"n": 1, "unit": "weeks"}}),
        ("dob", "between", ["2026-02-01", "2026-01-01"]),
        ("registeredAt", "on", "2026-01-01T10:00:00Z"),
        ("ownTime", "before", "25:00"),
        ("channels", "has_any", []),
        ("channels", "has_any", "a\nb"),
    ],
)
def test_a_value_its_type_refuses_is_an_error_at_the_value(world: World, key: str, op: str, value: Any) -> None:
    assert all(
        path[0] == "value" and code in ("invalid_value", "too_many_values", "missing_key")
        for path, code in faults(world, {"property": key, "op": op, "value": value})
    )


@pytest.mark.parametrize("group", ["all", "any", "not"])
def test_groups_go_six_deep_and_no_deeper(world: World, group: str) -> None:
    tree: dict[str, Any] = CITY
    for _ in range(6):
        tree = {group: tree if group == "not" else [tree]}
    parse(tree, world.schema())
    deeper = {"all": [tree]}
    assert [code for _, code in faults(world, deeper)] == ["too_deep"]


def test_depth_without_end_is_refused(world: World) -> None:
    tree: dict[str, Any] = CITY
    for _ in range(50_000):
        tree = {"not": tree}
    assert [code for _, code in faults(world, tree)] == ["too_deep"]
    with pytest.raises(ConditionErrors):
        parse_text('{"not":' * 200_000, world.schema())
    while "not" in tree:  # taken apart by hand: freeing it would recurse, too
        tree = tree.pop("not")


def test_at_most_a_hundred_conditions_are_taken(world: World) -> None:
    parse({"all": [{"any": [CITY] * 50}, {"all": [CITY] * 50}]}, world.schema())
    assert faults(world, {"all": [{"any": [CITY] * 50}, {"all": [CITY] * 51}]}) == [
        (["all", 1, "all", 50], "too_many_conditions")
    ]
    assert faults(world, {"all": [CITY] * 1_000_000}) == [(["all"], "too_many_conditions")]


def test_two_thousand_values_are_taken_each_once(world: World) -> None:
    values = [f"city {number}" for number in range(2_000)]
    node = parse({"property": "city", "op": "in", "value": [*values[:1_999], values[0]]}, world.schema())
    assert dump(node)["value"] == values[:1_999]
    assert matching(parse({"property": "city", "op": "not_in", "value": values}, world.schema()), now=NOW).exists()


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"all": NaN}', "1e999", '"x"', "{}" * 2, "x" * 2_000_000])
def test_text_that_is_no_condition_is_an_error(world: World, text: str) -> None:
    with pytest.raises(ConditionErrors) as caught:
        parse_text(text, world.schema())
    assert caught.value.errors


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KEYS = ("all", "any", "not", "property", "identity", "tag", "source", "segment", "op", "value", "month", "next", "n")
OPS = ("is", "in", "known", "last", "between", "anniversary", "has_any", "eq", "not_in")
NAMES = ("city", "age", "dob", "channels", "ownDatetime", "mobile", "Labels", "CRM")
near_conditions = st.recursive(
    json_values | st.sampled_from(OPS) | st.sampled_from(NAMES),
    lambda inner: st.dictionaries(st.sampled_from(KEYS), inner, max_size=4) | st.lists(inner, max_size=3),
    max_leaves=12,
)
leaves = st.fixed_dictionaries(
    {"op": st.sampled_from(OPS) | json_values},
    optional={"value": near_conditions, "property": st.sampled_from(NAMES) | json_values, "tag": json_values,
              "identity": json_values, "source": json_values, "segment": json_values},
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(raw=near_conditions | leaves)
def test_any_json_is_either_read_or_refused_with_reasons(world: World, raw: object) -> None:
    schema = world.schema()
    with suppress(ConditionErrors):
        node = parse(raw, schema)
        assert parse(dump(node), schema) == node
        matching(node, now=NOW).count()
        return
    for path, code in faults(world, raw):
        json.dumps([path, code], allow_nan=False)


def test_a_tag_whose_name_is_not_unique_is_named_with_its_group(world: World) -> None:
    clubs = TagGroup.objects.create(name="Clubs", parent=TagGroup.objects.get(name="Uncategorized"))
    Tag.objects.create(name="Tier", group=clubs)
    assert faults(world, {"tag": "Tier", "op": "known"}) == [(["tag"], "ambiguous_tag")]
    node = parse({"tag": "Clubs/Tier", "op": "known"}, world.schema())
    assert dump(node) == {"tag": "Clubs/Tier", "op": "known"}
    assert not matching(node, now=NOW).exists()
    assert matching(parse({"tag": "Uncategorized/Tier", "op": "known"}, world.schema()), now=NOW).exists()


def test_an_archived_property_keeps_its_conditions(world: World) -> None:
    schema = world.schema()
    schema.properties["city"].archived_at = NOW
    assert matching(parse(CITY, schema), now=NOW).exists()


def test_a_tag_value_that_nobody_has_yet_finds_nobody(world: World) -> None:
    schema = world.schema()
    assert not matching(parse({"tag": "Labels", "op": "is", "value": "someday"}, schema), now=NOW).exists()
    assert not matching(
        parse({"tag": "Labels", "op": "has_all", "value": ["vip", "someday"]}, schema), now=NOW
    ).exists()
    everybody = len(world.people)
    assert matching(parse({"tag": "Labels", "op": "is_not", "value": "someday"}, schema), now=NOW).count() == everybody
