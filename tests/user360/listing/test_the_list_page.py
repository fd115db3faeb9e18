"""The list at its address: what it shows, whom it refuses, and how many queries it takes."""

import html
import json
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import WorkspaceFactory, profile, tag
from user360.models import Property, TagValue, Workspace

SignIn = Callable[..., Client]
HTMX = {"HX-Request": "true", "HX-Target": "list"}
QUERY = frozenset({"insight.user360.query"})
IN_PARIS = json.dumps({"all": [{"property": "city", "op": "is", "value": "Paris"}]})


def names(response: object) -> list[str]:
    page = response.content.decode()  # type: ignore[attr-defined]  # the test client's answer
    return re.findall(r'aria-label="Select ([^"]+)"', page.replace('"Select the users of this page"', ""))


def links(response: object, text: str) -> list[str]:
    page = response.content.decode()  # type: ignore[attr-defined]  # the test client's answer
    return [html.unescape(link) for link in re.findall(rf'href="([^"]*)"[^>]*aria-label="{text}', page)]


def test_the_newest_user_stands_first(sign_in: SignIn, address: str) -> None:
    for name in ("Ann", "Bob", "Eve"):
        profile({"name": name})
    assert names(sign_in().get(address)) == ["Eve", "Bob", "Ann"]


def test_users_of_other_workspaces_are_not_shown(sign_in: SignIn, address: str, workspace: Workspace) -> None:
    other = WorkspaceFactory.create()
    profile({"name": "Ann"})
    client = sign_in()
    assert client.get(f"/w/{other.slug}/users/").status_code == 404
    assert names(client.get(address)) == ["Ann"]


def test_the_sorted_column_says_so_and_turns_round(sign_in: SignIn, address: str) -> None:
    profile({"city": "Paris"})
    page = sign_in().get(address, {"sort": "city"}).content.decode()
    assert re.search(r'<th scope="col" aria-sort="ascending"><a href="[^"]*\?sort=-city"', page)


def test_pages_lead_there_and_back(sign_in: SignIn, address: str) -> None:
    for number in range(60):
        profile({"name": f"N{number:02}"})
    client = sign_in()
    first = client.get(address, {"size": "25", "sort": "name"})
    second = client.get(links(first, "Next page")[0])
    third = client.get(links(second, "Next page")[0])
    assert names(first) + names(second) + names(third) == [f"N{number:02}" for number in range(60)]
    assert not links(third, "Next page")
    back = client.get(links(third, "Previous page")[0])
    assert names(back) == names(second)
    assert names(client.get(links(back, "Next page")[0])) == names(third)
    assert names(client.get(links(back, "Previous page")[0])) == names(first)


def test_a_broken_place_shows_the_first_page_and_says_so(sign_in: SignIn, address: str) -> None:
    profile({"name": "Ann"})
    response = sign_in().get(address, {"after": "made-up"})
    assert names(response) == ["Ann"]
    assert "could not be found" in response.content.decode()


@pytest.mark.parametrize("asked", [{"c": IN_PARIS}, {"id": "C-1"}, {"level": "Gold"}])
@pytest.mark.parametrize("path", ["", "count/"])
def test_querying_takes_its_permission(sign_in: SignIn, address: str, path: str, asked: dict[str, str]) -> None:
    assert sign_in("Analyst").get(address + path, asked).status_code == 200
    response = sign_in("Viewer").get(address + path, asked)
    assert response.status_code == 403
    assert "Query users" in response.content.decode()


def test_who_may_not_query_sees_no_query_bar(sign_in: SignIn, address: str) -> None:
    page = sign_in("Viewer").get(address).content.decode()
    assert 'name="id"' not in page
    assert ">Query<" not in page
    assert 'name="q"' in page


def test_a_segment_takes_the_permission_to_see_segments(sign_in: SignIn, address: str) -> None:
    client = sign_in("Viewer", without=frozenset({"insight.segments.view"}))
    assert client.get(address, {"segment": "vip"}).status_code == 403


def test_signed_out_one_signs_in_first(address: str, client: Client) -> None:
    assert "/accounts/login/" in client.get(address)["Location"]


def test_the_query_narrows_the_list(sign_in: SignIn, address: str) -> None:
    profile({"name": "Ann", "city": "Paris", "memberLevel": "Gold"}, user_id="C-1")
    profile({"name": "Bob", "city": "Paris", "memberLevel": "Silver"}, user_id="C-2", ids={"mobile": "+33612345678"})
    profile({"name": "Eve", "city": "Oslo", "memberLevel": "Gold"}, user_id="C-3")
    client = sign_in()
    assert set(names(client.get(address, {"c": IN_PARIS}))) == {"Ann", "Bob"}
    assert names(client.get(address, {"c": IN_PARIS, "level": "gold"})) == ["Ann"]
    assert set(names(client.get(address, {"level": ["Gold", "Silver"]}))) == {"Ann", "Bob", "Eve"}
    assert names(client.get(address, {"id": "C-3"})) == ["Eve"]
    assert names(client.get(address, {"id": "06 12 34 56 78"})) == ["Bob"]
    assert names(client.get(address, {"id": "C-"})) == []


