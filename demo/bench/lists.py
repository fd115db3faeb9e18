"""The list page through the whole of Django, against the bare query of a page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urlencode

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from demo.bench.counts import COUNTS
from demo.bench.figures import Figure, clock, milliseconds, percentile
from user360.conditions.values import property_value
from user360.listing.columns import order_of
from user360.listing.paging import KNOWN, Cursor
from user360.models import Member, Profile, Property
from user360.tenancy import current_workspace, current_workspace_id

RUNS = 8
DEPTH = 500_000

_BARE = (
    "SELECT * FROM profile WHERE workspace_id = %s AND deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT 51"
)


def figures() -> Iterator[Figure]:
    """p95 over every order, for the first page and one very deep; narrowed by conditions; and the page of one user."""
    client, address = _client(), reverse("user360:users", args=[current_workspace().slug])
    bare = milliseconds(_bare_page, RUNS)
    first: list[float] = []
    deep: list[float] = []
    queries: set[int] = set()
    for prop in (prop for prop in Property.objects.filter(archived_at=None) if prop.sortable):
        first += _times(client, f"{address}?sort=-{prop.key}", queries)
        deep += _times(client, f"{address}?sort={prop.key}&after={_deep(prop)}", queries)
    yield Figure("list, first page, any order, p95", percentile(first, 0.95), limit=bare, limit_name="bare page")
    yield Figure("list, page ten thousand, any order, p95", percentile(deep, 0.95), limit=bare, limit_name="bare page")
    yield Figure("list, narrowed by each of the twelve conditions, p95", percentile(_narrowed(client, address), 0.95))
    yield Figure("list, queries a page", max(queries), unit="", limit=min(queries), limit_name="fewest")
    yield from _one_user(client)


def _narrowed(client: Client, address: str) -> list[float]:
    """Pages of those of whom a condition of the counts holds, few or many, near in the order or far."""
    asked = (
        urlencode({"c": json.dumps(condition), "sort": sort})
        for condition, _ in COUNTS.values()
        for sort in ("-createdAt", "city", "lastSeenAt")
    )
    return [one for query in asked for one in _times(client, f"{address}?{query}", set())]


def _one_user(client: Client) -> Iterator[Figure]:
    ids = list(Profile.objects.order_by("-id").values_list("pk", flat=True)[: RUNS * 4])
    times = []
    for key in ids:
        with clock() as run:
            client.get(reverse("user360:user", args=[current_workspace().slug, key]))
        times.append(run.seconds * 1000)
    yield Figure("details page, p95", percentile(times[2:], 0.95))


def _client() -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(Member.objects.select_related("user").filter(suspended=False)[0].user)
    return client


def _times(client: Client, address: str, queries: set[int]) -> list[float]:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    queries.add(len(captured))
    times = []
    for _ in range(RUNS):
        with clock() as run:
            answer = client.get(address)
        if answer.status_code != 200:  # noqa: PLR2004  # the status of a page
            raise RuntimeError(f"{address} answered {answer.status_code}.")
        times.append(run.seconds * 1000)
    return times


def _deep(prop: Property) -> str:
    """A cursor half a million rows deep, found the slow way once."""
    order = order_of(prop.key, {prop.key: prop}, see_personal=True)
    rows = Profile.objects.annotate(sort_value=property_value(prop)).exclude(sort_value=None)
    places = rows.order_by("sort_value", "id").values_list("sort_value", "id")
    found = places[DEPTH : DEPTH + 1].first() or places.last()
    return Cursor(KNOWN, found[0], found[1], DEPTH).text(order) if found else ""


def _bare_page() -> object:
    with connection.cursor() as cursor:
        cursor.execute(_BARE, [current_workspace_id()])
        return cursor.fetchall()
