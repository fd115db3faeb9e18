"""Conditions read as sentences."""

from typing import Any

import pytest

from tests.user360.conditions.conftest import NOW, World
from user360.conditions import chips, describe, explain, parse

pytestmark = pytest.mark.django_db

PARIS = {"property": "city", "op": "is", "value": ["Paris", "Lyon"]}
LABELS = {"tag": "Labels", "op": "has_none", "value": ["Opted out"]}
ADULT = {"property": "age", "op": "gte", "value": 18}


def _coming(days: int) -> dict[str, Any]:
    return {"next": {"n": days, "unit": "days"}}


@pytest.mark.parametrize(
    ("tree", "sentence"),
    [
        ({"all": []}, "Everybody"),
        ({"any": []}, "Nobody"),
        ({"all": [PARIS, LABELS]}, "City is Paris or Lyon, and Labels has none of Opted out"),
        (
            {"all": [LABELS, {"any": [PARIS, ADULT]}]},
            "Labels has none of Opted out, and (City is Paris or Lyon, or Age ≥ 18)",
        ),
        ({"not": {"any": [PARIS, ADULT]}}, "not (City is Paris or Lyon, or Age ≥ 18)"),
        ({"all": [{"any": [ADULT]}]}, "Age ≥ 18"),
        ({"source": "CRM", "op": "is_not"}, "Source isn't CRM"),
        ({"identity": "mobile", "op": "starts_with", "value": "+33"}, "Mobile starts with +33"),
    ],
)
def test_a_condition_is_said_in_words(world: World, tree: dict[str, Any], sentence: str) -> None:
    schema = world.schema()
    assert describe(parse(tree, schema), schema.display) == sentence


@pytest.mark.parametrize(
    ("key", "op", "value", "sentence"),
    [
        ("age", "between", [18, 65.5], "Age is between 18 and 65.5"),
        ("city", "known", None, "City is known"),
        ("city", "in", [f"c{n}" for n in range(2_000)], "City is any of c0, c1, c2, c3, c4 or 1,995 more"),
        ("emailOptin", "is_not_true", None, "E-mail opt-in is not true"),
        ("dob", "on", "1990-03-05", "Date of birth is 5 Mar 1990"),
        ("dob", "between", ["1990-03-05", "1991-01-01"], "Date of birth is between 5 Mar 1990 and 1 Jan 1991"),
        ("dob", "anniversary", {"month": 2, "day": 29}, "Date of birth has its anniversary on 29 February"),
        ("dob", "anniversary", _coming(7), "Date of birth has its anniversary in the next 7 days"),
        ("dob", "anniversary", _coming(0), "Date of birth has its anniversary today"),
        ("registeredAt", "last", {"n": 30, "unit": "days"}, "Registered is in the last 30 days"),
        ("registeredAt", "last", {"n": 1, "unit": "hours"}, "Registered is in the last 1 hour"),
        ("registeredAt", "more_than_ago", {"n": 2, "unit": "years"}, "Registered is more than 2 years ago"),
        ("registeredAt", "exactly_ahead", {"n": 1, "unit": "weeks"}, "Registered is exactly 1 week ahead"),
        ("registeredAt", "after", "2026-01-01T10:00:00Z", "Registered is after 1 Jan 2026, 11:00"),
        ("phone", "is", "06 12 34 56 78", "Phone is +33 6 12 34 56 78"),
        ("ownTime", "between", ["22:00", "06:00"], "ownTime is between 22:00 and 06:00"),
        ("channels", "has_all", ["web", "app"], "Channels has all of web and app"),
    ],
)
def test_a_comparison_is_said_in_words(world: World, key: str, op: str, value: Any, sentence: str) -> None:
    schema = world.schema()
    node = parse({"property": key, "op": op, "value": value}, schema)
    assert describe(node, schema.display) == sentence


def test_a_list_shows_one_chip_for_each_part(world: World) -> None:
    schema = world.schema()
    found = chips(parse({"all": [PARIS, {"any": [ADULT, LABELS]}]}, schema), schema.display)
    assert [(chip.path, chip.text) for chip in found] == [
        (("all", 0), "City is Paris or Lyon"),
        (("all", 1), "Age ≥ 18, or Labels has none of Opted out"),
    ]
    words = found[0].words
    assert words is not None
    assert (words.subject, words.operator, words.value) == ("City", "is", "Paris or Lyon")
    assert found[1].words is None
    assert not chips(parse({"all": []}, schema), schema.display)
    assert [chip.path for chip in chips(parse(PARIS, schema), schema.display)] == [()]


def test_an_explanation_names_the_values_that_decided(world: World) -> None:
    schema = world.schema()
    person = next(
        person for person in world.people
        if "city" in person.values and person.tags["Labels"] and "dob" in person.values and person.identities["mobile"]
    )  # fmt: skip
    tree = {
        "all": [
            {"property": "city", "op": "known"},
            {"tag": "Labels", "op": "known"},
            {"identity": "mobile", "op": "known"},
            {"property": "ownText", "op": "unknown"},
        ]
    }
    explanation = explain(parse(tree, schema), person.pk, now=NOW, display=schema.display)
    assert explanation is not None
    decided = [child.evidence.values for child in explanation.children if child.evidence]
    assert decided[0] == (person.values["city"],)
    assert set(decided[1]) == person.tags["Labels"]
    assert set(decided[2]) == {value for _, value in person.identities["mobile"]}
    assert decided[3] == ((person.values["ownText"],) if "ownText" in person.values else ())
