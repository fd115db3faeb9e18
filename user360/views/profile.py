"""The page of one user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from user360.conditions import load_schema
from user360.gate import WorkspaceRequest, workspace_page
from user360.listing.columns import order_of
from user360.listing.paging import KNOWN, UNKNOWN, Cursor, page
from user360.listing.query import BrokenConditions, profiles_of
from user360.listing.state import ListState
from user360.models import Profile, Property
from user360.property_types import DisplayContext
from user360.selectors import details
from user360.selectors.details import Viewer
from user360.selectors.timeline import FILTERS, timeline

# Tab → its words, in the order of the page. Groups are a page of the layer above, met by its address.
TABS = {"tags": "Tags", "groups": "Groups", "properties": "Properties", "timeline": "Timeline"}
BASICS = ("Member information", "Contact", "Opt-ins")


def profile_or_404(profile_id: int) -> Profile:
    """The user of this workspace; Http404 for anybody else."""
    profile: Profile | None = Profile.objects.select_related("source").filter(pk=profile_id, deleted_at=None).first()
    if profile is None:
        raise Http404
    return profile


def viewer_of(request: WorkspaceRequest) -> Viewer:
    """For whom the page is made."""
    return Viewer(
        DisplayContext(request.workspace.locale, request.workspace.zone),
        see_personal="pii.view" in request.permissions,
        may_edit="insight.user360.edit" in request.permissions,
    )


@require_safe
@workspace_page("insight.user360.detail")
@vary_on_headers("HX-Request")
def user(request: WorkspaceRequest, profile_id: int) -> HttpResponse:
    """The whole page, or the chosen tab alone for htmx."""
    profile = profile_or_404(profile_id)
    tab = request.GET.get("tab", "tags")
    tab = tab if tab in TABS else "tags"
    tabs = [(key, label, _tab_address(request, key)) for key, label in TABS.items()]
    context: dict[str, Any] = {"profile": profile, "tab": tab, "tabs": tabs, "nav_active": "user360:users"}
    context |= _tab(request, profile, tab)
    if request.htmx and request.htmx.target == "profile-tab":
        return render(request, "user360/profile/tab.html", context)
    viewer = viewer_of(request)
    every = context.get("facts") or details.facts(profile, viewer)
    state = ListState.from_query(request.GET)
    address = state.address()
    context |= {
        "basics": [fact for fact in every if fact.prop.group in BASICS],
        "identities": details.identities(profile, viewer),
        "neighbours": _neighbours(request, profile, state),
        "list_address": "" if address == "?" else address,
    }
    return render(request, "user360/profile/page.html", context)


def _tab_address(request: WorkspaceRequest, tab: str) -> str:
    query = request.GET.copy()
    query["tab"] = tab
    for name in ("before", "kinds"):
        query.pop(name, None)
    return f"{request.path}?{query.urlencode()}"


def _tab(request: WorkspaceRequest, profile: Profile, tab: str) -> dict[str, Any]:
    viewer = viewer_of(request)
    if tab == "tags":
        return {"tag_groups": details.tags(profile)}
    if tab == "properties":
        return {"facts": details.facts(profile, viewer)}
    if tab == "timeline":
        kinds = request.GET.get("kinds", "all")
        found = timeline(profile, viewer, kinds=kinds, before=request.GET.get("before", ""))
        return {"timeline": found, "kinds": kinds if kinds in FILTERS else "all", "filters": list(FILTERS)}
    return {}


@dataclass(frozen=True)
class Neighbours:
    """The addresses of the users before and after in the list one came from; empty at its ends."""

    previous: str
    following: str


def _neighbours(request: WorkspaceRequest, profile: Profile, state: ListState) -> Neighbours:
    properties = {prop.key: prop for prop in Property.objects.filter(archived_at=None)}
    order = order_of(state.sort, properties)
    see_personal = "pii.view" in request.permissions
    try:
        listed = profiles_of(state, load_schema(), now=timezone.now(), see_personal=see_personal)
    except BrokenConditions:
        return Neighbours("", "")
    place = Profile.objects.filter(pk=profile.pk).annotate(sort_value=order.value).values_list("sort_value").first()
    value = place[0] if place else None
    here = Cursor(UNKNOWN if value is None else KNOWN, value, profile.pk, 0).text()
    return Neighbours(
        _neighbour(request, page(listed, order, size=1, before=here).rows, state),
        _neighbour(request, page(listed, order, size=1, after=here).rows, state),
    )


def _neighbour(request: WorkspaceRequest, rows: Any, state: ListState) -> str:
    if not rows:
        return ""
    address = state.address()
    found = reverse("user360:user", args=[request.workspace.slug, rows[0].pk])
    return found if address == "?" else found + address
