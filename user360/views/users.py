"""The user list."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from user360.conditions import CountTimeout, Schema, chips, load_schema
from user360.gate import WorkspaceRequest, refuse, workspace_page
from user360.listing.columns import Cell, Column, PageData, available_columns, order_of, shown_columns
from user360.listing.counting import Count, exact_count, quick_count
from user360.listing.groups import groups
from user360.listing.levels import member_levels
from user360.listing.paging import Page, page
from user360.listing.query import BrokenConditions, profiles_of, tree_of
from user360.listing.state import SIZES, ListState
from user360.models import Profile, Property
from user360.property_types import DisplayContext

QUERY = "insight.user360.query"


@dataclass(frozen=True)
class Row:
    """A user and its cells, in the order of the columns."""

    profile: Profile
    address: str
    cells: Sequence[tuple[Column, Cell]]


@dataclass(frozen=True)
class Header:
    """A column's head: the address that sorts by it and how it is sorted now (`ascending`, `descending` or empty).

    The first column, the user, is no column that one chooses.
    """

    column: Column | None
    address: str
    sorted: str


@require_safe
@workspace_page("insight.user360.view")
@vary_on_headers("HX-Request")
def user_list(request: WorkspaceRequest) -> HttpResponse:
    """The list at its address: the whole page, or its results alone for htmx."""
    state = ListState.from_query(request.GET)
    if state.queried and QUERY not in request.permissions:
        return refuse(request, QUERY)
    context = _results(request, state)
    if request.htmx and not request.htmx.boosted and request.htmx.target == "list":
        return render(request, "user360/list/results.html", context)
    context |= {"groups": groups(), "levels": member_levels() if QUERY in request.permissions else []}
    return render(request, "user360/list/page.html", context)


@require_safe
@workspace_page("insight.user360.view")
def users_count(request: WorkspaceRequest) -> HttpResponse:
    """The exact number, on request."""
    state = ListState.from_query(request.GET)
    if state.queried and QUERY not in request.permissions:
        return refuse(request, QUERY)
    context: dict[str, Any] = {"state": state, "address": state.address()}
    try:
        context["count"] = exact_count(_profiles(request, state, load_schema()))
    except CountTimeout:
        context["too_long"] = True
    except BrokenConditions:
        context["count"] = Count(0)
    template = "user360/list/count.html" if request.htmx else "user360/list/count_page.html"
    return render(request, template, context)


def _profiles(request: WorkspaceRequest, state: ListState, schema: Schema) -> QuerySet[Profile]:
    see_personal = "pii.view" in request.permissions
    return profiles_of(state, schema, now=timezone.now(), see_personal=see_personal)


def _results(request: WorkspaceRequest, state: ListState) -> dict[str, Any]:
    schema = load_schema()
    display = DisplayContext(request.workspace.locale, request.workspace.zone)
    columns = shown_columns(available_columns(), request.member.columns, request.workspace.columns)
    context: dict[str, Any] = {
        "nav_active": "user360:users",
        "state": state,
        "address": state.address(),
        "sizes": [(size, state.address(size=size)) for size in SIZES],
        "see_personal": "pii.view" in request.permissions,
    }
    properties = {prop.key: prop for prop in Property.objects.filter(archived_at=None)}
    try:
        profiles = _profiles(request, state, schema)
    except BrokenConditions as broken:
        return context | {"broken": broken.errors, "count": Count(0), "rows": []}
    shown = page(
        profiles.select_related("source"),
        order_of(state.sort, properties),
        size=state.size,
        after=state.after,
        before=state.before,
    )
    here = request.path
    count = quick_count(profiles)
    return context | {
        "count": count,
        "headers": _headers(columns, state),
        "user_header": Header(None, *_sorting("name", state)),
        "rows": _rows(request, shown, columns, state, display),
        "chips": _chips(state, schema, display),
        "range": f"{shown.first:,}–{shown.first + len(shown.rows) - 1:,} of {count}",
        "next": here + state.address(after=shown.next) if shown.next else "",
        "previous": here + state.address(before=shown.previous) if shown.previous else "",
    }


def _headers(columns: Sequence[Column], state: ListState) -> list[Header]:
    return [Header(column, *(_sorting(column.sort_key, state) if column.sort_key else ("", ""))) for column in columns]


def _sorting(key: str, state: ListState) -> tuple[str, str]:
    if state.sort == key:
        return state.address(sort=f"-{key}"), "ascending"
    if state.sort == f"-{key}":
        return state.address(sort=key), "descending"
    return state.address(sort=key), ""


def _rows(
    request: WorkspaceRequest, shown: Page, columns: Sequence[Column], state: ListState, display: DisplayContext
) -> list[Row]:
    data = PageData(shown.rows, display, see_personal="pii.view" in request.permissions)
    data.load(columns)
    here = state.address()
    return [
        Row(profile, "" if here == "?" else here, [(column, column.cell(profile, data)) for column in columns])
        for profile in shown.rows
    ]


@dataclass(frozen=True)
class ListChip:
    """One part of the executed query: its words, and the address of the list without it."""

    text: str
    words: Any
    without: str


def _chips(state: ListState, schema: Schema, display: DisplayContext) -> list[ListChip]:
    made = []
    if state.q:
        made.append(ListChip(f"Search: {state.q}", None, state.address(q="")))
    if state.id:
        made.append(ListChip(f"User ID is {state.id}", None, state.address(id="")))
    tree = tree_of(state, schema)
    addresses = _without(state)
    parts = chips(tree, display)
    # One address a part; where they do not pair up the whole query is one step to leave.
    pairs = zip(parts, addresses, strict=True) if len(parts) == len(addresses) else ((p, "?") for p in parts)
    return made + [ListChip(part.text, part.words, without) for part, without in pairs]


def _without(state: ListState) -> list[str]:
    """The address without each part of the conditions, in the order in which the query lists them."""
    addresses = [state.address(segment="")] if state.segment else []
    addresses += [state.address(level=())] if state.level else []
    if state.c:
        given = json.loads(state.c)
        parts = given["all"] if isinstance(given.get("all"), list) else [given]
        for position in range(len(parts)):
            left = [part for other, part in enumerate(parts) if other != position]
            addresses.append(state.address(c=json.dumps({"all": left}, separators=(",", ":")) if left else ""))
    return addresses
