"""Members shape the schema: new properties, words, order, and the index of searchable ones."""

from collections.abc import Iterator

import pytest
from django.db import connection

from user360.models import Job, Profile, Property, Workspace
from user360.services import jobs, properties
from user360.services.properties import PropertyRefused
from user360.services.workspaces import create_workspace
from user360.tenancy import workspace_scope


@pytest.fixture
def workspace(db: None) -> Iterator[Workspace]:
    with workspace_scope(create_workspace(name="Acme", slug="acme")) as scope:
        yield scope


def make(key: str = "tier", kind: str = "string", **more: object) -> Property:
    return properties.create_property(key=key, label=key.title(), type=kind, actor=None, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("monthly_charges", "monthlyCharges"),
        ("Total Day Minutes", "totalDayMinutes"),
        ("churn", "churn"),
        ("2nd phone", "ndPhone"),
        ("名前", "property"),
    ],
)
def test_a_header_becomes_a_key(header: str, key: str) -> None:
    assert properties.key_from_label(header) == key


@pytest.mark.parametrize(
    ("header", "label"),
    [("monthly_charges", "Monthly charges"), ("lifetimeValue", "Lifetime Value"), ("名前", "名前")],
)
def test_a_header_becomes_a_readable_label(header: str, label: str) -> None:
    assert properties.label_from_header(header) == label


def test_a_new_property_comes_last(workspace: Workspace) -> None:
    make()
    assert list(Property.objects.values_list("key", flat=True))[-1] == "tier"


@pytest.mark.parametrize(
    ("key", "kind", "field"),
    [("Tier", "string", "key"), ("tier", "colour", "type"), ("EMAIL".lower(), "string", "key")],
)
def test_a_property_that_cannot_be_is_refused_by_its_field(
    workspace: Workspace, key: str, kind: str, field: str
) -> None:
    with pytest.raises(PropertyRefused) as refusal:
        make(key, kind)
    assert refusal.value.field == field


def test_keys_that_differ_in_case_alone_are_refused(workspace: Workspace) -> None:
    make("tierName")
    with pytest.raises(PropertyRefused):
        make("tiername")


def test_order_is_kept_for_those_not_named(workspace: Workspace) -> None:
    before = list(Property.objects.values_list("key", flat=True))
    properties.order_properties(keys=["city", "email", "no such"], actor=None)
    after = list(Property.objects.values_list("key", flat=True))
    assert after == ["city", "email", *[key for key in before if key not in ("city", "email")]]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["string", "number", "date", "datetime", "boolean"])
def test_a_searchable_property_has_an_index_that_goes_when_it_stops(kind: str) -> None:
    with workspace_scope(create_workspace(name="Acme", slug="acme")):
        prop = make("score", kind)
        job = properties.set_searchable(prop=prop, searchable=True, actor=None)
        assert job is not None
        jobs.run(job.pk)
        prop.refresh_from_db()
        assert (prop.index_state, exists(prop)) == ("ready", True)
        job = properties.set_searchable(prop=prop, searchable=False, actor=None)
        assert job is not None
        jobs.run(job.pk)
        prop.refresh_from_db()
        assert (prop.index_state, exists(prop)) == ("none", False)


@pytest.mark.django_db(transaction=True)
def test_one_key_may_have_different_types_in_two_workspaces() -> None:
    with workspace_scope(create_workspace(name="Theirs", slug="theirs")):
        make("score", "string")
        Profile.objects.create(user_id="x", attributes={"score": "not a number"})
    with workspace_scope(create_workspace(name="Ours", slug="ours")):
        prop = make("score", "number")
        Profile.objects.create(user_id="x", attributes={"score": 7})
        job = properties.set_searchable(prop=prop, searchable=True, actor=None)
        assert job is not None
        jobs.run(job.pk)
        assert Job.objects.get(pk=job.pk).state == Job.State.COMPLETED


def exists(prop: Property) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [properties.index_name(prop)]
        )
        return bool(cursor.fetchone() == (True,))
