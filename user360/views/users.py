"""The user list."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import push_url

from user360.conditions import CountTimeout, Schema, chips, load_schema
from user360.conditions.counting import time_limit
from user360.gate import WorkspaceRequest, refuse, workspace_page
from user360.listing.columns import Cell, Column, PageData, available_columns, order_of, shown_columns
from user360.listing.counting import Count, exact_count, quick_count
from user360.listing.groups import groups
from user360.listing.levels import member_levels
from user360.listing.names import name_hidden, shown_name
from user360.listing.paging import Cursor, Order, Page, page
from user360.listing.query import BrokenConditions, profiles_of, tree_of, written_parts
from user360.listing.state import SIZES, ListState
from user360.models import Profile

QUERY, SEGMENTS, PERSONAL = "insight.user360.query", "insight.segments.view", "pii.view"
PAGE_MS = 10_000


@dataclass(frozen=True)
class Row:
    """A user and its cells, in the order of the columns; `name` is masked where names are personal data."""

    profile: Profile
    name: str
    cells: Sequence[tuple[Column, Cell]]


@dataclass(frozen=True)
class Header:
    """A column's head: the address that sorts by it and how it is sorted now (`ascending`, `descending` or empty).

    The first column, the user, is no column that one chooses.
    """

    column: Column | None
    address: str
    sorted: str


@dataclass(frozen=True)
class ListChip:
    """One part of the executed query: its words, whether the builder made it, the address of the list without it."""

    text: str
    from_builder: bool
    without: str


@require_safe
@workspace_page("insight.user360.view")
@vary_on_headers("HX-Request", "HX-Target")
def user_list(request: WorkspaceRequest) -> HttpResponse:
    """The list at its address: the whole page, or what changes with the address alone for htmx."""
    state = ListState.from_query(request.GET)
    if (missing := _missing(request, state)) is not None:
        return refuse(request, missing)
    named = dict(groups())
    context = _results(request, state) | {
        "groups": named.items(),
        "levels": member_levels() if QUERY in request.permissions else [],
        "title": named.get(state.segment, "Users") if state.segment else "All users",
    }
    if request.htmx and request.htmx.target == "list":
        here = request.path + state.address().removesuffix("?")
        return push_url(render(request, "user360/list/partial.html", context), here)
    return render(request, "user360/list/page.html", context)


@require_safe
@workspace_page("insight.user360.view")
@vary_on_headers("HX-Request")
def users_count(request: WorkspaceRequest) -> HttpResponse:
    """The exact number, on request."""
    state = ListState.from_query(request.GET)
    if (missing := _missing(request, state)) is not None:
        return refuse(request, missing)
    context: dict[str, Any] = {"state": state, "address": state.address(), "nav_active": "user360:users"}
    try:
        context["count"] = exact_count(_profiles(request, state, load_schema()))
    except CountTimeout:
        context["too_long"] = True
    except BrokenConditions:
        context["count"] = Count(0)
    template = "user360/list/count.html" if request.htmx else "user360/list/count_page.html"
    return render(request, template, context)


def _missing(request: WorkspaceRequest, state: ListState) -> str | None:
    """The permission that this list takes and the member lacks."""
    needed = [code for code, asked in ((QUERY, state.queried), (SEGMENTS, bool(state.segment))) if asked]
    return next((code for code in needed if code not in request.permissions), None)


def _profiles(request: WorkspaceRequest, state: ListState, schema: Schema) -> QuerySet[Profile]:
    return profiles_of(state, schema, now=timezone.now(), see_personal=PERSONAL in request.permissions)


def _results(request: WorkspaceRequest, state: ListState) -> dict[str, Any]:
    schema = load_schema()
    context: dict[str, Any] = {
        "nav_active": "user360:users",
        "state": state,
        "address": state.address(),
        "sizes": [(size, state.address(size=size)) for size in SIZES],
        "count": Count(0),
    }
    order = order_of(state.sort, schema.properties, see_personal=PERSONAL in request.permissions)
    try:
        profiles = _profiles(request, state, schema)
        with time_limit(PAGE_MS):
            shown = _page(profiles.select_related("source"), order, state)
    except BrokenConditions as broken:
        return context | {"broken": broken.errors}
    except CountTimeout:
        return context | {"too_slow": True, "chips": _chips(state, schema)}
    context |= _table(request, shown, order, state, schema)
    count = quick_count(profiles)
    return context | {
        "count": count,
        "range": f"{shown.first:,}–{shown.first + len(shown.rows) - 1:,} of {count}",
        "chips": _chips(state, schema),
        "lost_place": bool(state.after or state.before) and _place(order, state) is None,
    }


def _place(order: Order, state: ListState) -> Cursor | None:
    return Cursor.read(state.before or state.after, order)


def _page(profiles: QuerySet[Profile], order: Order, state: ListState) -> Page:
    turn = partial(page, profiles, order, size=state.size, narrowed=state.narrowed)
    place = _place(order, state)
    if place is None:
        return turn()
    shown = turn(before=place) if state.before else turn(after=place)
    # Everybody beyond the cursor may be gone by now.
    return shown if shown.rows else turn()


def _table(request: WorkspaceRequest, shown: Page, order: Order, state: ListState, schema: Schema) -> dict[str, Any]:
    see_personal = PERSONAL in request.permissions
    available = available_columns(schema)
    columns = shown_columns(available, request.member.columns, request.workspace.columns)
    data = PageData(shown.rows, schema.display, see_personal=see_personal)
    data.load(columns)
    hidden = name_hidden(schema.properties, see_personal=see_personal)
    keys = [column.sort_key(see_personal=see_personal) for column in columns]
    return {
        "user_header": _header(None, "" if hidden else "name", order, state),
        "headers": [_header(column, key, order, state) for column, key in zip(columns, keys, strict=True)],
        "rows": [
            Row(
                profile,
                shown_name(profile, hidden=hidden),
                [(column, column.cell(profile, data)) for column in columns],
            )
            for profile in shown.rows
        ],
        "next": request.path + state.address(after=shown.next.text(order)) if shown.next else "",
        "previous": request.path + state.address(before=shown.previous.text(order)) if shown.previous else "",
        # Addresses of users carry the list along, for previous and next; plain where it is everybody's.
        "along": state.address().removesuffix("?"),
    }


def _header(column: Column | None, key: str, order: Order, state: ListState) -> Header:
    if not key:
        return Header(column, "", "")
    if order.name == key:
        return Header(column, state.address(sort=f"-{key}"), "ascending")
    return Header(column, state.address(sort=key), "descending" if order.name == f"-{key}" else "")


def _chips(state: ListState, schema: Schema) -> list[ListChip]:
    made = []
    if state.q:
        made.append(ListChip(f"Search: {state.q}", from_builder=False, without=state.address(q="")))
    if state.id:
        made.append(ListChip(f"User ID is {state.id}", from_builder=False, without=state.address(id="")))
    written = len(written_parts(state))
    pairs = zip(chips(tree_of(state, schema), schema.display), _without(state), strict=True)
    parts = [
        ListChip(part.text, from_builder=place < written, without=without)
        for place, (part, without) in enumerate(pairs)
    ]
    return made + parts


def _without(state: ListState) -> Iterator[str]:
    """The address without each part of the conditions, in the order in which the query lists them."""
    parts = written_parts(state)
    for position in range(len(parts)):
        left = [part for other, part in enumerate(parts) if other != position]
        yield state.address(c=json.dumps({"all": left}, separators=(",", ":")) if left else "")
    if state.segment:
        yield state.address(segment="")
    if state.level:
        yield state.address(level=())
