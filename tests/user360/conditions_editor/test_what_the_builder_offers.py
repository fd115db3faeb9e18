"""Subjects with their operators and inputs, and the values offered while one is typed."""

import pytest

from segments.services import create_segment
from tests.factories import WorkspaceFactory, profile, tag
from user360.condition_catalog import INPUTS
from user360.conditions import load_schema, parse
from user360.models import Source, Tag, TagGroup
from user360.property_types import PROPERTY_TYPES
from user360.tenancy import workspace_scope

SAMPLES = {"one": "5", "several": ["5"], "many": ["5"], "duration": {"n": 1, "unit": "days"}}
BY_INPUT = {"date": "2026-01-31", "time": "10:00", "number": 5}


def subjects(ask, role="Marketer"):
    return {subject["id"]: subject for subject in ask("condition_catalog", {}, role)["subjects"]}


def shapes(subject):
    return {operator["code"]: operator["shape"] for operator in subject["operators"]}


def test_every_property_id_type_tag_and_source_is_offered_with_its_group(ask):
    found = subjects(ask)
    assert found["property:city"]["group"] == "Contact"
    assert found["identity:mobile"]["group"] == "IDs"
    assert found["tag:Tier"]["group"] == "Tags"
    assert "Manual entry" in [choice["value"] for choice in found["source:"]["choices"]]


def test_a_property_has_the_operators_of_its_type_and_the_input_of_its_values(ask):
    found = subjects(ask)
    assert found["property:age"]["input"] == "number"
    assert found["property:dob"]["input"] == found["property:nextVisit"]["input"] == "date"
    assert shapes(found["property:age"])["between"] == "pair"
    assert shapes(found["property:dob"])["last"] == "duration"
    assert shapes(found["property:emailOptin"])["is_not_true"] == "none"
    assert shapes(found["property:city"])["is"] == "several"


def test_every_widget_that_needs_an_input_of_its_own_has_one():
    assert set(INPUTS) <= {kind.widget for kind in PROPERTY_TYPES.values()}


def test_what_is_offered_can_be_read(ask, workspace):
    """Every subject with every operator and a value of its shape parses, but for values that do not fit by content."""
    schema = load_schema()
    tried = 0
    for subject in subjects(ask).values():
        if subject["name"] in ("email", "phone") or subject["kind"] in ("identity", "segment", "source"):
            continue
        for operator in subject["operators"]:
            leaf = {subject["kind"]: subject["name"], "op": operator["code"]} | value_of(subject, operator["shape"])
            parse(leaf, schema)
            tried += 1
    assert tried > 100


def value_of(subject, shape):
    if shape == "none":
        return {}
    if shape == "anniversary":
        return {"value": {"month": 2, "day": 29}}
    plain = BY_INPUT.get(subject["input"], "x")
    return {"value": {"pair": [plain, plain], "one": plain}.get(shape, SAMPLES.get(shape))}


def test_segments_are_offered_by_name(ask, workspace):
    assert "segment:" not in subjects(ask)
    create_segment(name="In Paris", conditions={"property": "city", "op": "is", "value": "Paris"}, actor=None)
    assert subjects(ask)["segment:"]["choices"] == [{"value": "in-paris", "label": "In Paris"}]


def test_a_tag_whose_name_is_taken_twice_is_named_with_its_group(ask, workspace):
    Tag.objects.create(name="Tier", group=TagGroup.objects.create(name="Loyalty"))
    assert {"tag:Loyalty/Tier", "tag:Uncategorized/Tier"} <= set(subjects(ask))


def test_who_may_not_see_personal_data_is_offered_exact_values_alone(ask):
    assert "contains" in shapes(subjects(ask)["property:email"])
    assert set(shapes(subjects(ask, "Analyst")["property:email"])) == {
        "is",
        "is_not",
        "in",
        "not_in",
        "known",
        "unknown",
    }
    assert "contains" in shapes(subjects(ask, "Analyst")["property:city"])


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"kind": "property", "name": "city"}, ["Paris", "Lyon", "Oslo"]),
        ({"kind": "property", "name": "city", "q": "o"}, ["Lyon", "Oslo"]),
        ({"kind": "property", "name": "plan", "q": "PL"}, ["Plus"]),
        ({"kind": "tag", "name": "Tier"}, ["Gold", "Silver"]),
        ({"kind": "tag", "name": "Tier", "q": "sil"}, ["Silver"]),
        ({"kind": "property", "name": "email"}, []),
        ({"kind": "property", "name": "nothing"}, []),
        ({"kind": "something"}, []),
    ],
)
def test_values_that_occur_are_offered_the_commonest_first_but_never_personal_ones(ask, asked, expected):
    assert ask("condition_values", asked)["values"] == expected


def test_values_of_another_workspace_are_not_offered(ask):
    with workspace_scope(WorkspaceFactory.create(slug="other")):
        profile({"city": "Rome"}, tags={"Tier": "Bronze"})
        tag("Elsewhere")
        Source.objects.create(name="Elsewhere")
    assert "Rome" not in ask("condition_values", {"kind": "property", "name": "city"})["values"]
    assert "Bronze" not in ask("condition_values", {"kind": "tag", "name": "Tier"})["values"]
    assert "tag:Elsewhere" not in subjects(ask)
