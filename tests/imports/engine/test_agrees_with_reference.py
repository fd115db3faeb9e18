"""The engine and a plain row-by-row import agree on every row and on everybody, for every policy and any file."""

import csv
import io
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.factories import WorkspaceFactory, tag
from tests.imports.engine.files import import_users
from tests.imports.engine.reference import Person, Rules, World, import_row
from user360.models import Identity, IdentityType, Profile, ProfileTag, Property, Source, TagValue, Workspace
from user360.services.properties import create_property
from user360.tenancy import workspace_scope

COLUMNS = ("uid", "phone", "mail", "open", "city", "age", "dob", "plan", "tags", "tier")
MAPPING = {
    "phone": "id:mobile",
    "mail": "id:email",
    "open": "id:openid",
    "city": "city",
    "age": "age",
    "dob": "dob",
    "plan": "plan",
    "tags": "tags",
    "tier": "tag:Tier",
}
ID_COLUMNS = (
    ("uid", "userId", "text", True),
    ("phone", "mobile", "phone", True),
    ("mail", "email", "email", True),
    ("open", "openid", "text", False),
)
PROPERTIES = {
    "city": ("city", "string"),
    "age": ("age", "number"),
    "dob": ("dob", "date"),
    "plan": ("plan", "number"),
    "phone": ("phone", "phone"),
    "mail": ("email", "email"),
}
TAGS = {"tags": ("Labels", False), "tier": ("Tier", True)}

