"""The dialog of an export: who sees it, what it says, what it starts."""

import json
from urllib.parse import quote

import pytest

from imports.services import exports
from tests import factories
from user360.models import Job

NEW = "/w/acme/exports/new/"
VIEW, EXPORT, SEGMENT, QUERY = (
    "insight.user360.view",
    "insight.user360.export",
    "insight.segments.export",
    "insight.user360.query",
)
DELHI = quote(json.dumps({"property": "city", "op": "is", "value": "Delhi"}))


@pytest.fixture
def people(workspace):
    return [factories.profile({"city": city}, user_id=city) for city in ("Delhi", "Paris", "Lagos")]


@pytest.mark.parametrize(
    ("permissions", "query", "status"),
    [
        ((EXPORT,), "", 403),
        ((VIEW,), "", 403),
        ((VIEW, EXPORT), "", 200),
        ((VIEW, EXPORT), f"c={DELHI}", 403),
        ((VIEW, EXPORT, QUERY), f"c={DELHI}", 200),
        ((VIEW, SEGMENT), "", 403),
        ((VIEW, SEGMENT), "segment=vip", 422),  # allowed, but there is no such segment
        ((VIEW, SEGMENT), "segment=vip&q=a", 403),
        ((VIEW, SEGMENT, QUERY), f"segment=vip&c={DELHI}", 403),
    ],
)
def test_who_may_ask(workspace, sign_in, permissions, query, status) -> None:
    client = sign_in(*permissions)
    assert client.get(f"{NEW}?{query}").status_code == status
    started = client.post(NEW, {"address": query, "start": "1", "with_properties": "on", "properties": ["userId"]})
    assert started.status_code == (302 if status == 200 else status)


def test_it_says_how_many_users_of_which(people, sign_in) -> None:
    client = sign_in(VIEW, EXPORT, QUERY)
    page = client.get(NEW).text
    assert "3 users" in page
    assert "All users" in page
    page = client.get(f"{NEW}?c={DELHI}", headers={"HX-Request": "true"}).text
    assert "1 user<" in page
    assert "Delhi" in page
    assert "<html" not in page


def test_a_posted_selection_opens_the_dialog_and_goes_on_with_it(people, sign_in) -> None:
    client = sign_in(VIEW, EXPORT)
    selection = {"mode": "some", "address": "", "id": [people[0].pk, people[1].pk], "seen": "2"}
    response = client.post(NEW, selection)
    assert response.status_code == 200
    assert "2 users" in response.text
    assert not Job.objects.exists()
    assert response.text.count('name="id"') == 2
    response = client.post(NEW, selection | {"start": "1", "with_tags": "on"})
    job = Job.objects.get()
    assert response["Location"] == f"/w/acme/logs/{job.pk}/"
    assert job.params["scope"]["selection"]["ids"] == [people[0].pk, people[1].pk]


@pytest.mark.parametrize(
    "posted",
    [
        {"mode": "many"},
        {"mode": "some", "id": ["1; DROP TABLE profile"]},
        {"address": "c={", "start": "1"},
        {"address": "segment=gone", "start": "1"},
        {"start": "1"},
        {"start": "1", "with_properties": "on", "properties": ["nothing"]},
        {"start": "1", "id_types": ["'"]},
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(people, sign_in, posted) -> None:
    response = sign_in(VIEW, EXPORT, QUERY).post(NEW, posted)
    assert response.status_code == 422
    assert "note-bad" in response.text
    assert not Job.objects.exists()


def test_switches_choose_the_columns(people, sign_in) -> None:
    client = sign_in(VIEW, EXPORT)
    client.post(NEW, {"start": "1", "properties": ["city"], "id_types": ["mobile"], "formula_safe": "on"})
    params = Job.objects.get().params
    # Without the switch of properties, those ticked below it count for nothing.
    assert (params["properties"], params["id_types"], params["tags"]) == ([], ["mobile"], [])
    assert (params["formula_safe"], params["operator"]) == (True, False)


def test_who_sees_masked_data_is_told_so(people, sign_in) -> None:
    assert "masked" in sign_in(VIEW, EXPORT).get(NEW).text
    assert "masked" not in sign_in(VIEW, EXPORT, "pii.view").get(NEW).text


def test_everything_that_can_be_exported_is_offered(people, sign_in) -> None:
    page = sign_in(VIEW, EXPORT).get(NEW).text
    everything = exports.exportable()
    assert all(f'value="{prop.key}"' in page for prop in everything.properties)
    assert all(f'value="{kind.key}"' in page for kind in everything.id_types)
