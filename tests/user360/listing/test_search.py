"""The search box: name, e-mail and phone by a part, any ID exactly; personal data by the exact value alone."""

import datetime as dt
import json

import pytest

from tests.factories import profile
from user360.conditions import load_schema
from user360.listing.query import BrokenConditions, profiles_of
from user360.listing.state import ListState
from user360.models import Profile, Property, Workspace

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def found(*, see_personal: bool = True, **state: str) -> set[str]:
    profiles = profiles_of(ListState(**state), load_schema(), now=NOW, see_personal=see_personal)  # type: ignore[arg-type]
    return set(profiles.values_list("user_id", flat=True))


@pytest.fixture
def people(workspace: Workspace) -> None:
    profile({"name": "Anna Lee", "email": "anna@example.com"}, user_id="A-1", ids={"openid": "oX_100%"})
    profile({"firstName": "Joanna", "phone": "+33612345678"}, user_id="B-2", ids={"mobile": "+33612345678"})
    profile({"name": "Émile 100%"}, user_id="C-3")
    gone = profile({"name": "Anna Gone"}, user_id="D-4")
    Profile.objects.filter(pk=gone.pk).update(deleted_at=NOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ann", {"A-1", "B-2"}),
        ("ANNA", {"A-1", "B-2"}),
        ("an", {"A-1"}),
        ("J", {"B-2"}),
        ("émile", {"C-3"}),
        ("example.co", {"A-1"}),
        ("345678", {"B-2"}),
        ("06 12 34 56 78", {"B-2"}),
        ("b-2", {"B-2"}),
        ("B-", set()),
        ("oX_100%", {"A-1"}),
        ("100%", {"C-3"}),
        ("%", set()),
        ("_", set()),
        ("\\", set()),
    ],
)
def test_the_box_finds(people: None, text: str, expected: set[str]) -> None:
    assert found(q=text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("anna", {"A-1", "B-2"}),
        ("example.co", set()),
        ("anna@example.com", {"A-1"}),
        ("ANNA@example.com", {"A-1"}),
        ("345678", set()),
        ("+33612345678", {"B-2"}),
        ("a-1", {"A-1"}),
    ],
)
def test_who_may_not_see_personal_data_finds_it_by_the_exact_value(
    people: None, text: str, expected: set[str]
) -> None:
    assert found(q=text, see_personal=False) == expected


def test_names_that_are_personal_data_are_found_whole(people: None) -> None:
    Property.objects.filter(key="name").update(is_personal=True)
    assert found(q="anna", see_personal=False) == set()
    assert found(q="anna lee", see_personal=False) == {"A-1"}


@pytest.mark.parametrize(
    ("leaf", "allowed"),
    [
        ({"property": "email", "op": "is", "value": "anna@example.com"}, True),
        ({"property": "email", "op": "unknown"}, True),
        ({"property": "email", "op": "starts_with", "value": "a"}, False),
        ({"property": "phone", "op": "not_contains", "value": "33"}, False),
        ({"identity": "mobile", "op": "ends_with", "value": "8"}, False),
        ({"identity": "mobile", "op": "is", "value": "+33612345678"}, True),
        ({"identity": "openid", "op": "contains", "value": "o"}, True),
        ({"property": "city", "op": "contains", "value": "a"}, True),
    ],
)
def test_conditions_do_not_let_one_guess_masked_data(people: None, leaf: dict[str, str], allowed: bool) -> None:
    conditions = json.dumps({"any": [{"not": leaf}]})
    found(c=conditions, see_personal=True)
    if allowed:
        found(c=conditions, see_personal=False)
        return
    with pytest.raises(BrokenConditions) as refused:
        found(c=conditions, see_personal=False)
    assert refused.value.errors[0].code == "needs_exact_value"
