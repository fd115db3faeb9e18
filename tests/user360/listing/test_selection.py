"""What is ticked is a few ids, or all that match without a few."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.http import QueryDict
from django.test import Client

from tests.factories import profile
from user360.conditions import load_schema
from user360.listing.selection import MAX_NAMED, Selection, SelectionRefused
from user360.models import Profile, Workspace
from user360.tenancy import current_workspace

SignIn = Callable[..., Client]
NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


@pytest.fixture
def people(workspace: Workspace) -> dict[str, int]:
    made = {name: profile({"name": name, "city": city}) for name, city in (("Ann", "Paris"), ("Bob", "Paris"))}
    made["Eve"] = profile({"name": "Eve", "city": "Oslo"})
    return {name: one.pk for name, one in made.items()}


def posted(**fields: object) -> Selection:
    post = QueryDict(mutable=True)
    for name, value in fields.items():
        post.setlist(name, [str(one) for one in value] if isinstance(value, list) else [str(value)])
    return Selection.from_post(post)


def selected(selection: Selection) -> set[str]:
    profiles = selection.profiles(load_schema(), now=NOW, see_personal=True)
    return {str(one) for one in profiles}


def test_ticked_users_are_those_named(people: dict[str, int]) -> None:
    assert selected(posted(mode="some", id=[people["Ann"], people["Eve"]], seen=2)) == {"Ann", "Eve"}
    assert selected(posted(mode="some", seen=0)) == set()


def test_all_that_match_are_the_list_without_the_exceptions(people: dict[str, int]) -> None:
    address = "?c=%7B%22property%22%3A%22city%22%2C%22op%22%3A%22is%22%2C%22value%22%3A%22paris%22%7D&after=anywhere"
    assert selected(posted(mode="all", address=address, seen=2)) == {"Ann", "Bob"}
    assert selected(posted(mode="all", address=address, id=[people["Bob"]], seen=1)) == {"Ann"}
    assert selected(posted(mode="all", seen=3)) == {"Ann", "Bob", "Eve"}


def test_the_deleted_are_never_selected(people: dict[str, int]) -> None:
    Profile.objects.filter(pk=people["Ann"]).update(deleted_at=NOW)
    assert selected(posted(mode="some", id=[people["Ann"]], seen=1)) == set()
    assert selected(posted(mode="all", seen=3)) == {"Bob", "Eve"}


def test_a_selection_survives_the_parameters_of_a_job(people: dict[str, int]) -> None:
    selection = posted(mode="all", address="?q=ann", id=[1, 2], seen=9, about=1)
    assert Selection.from_json(selection.as_json()) == selection


def test_a_set_that_has_changed_is_told_from_to(people: dict[str, int]) -> None:
    selection = posted(mode="all", seen=12_340)
    assert selection.drift(12_340) == ""
    assert selection.drift(12_338) == "The selection has changed: from 12,340 to 12,338 users."
    assert posted(mode="all", seen=12_300, about=1).drift(12_338) == ""


def test_a_dialog_over_the_selection_says_that_it_has_changed(people: dict[str, int], sign_in: SignIn) -> None:
    here = f"/w/{current_workspace().slug}/exports/new/"
    client = sign_in()
    changed = client.post(here, {"mode": "all", "address": "?q=ann", "seen": "4"}).content.decode()
    assert "from 4 to 1 users" in changed
    assert "has changed" not in client.post(here, {"mode": "all", "address": "?q=ann", "seen": "1"}).content.decode()


@pytest.mark.parametrize(
    "fields",
    [
        {"mode": ""},
        {"mode": "each"},
        {"mode": "some", "id": ["x"]},
        {"mode": "some", "id": ["²"]},
        {"mode": "some", "seen": "-1"},
        {"mode": "some", "id": list(range(MAX_NAMED + 1))},
    ],
)
def test_what_is_no_selection_is_refused(workspace: Workspace, fields: dict[str, object]) -> None:
    with pytest.raises(SelectionRefused):
        posted(**fields)
