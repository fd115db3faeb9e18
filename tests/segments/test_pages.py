"""The pages of segments: what they show, what they refuse, and that reading changes nothing."""

import json
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from segments import services
from segments.models import Segment
from tests.factories import member
from tests.segments.steps import members
from user360.models import Profile, Workspace

IN_PARIS = {"all": [{"property": "city", "op": "is", "value": "Paris"}]}
HTMX = {"HX-Request": "true"}

Makes = Callable[..., Segment]
MakesProfile = Callable[..., Profile]


@pytest.fixture
def base(workspace: Workspace) -> str:
    """Where the workspace's pages are."""
    cache.clear()
    return f"/w/{workspace.slug}/"


@pytest.fixture
def sign_in(workspace: Workspace, client: Client) -> Callable[[str], Client]:
    """A member in a preset role, signed in."""

    def enter(role: str) -> Client:
        client.force_login(member(workspace, role).user)
        return client

    return enter


# Addresses below the workspace → the statuses for administrator, analyst, viewer.
READING = {
    "segments/": (200, 200, 200),
    "segments/paris/": (200, 200, 200),
    "segments/rail/": (200, 200, 200),
    "segments/new/": (200, 200, 403),
    "segments/paris/edit/": (200, 200, 403),
    "segments/paris/rename/": (200, 200, 403),
    "segments/paris/archive/": (200, 200, 403),
    "segments/paris/delete/": (200, 200, 403),
    "segments/nowhere/": (404, 404, 404),
}
WRITING = {
    "segments/preview/": (200, 200, 403),
    "segments/paris/duplicate/": (302, 302, 403),
    "segments/paris/refresh/": (302, 302, 403),
    "segments/paris/archive/": (302, 302, 403),
    "segments/paris/unarchive/": (302, 302, 403),
    "segments/paris/delete/": (302, 302, 403),
}


@pytest.mark.parametrize(("number", "role"), [(0, "Administrator"), (1, "Analyst"), (2, "Viewer")])
def test_each_page_asks_for_its_permission(
    base: str, make_segment: Makes, sign_in: Callable[[str], Client], number: int, role: str
):
    make_segment("Paris", IN_PARIS)
    client = sign_in(role)
    assert {path: client.get(base + path).status_code for path in READING} == {
        path: statuses[number] for path, statuses in READING.items()
    }
    assert {path: client.post(base + path).status_code for path in WRITING} == {
        path: statuses[number] for path, statuses in WRITING.items()
    }


def test_a_stranger_finds_nothing(base: str, make_segment: Makes, client: Client, django_user_model):
    make_segment("Paris", IN_PARIS)
    client.force_login(django_user_model.objects.create_user("stranger"))
    assert {client.get(base + path).status_code for path in READING} == {404}


def test_reading_changes_nothing(base: str, make_segment: Makes, sign_in: Callable[[str], Client]):
    segment = make_segment("Paris", IN_PARIS)
    client = sign_in("Administrator")
    before = list(Segment.objects.values())
    for path in READING:
        client.get(base + path)
    assert list(Segment.objects.values()) == before
    assert segment.pk


def test_the_page_says_the_definition_in_words(base: str, make_segment: Makes, sign_in: Callable[[str], Client]):
    make_segment("Paris", IN_PARIS)
    assert "City is Paris" in sign_in("Viewer").get(base + "segments/paris/").text


def test_a_segment_is_made_from_the_conditions_of_a_list(base: str, sign_in: Callable[[str], Client]):
    client = sign_in("Analyst")
    address = base + "segments/new/"
    assert "Paris" in client.get(address, {"c": json.dumps(IN_PARIS)}).text
    answer = client.post(address, {"name": "In Paris", "conditions": json.dumps(IN_PARIS)})
    assert answer.headers["Location"] == base + "segments/in-paris/"
    assert Segment.objects.get().conditions == IN_PARIS


@pytest.mark.parametrize(
    "conditions",
    ["{", '{"all": [{"property": "nope", "op": "known"}]}', "[]", '{"any": [{"segment": "x", "op": "in"}]}'],
)
def test_wrong_conditions_come_back_with_what_is_wrong(base: str, sign_in: Callable[[str], Client], conditions: str):
    client = sign_in("Analyst")
    answer = client.post(base + "segments/new/", {"name": "x", "conditions": conditions})
    assert answer.status_code == 422
    assert not Segment.objects.exists()
    shown = client.post(base + "segments/preview/", {"conditions": conditions}, headers=HTMX)
    assert (shown.status_code, "note-warn" in shown.text) == (200, True)


def test_the_preview_says_who_enters_and_leaves(
    base: str, make_segment: Makes, make_profile: MakesProfile, sign_in: Callable[[str], Client]
):
    for city in ("Paris", "Paris", "Rome"):
        make_profile(city=city)
    segment = make_segment("Paris", IN_PARIS)
    rome = json.dumps({"all": [{"property": "city", "op": "is", "value": "Rome"}]})
    shown = sign_in("Analyst").post(base + "segments/preview/", {"conditions": rome, "segment": segment.slug})
    assert "+ 1 enter" in shown.text
    assert "2 leave" in shown.text
    assert len(members(segment)) == 2


def test_the_rail_marks_the_current_segment_and_keeps_the_archived_apart(
    base: str, make_segment: Makes, sign_in: Callable[[str], Client]
):
    make_segment("Paris", IN_PARIS)
    services.archive_segment(segment=make_segment("Old", IN_PARIS), actor=None)
    shown = sign_in("Viewer").get(base + "segments/rail/", {"segment": "paris"}, headers=HTMX).text
    assert "<html" not in shown
    assert shown.index('id="rail-paris"') < shown.index("Archived · 1") < shown.index('id="rail-old"')
    assert 'aria-current="page"' in shown[shown.index('id="rail-paris"') :][:200]


def test_the_segments_of_a_user_are_shown_with_the_reason(
    base: str, make_segment: Makes, make_profile: MakesProfile, sign_in: Callable[[str], Client]
):
    profile = make_profile(city="Paris", email="jane@example.com")
    make_segment("Paris", IN_PARIS)
    make_segment("Mail", {"all": [{"property": "email", "op": "is", "value": "other@example.com"}]})
    client = sign_in("Viewer")
    tab = client.get(f"{base}users/{profile.pk}/segments/", headers=HTMX).text
    assert tab.index("Paris") < tab.index("Not in") < tab.index("Mail")
    assert "meets the conditions" in client.get(f"{base}segments/paris/why/{profile.pk}/").text
    why_not = client.get(f"{base}segments/mail/why/{profile.pk}/").text
    assert "does not meet" in why_not
    assert "j•••@e•••.com" in why_not
    assert "jane@example.com" not in why_not


def test_a_failed_segment_says_so(base: str, make_segment: Makes, sign_in: Callable[[str], Client]):
    segment = make_segment("Paris", IN_PARIS)
    Segment.objects.filter(pk=segment.pk).update(state="failed", error="There is no property “city”")
    client = sign_in("Viewer")
    for path in ("segments/", "segments/paris/", "segments/rail/"):
        assert "Refresh failed" in client.get(base + path).text or "cannot be kept up" in client.get(base + path).text
    assert "There is no property" in client.get(base + "segments/paris/").text


def test_the_list_costs_the_same_however_many_segments(
    base: str, make_segment: Makes, sign_in: Callable[[str], Client], django_assert_max_num_queries
):
    for number in range(8):
        make_segment(f"S{number}", IN_PARIS)
    client = sign_in("Viewer")
    for path in ("segments/", "segments/rail/"):
        client.get(base + path)
        with django_assert_max_num_queries(12):
            client.get(base + path)