def test_each_chip_leads_to_the_list_without_it(sign_in: SignIn, address: str) -> None:
    conditions = {"all": [*json.loads(IN_PARIS)["all"], {"property": "gender", "op": "known"}]}
    profile({"name": "Ann", "city": "Paris", "memberLevel": "Gold"})
    asked = {"c": json.dumps(conditions), "level": "Gold", "q": "ann", "sort": "city"}
    client = sign_in()
    removals = links(client.get(address, asked), "Remove: ")
    assert len(removals) == 4
    states = [client.get(link).context["state"] for link in removals]
    assert [(bool(one.q), one.c, one.level) for one in states] == [
        (False, asked["c"], ("Gold",)),
        (True, '{"all":[{"property":"gender","op":"known"}]}', ("Gold",)),
        (True, '{"all":[{"property":"city","op":"is","value":"Paris"}]}', ("Gold",)),
        (True, asked["c"], ()),
    ]
    assert {one.sort for one in states} == {"city"}


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ("{", "not JSON"),
        ("[" * 3000, "not JSON"),
        ('{"all": [{"property": "nothing", "op": "known"}]}', "at all"),
        ('{"property": "city", "op": "greater"}', "op"),
        ("[1]", "Nobody is shown"),
        ('{"segment": "gone", "op": "in"}', "Nobody is shown"),
    ],
)
def test_broken_conditions_show_nobody_and_say_where(
    sign_in: SignIn, address: str, conditions: str, words: str
) -> None:
    profile({"name": "Ann"})
    client = sign_in()
    response = client.get(address, {"c": conditions})
    assert response.status_code == 200
    assert names(response) == []
    assert words in response.content.decode()
    assert client.get(f"{address}count/", {"c": conditions}).context["count"].number == 0


def test_nobody_yet_and_nobody_matching_are_different_pages(sign_in: SignIn, address: str) -> None:
    client = sign_in()
    assert "No users yet" in client.get(address).content.decode()
    assert "Nobody matches" in client.get(address, {"q": "ann"}).content.decode()


def test_htmx_gets_what_the_address_changes_and_the_tidy_address(sign_in: SignIn, address: str) -> None:
    profile({"name": "Ann", "city": "Paris"})
    response = sign_in().get(address, {"q": "ann", "sort": "city", "id": "", "segment": ""}, headers=HTMX)
    page = response.content.decode()
    assert "<html" not in page
    assert names(response) == ["Ann"]
    assert response["HX-Push-Url"] == f"{address}?q=ann&sort=city"
    assert set(re.findall(r'id="([\w-]+)"[^>]*hx-swap-oob', page)) == {
        "list-count",
        "list-actions",
        "search-state",
        "query-bar",
    }


def test_the_exact_number_is_a_fragment_and_a_page(sign_in: SignIn, address: str) -> None:
    for name in ("Ann", "Bob"):
        profile({"name": name})
    client = sign_in()
    assert client.get(f"{address}count/", headers=HTMX).content.decode().strip() == "2"
    assert "<html" in client.get(f"{address}count/").content.decode()


def test_the_number_of_queries_does_not_grow_with_the_rows(sign_in: SignIn, address: str) -> None:
    client = sign_in()

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(address, {"sort": "source"}).status_code == 200
        return len(asked)

    def add(number: int) -> None:
        profile(
            {"name": f"N{number}", "city": "Paris"}, ids={"mobile": f"+336123456{number:02}"}, tags={"Labels": "VIP"}
        )

    add(0)
    queries()
    few = queries()
    for number in range(1, 20):
        add(number)
    assert queries() == few
    assert few <= 32


def test_a_row_shows_ids_tags_and_values(sign_in: SignIn, address: str) -> None:
    profile({"name": "Ann", "memberLevel": "Gold"}, ids={"mobile": "+33612345678"}, tags={"Labels": "VIP"})
    TagValue.objects.create(tag=tag("Labels"), value="Nobody has it")
    page = sign_in().get(address).content.decode()
    assert "+33 6 12 34 56 78" in page
    assert re.search(r'<span class="tag colour-\d">VIP</span>', page)
    assert '<span class="badge">Gold</span>' in page
    assert "Manual entry" in page


def test_personal_data_is_masked_and_gives_no_order(sign_in: SignIn, address: str) -> None:
    profile({"name": "Ann"}, ids={"mobile": "+33612345678"})
    page = sign_in("Viewer").get(address).content.decode()
    assert "5678" in page
    assert "12345678" not in page.replace(" ", "")


def test_a_masked_phone_keeps_its_last_four_digits(sign_in: SignIn, address: str, workspace: Workspace) -> None:
    Workspace.objects.filter(pk=workspace.pk).update(columns=["property:phone"])
    profile({"name": "Ann", "phone": "+33612345678"})
    assert "•••• 5678" in sign_in("Viewer").get(address).content.decode()


def test_a_name_that_is_personal_data_is_masked(sign_in: SignIn, address: str) -> None:
    Property.objects.filter(key="lastName").update(is_personal=True)
    profile({"firstName": "Ann", "lastName": "Lee"})
    assert names(sign_in("Viewer").get(address)) == ["A•••"]
    assert names(sign_in().get(address)) == ["Ann Lee"]


def test_a_get_changes_nothing_but_the_hour_of_use(sign_in: SignIn, address: str) -> None:
    client = sign_in()
    profile({"name": "Ann"})
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    writes = [one["sql"] for one in asked if one["sql"].startswith(("UPDATE", "INSERT", "DELETE"))]
    assert writes == []
