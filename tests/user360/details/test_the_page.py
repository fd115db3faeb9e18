"""The page of one user: what it shows to whom, its parts, its neighbours, its timeline."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import UserFactory, profile, tag
from user360.conditions import load_schema
from user360.listing.columns import order_of
from user360.listing.neighbours import neighbours
from user360.listing.paging import page
from user360.listing.query import profiles_of
from user360.listing.state import ListState
from user360.models import Event, Profile, Property, Source, Workspace
from user360.services.profiles import Origin, update_profile
from user360.services.tags import tag_profile

TABS = ("tags", "groups", "properties", "timeline")
PARTS = {"profile-about": "<title>", "profile-tab": "<title>", "profile-neighbours": "<title>"}


@pytest.mark.parametrize("tab", [*TABS, "nonsense"])
def test_each_tab_has_an_address_with_the_whole_page(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile, tab: str
) -> None:
    text = sign_in().get(address("user", someone.pk), {"tab": tab}).content.decode()
    assert "<title>" in text
    assert "Ann Lee" in text
    assert 'aria-current="page"' in text


@pytest.mark.parametrize("part", PARTS)
def test_htmx_gets_a_part_at_the_same_address(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile, part: str
) -> None:
    headers = {"HX-Request": "true", "HX-Target": part}
    text = sign_in().get(address("user", someone.pk), headers=headers).content.decode()
    assert "<title>" not in text


def test_a_tab_fetched_by_htmx_still_leads_to_the_others(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile
) -> None:
    headers = {"HX-Request": "true", "HX-Target": "profile-tab"}
    text = (
        sign_in().get(address("user", someone.pk), {"tab": "timeline", "q": "ann"}, headers=headers).content.decode()
    )
    assert "?tab=tags&amp;q=ann" in text or "?q=ann&amp;tab=tags" in text


def test_an_id_says_its_sources_and_state(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile
) -> None:
    text = sign_in().get(address("user", someone.pk), {"about": "identity"}).content.decode()
    assert "C-1 · Unencrypted · from CRM" in text


@pytest.mark.parametrize(
    "query", [{"tab": tab} for tab in TABS] + [{"about": "identity"}, {"tab": "timeline", "kind": "changes"}]
)
def test_personal_data_stays_masked_everywhere_without_the_permission(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile, query: dict[str, str]
) -> None:
    update_profile(
        profile_id=someone.pk, values={"email": "bob@example.com"}, origin=Origin(actor=UserFactory.create())
    )
    there = address("user", someone.pk)
    shown, masked = (sign_in(role).get(there, query).content.decode() for role in ("Administrator", "Analyst"))
    assert re.search("(ann|bob)@example", shown)
    assert not re.search("(ann|bob)@example", masked)


def test_who_may_only_look_is_offered_nothing_else(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile
) -> None:
    offers = [
        address("user_edit", someone.pk),
        address("user_tags", someone.pk),
        address("user_field", someone.pk, "city"),
    ]
    for tab in TABS:
        text = sign_in("Viewer").get(address("user", someone.pk), {"tab": tab}).content.decode()
        assert not [offer for offer in offers if offer in text]


def test_a_user_of_another_workspace_or_none_is_not_found(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile
) -> None:
    assert sign_in().get(address("user", someone.pk + 1)).status_code == 404
    Profile.objects.filter(pk=someone.pk).update(deleted_at=timezone.now())
    assert sign_in().get(address("user", someone.pk)).status_code == 404


def test_the_age_is_that_of_today(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile
) -> None:
    today = timezone.localdate()
    Profile.objects.filter(pk=someone.pk).update(dob=today.replace(year=today.year - 41, day=1), age=3)
    text = sign_in().get(address("user", someone.pk), {"tab": "properties"}).content.decode()
    assert ">41<" in text
    assert address("user_field", someone.pk, "age") + "?in" not in text


@pytest.mark.parametrize("sort", ["-createdAt", "city", "-city", "name", "source", "-source", "age"])
def test_next_and_previous_walk_the_list(workspace: Workspace, sort: str) -> None:
    sources = [Origin(source=Source.objects.create(name=name)) for name in ("Web", "app")]
    for number in range(7):
        values = {"city": "abc"[number % 3], "age": str(number % 2 + 20)} if number % 4 else {}
        profile(values, origin=sources[number % 2])
    state = ListState(sort=sort)
    properties = {one.key: one for one in Property.objects.all()}
    listed = profiles_of(state, load_schema(), now=timezone.now(), see_personal=True)
    shown = page(listed, order_of(sort, properties, see_personal=True), size=25).rows
    walked = [(each.previous, each.following) for each in (neighbours(one, state, see_personal=True) for one in shown)]
    ids: list[Any] = [None, *(one.pk for one in shown), None]
    assert walked == list(zip(ids, ids[2:], strict=False))


def test_in_a_narrowed_list_the_neighbours_come_after_the_page(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile
) -> None:
    other, _ = profile({"city": "Paris"}), profile({"city": "Rome"})
    client, query = sign_in(), {"q": "Paris", "c": '{"property": "city", "op": "is", "value": "Paris"}'}
    query.pop("q")
    there = address("user", someone.pk)
    link = f'href="{address("user", other.pk)}?c='
    assert link not in client.get(there, query).content.decode()
    part = client.get(there, query, headers={"HX-Request": "true", "HX-Target": "profile-neighbours"})
    assert link in part.content.decode()


def test_the_timeline_pages_by_key_through_changes_and_events(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile
) -> None:
    begin = timezone.now() - dt.timedelta(days=90)
    for number in range(75):
        Event.objects.create(profile_id=someone.pk, at=begin + dt.timedelta(days=number), name=f"visit{number}")
    client, there = sign_in(), address("user", someone.pk)
    first = client.get(there, {"tab": "timeline"})
    seen, context = [], first.context
    while True:
        seen += [entry.summary for _, entries in context["timeline"].days for entry in entries]
        if not context["timeline"].older:
            break
        context = client.get(there, {"tab": "timeline", "before": context["timeline"].older}).context
    visits = [summary for summary in seen if summary.startswith("visit")]
    assert visits == [f"visit{number}" for number in reversed(range(75))]
    assert len(seen) == 77
    assert client.get(there, {"tab": "timeline", "before": "nonsense"}).status_code == 200


def test_a_change_opens_to_old_and_new(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile, crm: Origin
) -> None:
    update_profile(profile_id=someone.pk, values={"city": "Lyon", "country": "France"}, origin=crm)
    tag_profile(profile_id=someone.pk, add=[(tag("Tier"), "gold")], origin=crm)
    text = sign_in().get(address("user", someone.pk), {"tab": "timeline"}).content.decode()
    assert "2 properties changed" in text
    assert "<del>Paris</del>" in text
    assert "gold" in text


def test_the_number_of_queries_does_not_grow(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile, crm: Origin
) -> None:
    client, counts = sign_in(), []
    for _ in range(3):
        counts.append({tab: _queries(client, address("user", someone.pk) + f"?tab={tab}") for tab in TABS})
        for city in ("Rome", "Oslo", "Lima"):
            by_hand = Origin(actor=UserFactory.create())
            update_profile(profile_id=someone.pk, values={"city": city}, origin=by_hand)
            tag_profile(profile_id=someone.pk, add=[(tag("Labels"), city), (tag(city), "x")], origin=by_hand)
    # The first page has no pins and so nobody to name.
    assert counts[1] == counts[2]
    assert max(counts[2].values()) <= 32


def _queries(client: Client, there: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get(there)
    return len(queries)


def test_a_name_marked_personal_is_masked_in_heading_and_dialogs(
    sign_in: Callable[..., Client], address: Callable[..., str], someone: Profile
) -> None:
    Property.objects.filter(key="lastName").update(is_personal=True)
    client = sign_in("Tagger", ["insight.user360.detail", "insight.user360.tag", "insight.user360.edit"])
    for each in ("user", "user_tags", "user_edit"):
        text = client.get(address(each, someone.pk)).content.decode()
        assert "A•••" in text
        assert "Lee" not in text
