"""Which columns the list shows: one's own, else the workspace's, else the shipped ones."""

from collections.abc import Callable

from django.test import Client

from tests.factories import UserFactory, prop, tag
from user360.conditions import load_schema
from user360.listing.columns import DEFAULT_LAYOUT, MAX_COLUMNS, available_columns, shown_columns
from user360.models import AuditEntry, Member, Property, Workspace

SignIn = Callable[..., Client]
HTMX = {"HX-Request": "true"}


def shown(client: Client, address: str) -> list[str]:
    return [column.key for column in client.get(f"{address}columns/").context["shown"]]


def choose(client: Client, address: str, *keys: str, **more: str) -> int:
    return client.post(f"{address}columns/", {"column": keys, **more}).status_code


def test_the_shipped_columns_come_first(sign_in: SignIn, address: str) -> None:
    assert shown(sign_in(), address) == list(DEFAULT_LAYOUT)


def test_ones_own_columns_are_for_oneself(sign_in: SignIn, address: str) -> None:
    client, colleague = sign_in("Viewer"), sign_in()
    assert choose(client, address, "property:city", "id:email", "property:city", "property:made-up") == 302
    assert shown(client, address) == ["property:city", "id:email"]
    assert shown(colleague, address) == list(DEFAULT_LAYOUT)
    assert choose(client, address, reset="1") == 302
    assert shown(client, address) == list(DEFAULT_LAYOUT)
    assert not AuditEntry.objects.filter(action="columns.set").exists()


def test_everybodys_columns_take_a_permission_and_are_audited(sign_in: SignIn, address: str) -> None:
    assert choose(sign_in("Marketer"), address, "property:city", **{"for": "everybody"}) == 403
    administrator, colleague = sign_in(), sign_in("Viewer")
    assert choose(administrator, address, "property:city", **{"for": "everybody"}) == 302
    assert shown(colleague, address) == shown(administrator, address) == ["property:city"]
    entry = AuditEntry.objects.get(action="columns.set")
    assert (entry.before, entry.after) == ({"columns": []}, {"columns": ["property:city"]})


def test_saving_goes_back_to_the_list_one_came_from(sign_in: SignIn, address: str) -> None:
    client = sign_in()
    to = f"{address}columns/?q=ann&sort=city"
    assert client.post(to, {"column": "property:city"})["Location"] == f"{address}?q=ann&sort=city"
    assert client.post(to, {"column": "property:city"}, headers=HTMX)["HX-Redirect"] == f"{address}?q=ann&sort=city"


def test_columns_that_are_gone_are_left_out(workspace: Workspace) -> None:
    prop("points", "number")
    layout = ["property:points", f"tag:{tag('Tier').pk}", "property:city"]
    assert [column.key for column in shown_columns(available_columns(load_schema()), layout)] == layout
    Property.objects.filter(key="points").update(archived_at="2026-01-01T00:00Z")
    assert [column.key for column in shown_columns(available_columns(load_schema()), layout)] == layout[1:]
    assert [column.key for column in shown_columns(available_columns(load_schema()), ["property:points"])] == list(
        DEFAULT_LAYOUT
    )


def test_there_are_not_more_columns_than_a_page_can_hold(workspace: Workspace) -> None:
    assert len(shown_columns(available_columns(load_schema()), list(available_columns(load_schema())))) == MAX_COLUMNS


def test_an_organization_administrator_keeps_columns_too(address: str, workspace: Workspace) -> None:
    client = Client()
    client.force_login(UserFactory.create(is_superuser=True))
    assert choose(client, address, "property:city") == 302
    assert shown(client, address) == ["property:city"]
    assert Member.objects.count() == 1