mostly_empty = st.just("")
rows = st.fixed_dictionaries(
    {
        "uid": st.sampled_from(["", "", "A", "B", "C", "D", " A ", "null", "0"]),
        "phone": st.sampled_from(["", "", "", "+33612345671", "+33 6 12 34 56 72", "+33612345673", "12"]),
        "mail": st.sampled_from(["", "", "", "a@example.com", "B@Example.com", "c@example.com", "nobody"]),
        "open": st.sampled_from(["", "", "", "", "o1", "o2"]),
        "city": st.sampled_from(["", "", "Paris", "Rome", " Paris "]),
        "age": st.sampled_from(["", "", "30", "31", "30.0", "x", "200"]),
        "dob": st.sampled_from(["", "", "", "1990-01-02", "31/12/1999"]),
        "plan": st.sampled_from(["", "", "1", "2.50", "9.19E+11"]),
        "tags": st.sampled_from(["", "", "x", "y", "x;y", "mine", "gone; z"]),
        "tier": st.sampled_from(["", "", "", "gold", "silver", "a;b"]),
    }
)
existing = st.lists(
    st.fixed_dictionaries(
        {
            "user_id": st.sampled_from(["A", "B", "C", "E"]),
            "phone": st.sampled_from(["", "+33612345671", "+33612345672"]),
            "mail": st.sampled_from(["", "a@example.com", "b@example.com"]),
            "open": st.sampled_from(["", "o1"]),
            "values": st.dictionaries(
                st.sampled_from(["city", "age", "dob", "plan", "firstName"]), st.integers(0, 1), max_size=4
            ),
            "pins": st.sets(st.sampled_from(["city", "plan", "firstName", "age"]), max_size=2),
            "tags": st.dictionaries(
                st.sampled_from(["Labels", "Tier", "Other"]),
                st.sets(st.sampled_from(["x", "gold", "old"]), min_size=1, max_size=2),
                max_size=3,
            ),
            "pinned_tags": st.sets(st.sampled_from(["x", "gold"]), max_size=2),
        }
    ),
    max_size=3,
)
VALUES: dict[str, tuple[Any, Any]] = {
    "city": ("Paris", "Lyon"),
    "age": (30, 44),
    "dob": ("1990-01-02", "1980-05-06"),
    "plan": (1, 2.5),
    "firstName": ("Ann", "Bob"),
}
EDITABLE = {"city": "city", "age": "age", "dob": "dob", "firstName": "first_name", "phone": "phone", "email": "email"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("merge_tags", [True, False])
@pytest.mark.parametrize("on_conflict", ["update", "replace", "skip"])
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(people=existing, file=st.lists(rows, min_size=1, max_size=25), with_user_id=st.booleans())
def test_the_engine_agrees_with_a_row_by_row_import(
    people: list[dict[str, Any]], file: list[dict[str, str]], with_user_id: bool, on_conflict: str, merge_tags: bool
):
    workspace = WorkspaceFactory.create()
    with workspace_scope(workspace):
        create_property(key="plan", label="Plan", type="number", actor=None)
        tag("Tier", "single")
        world = World()
        for place, person in enumerate(people):
            _exist(world, workspace, person, place)
        id_columns = ID_COLUMNS if with_user_id else ID_COLUMNS[1:]
        rules = Rules(id_columns, PROPERTIES, TAGS, on_conflict, merge_tags, labels=("mine",))
        if not with_user_id:
            file = [{**row, "uid": ""} for row in file]
        expected = [import_row(world, rules, row) for row in file]

        for kind in ("check_import", "import_users"):
            done = import_users(
                _csv(file),
                MAPPING,
                user_id="uid" if with_user_id else "",
                on_conflict=on_conflict,
                merge_tags=merge_tags,
                tags=["mine"],
                kind=kind,
            )
            assert done.job.error == ""
            counts = done.user_import.dry_run["counts"] if kind == "check_import" else done.job.counts
            assert {name: counts[name] for name in set(expected)} == {
                name: expected.count(name) for name in set(expected)
            }, (done.user_import.dry_run.get("errors"), expected)
            assert counts["total"] == len(file) == sum(counts.values()) - counts["total"]

        results = {"new": "IMPORTED", "updated": "IMPORTED"}
        assert [row["result"] for row in done.rows] == [
            results.get(outcome, outcome.upper()) for outcome in expected if outcome != "empty"
        ]
        described, wanted = _described(workspace), _expected(world)
        assert [one for one in described if one not in wanted] == [one for one in wanted if one not in described]
        assert described == wanted


def _exist(world: World, workspace: Workspace, given: dict[str, Any], place: int) -> None:
    ids = {
        ("userId", given["user_id"]),
        ("mobile", given["phone"]),
        ("email", given["mail"]),
        ("openid", given["open"]),
    }
    ids = {ident for ident in ids if ident[1]}
    if any(ident in world.owners for ident in ids):
        return
    tags = {tag: {next(iter(values))} if tag == "Tier" else set(values) for tag, values in given["tags"].items()}
    person = world.add(
        Person(
            given["user_id"],
            values={key: VALUES[key][choice] for key, choice in given["values"].items()},
            pins=set(given["pins"]),
            tags=tags,
            pinned_tags={tag: values & given["pinned_tags"] for tag, values in tags.items()},
            ids=ids,
        )
    )
    if "dob" in person.values:
        person.values.pop("age", None)
    _store(workspace, person)


def _store(workspace: Workspace, person: Person) -> None:
    source = Source.objects.get(name="Manual entry")
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('profile_id_seq')")
        profile_id = cursor.fetchone()[0]
    system = {EDITABLE[key]: value for key, value in person.values.items() if key in EDITABLE}
    Profile.objects.create(
        id=profile_id,
        user_id=person.user_id,
        attributes={key: value for key, value in person.values.items() if key not in EDITABLE},
        pins={key: {"by": None, "at": "2026-01-01T00:00:00Z"} for key in person.pins},
        source=source,
        **system,
    )
    types = {kind.key: kind for kind in IdentityType.objects.all()}
    for kind, value in person.ids:
        Identity.objects.create(type=types[kind], value=value, profile_id=profile_id, source=source)
    for name, values in person.tags.items():
        for value in values:
            stored, _ = TagValue.objects.get_or_create(workspace=workspace, tag=tag(name), value=value)
            pinned = value in person.pinned_tags.get(name, set())
            ProfileTag.objects.create(tag_value=stored, profile_id=profile_id, pinned=pinned)


def _csv(file: list[dict[str, str]]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS)
    writer.writeheader()
    writer.writerows(file)
    return stream.getvalue()


def _described(workspace: Workspace) -> list[Any]:
    props = list(Property.objects.filter(key__in=[*EDITABLE, "plan"]))
    kinds = {kind.pk: kind.key for kind in IdentityType.objects.all()}
    tag_names = {value.pk: (value.tag.name, value.value) for value in TagValue.objects.select_related("tag")}
    described = []
    for profile in Profile.objects.all():
        values = {}
        for prop in props:
            value = prop.value_of(profile)
            if value is not None and not (prop.key == "age" and profile.dob):
                values[prop.key] = value if prop.key == "age" else prop.kind.to_json(value)
        ids = sorted(
            (kinds[one.type_id], "generated" if one.value.startswith("u-") else one.value)
            for one in Identity.objects.filter(profile_id=profile.pk)
        )
        tags = sorted(tag_names[row.tag_value_id] for row in ProfileTag.objects.filter(profile_id=profile.pk))
        user_id = "generated" if profile.user_id.startswith("u-") else profile.user_id
        described.append((user_id, sorted(values.items()), ids, tags))
    return sorted(described, key=repr)


def _expected(world: World) -> list[Any]:
    described = []
    for person in world.people:
        ids = sorted(person.ids | (set() if person.user_id else {("userId", "generated")}))
        tags = sorted((tag, value) for tag, values in person.tags.items() for value in values)
        described.append((person.user_id or "generated", sorted(person.values.items()), ids, tags))
    return sorted(described, key=repr)
