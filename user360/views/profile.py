"""The page of one user. Its parts (a tab, the neighbours in the list) are at the same address, for htmx alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from user360.gate import WorkspaceRequest, workspace_page
from user360.listing.neighbours import Neighbours, neighbours
from user360.listing.state import ListState
from user360.models import Profile
from user360.property_types import DisplayContext
from user360.selectors import details
from user360.selectors.details import Viewer
from user360.selectors.timeline import KINDS, PAGE, timeline
from user360.services.profiles import USER_ID
from user360.system_properties import CONTACT, MEMBER, OPT_IN

# Tab → its words, in the order of the page. Groups are a page of the layer above, met by its address.
TABS = {"tags": "Tags", "groups": "Groups", "properties": "Properties", "timeline": "Timeline"}
ABOUT = {"basics": "Basic information", "identity": "Identity information"}
# So many records stand below the tags.
NEWEST = 10
BASICS = (MEMBER, CONTACT, OPT_IN)
QUERY = "insight.user360.query"


def profile_or_404(profile_id: int) -> Profile:
    """The user of this workspace; Http404 for anybody else."""
    profile: Profile | None = Profile.objects.select_related("source").filter(pk=profile_id, deleted_at=None).first()
    if profile is None:
        raise Http404
    return profile


def viewer_of(request: WorkspaceRequest) -> Viewer:
    """For whom the page is made."""
    return Viewer(DisplayContext(request.workspace.locale, request.workspace.zone), request.permissions)


@require_safe
@workspace_page("insight.user360.detail")
@vary_on_headers("HX-Request", "HX-Target")
def user(request: WorkspaceRequest, profile_id: int) -> HttpResponse:
    """The whole page, or the part that htmx asks for."""
    profile = profile_or_404(profile_id)
    asked = request.htmx.target if request.htmx and not request.htmx.history_restore_request else None
    target = asked if asked in PARTS else ""
    viewer = viewer_of(request)
    context: dict[str, Any] = {"profile": profile, "name": viewer.name(profile), "nav_active": "user360:users"}
    for part in [target] if target else PARTS:
        context |= PARTS[part](request, profile, viewer)
    if target:
        return render(request, f"user360/profile/{target.removeprefix('profile-')}.html", context)
    address = ListState.from_query(request.GET).address()
    context |= {
        "list_address": "" if address == "?" else address,
        "level": viewer.value(profile, "memberLevel"),
        "user_id": viewer.value(profile, USER_ID),
    }
    return render(request, "user360/profile/page.html", context)


def _about(request: WorkspaceRequest, profile: Profile, viewer: Viewer) -> dict[str, Any]:
    chosen = request.GET.get("about", "")
    ids = details.identities(profile, viewer)
    counts = {"identity": len(ids)}
    facts = details.in_groups(details.facts(profile, viewer), BASICS)
    return {
        "about": chosen if chosen in ABOUT else "basics",
        "abouts": [(key, label, _address(request, about=key), counts.get(key)) for key, label in ABOUT.items()],
        "basics": [fact for fact in facts if fact.prop.key != USER_ID],
        "identities": ids,
    }


def _tab(request: WorkspaceRequest, profile: Profile, viewer: Viewer) -> dict[str, Any]:
    chosen = request.GET.get("tab", "")
    tab = chosen if chosen in TABS else "tags"
    groups = details.tags(profile, viewer)
    counts = {"tags": sum(len(rows) for _, rows in groups)}
    context: dict[str, Any] = {
        "tab": tab,
        "tabs": [(key, label, _address(request, tab=key), counts.get(key)) for key, label in TABS.items()],
        "tag_groups": groups,
    }
    if tab == "properties":
        context["facts"] = details.facts(profile, viewer)
    if tab in ("tags", "timeline"):
        context |= _timeline(request, profile, viewer, tab)
    return context


def _timeline(request: WorkspaceRequest, profile: Profile, viewer: Viewer, tab: str) -> dict[str, Any]:
    """The timeline of its tab, or the newest of it below the tags."""
    kind = request.GET.get("kind", "") if tab == "timeline" else ""
    before = request.GET.get("before", "") if tab == "timeline" else ""
    found = timeline(profile, viewer, kind=kind, before=before, count=PAGE if tab == "timeline" else NEWEST)
    kinds = {one.key: one.label for one in KINDS.values() if one.open_to(viewer)}
    labels = {"": "All"} | kinds
    chosen = kind if kind in kinds else ""
    return {
        "timeline": found,
        "kinds": [
            (label, _address(request, tab="timeline", kind=key), key == chosen) for key, label in labels.items()
        ],
        "older": _address(request, tab="timeline", kind=kind, before=found.older) if found.older else "",
    }


def _neighbours(request: WorkspaceRequest, profile: Profile, viewer: Viewer) -> dict[str, Any]:
    """The users before and after; in a narrowed list they are asked for once the page is there."""
    state = ListState.from_query(request.GET)
    asked = request.htmx.target == "profile-neighbours"
    if state.queried and QUERY not in request.permissions:
        return {"neighbours": Neighbours()}
    if state.narrowed and not asked:
        return {"neighbours_later": request.get_full_path()}
    found = neighbours(profile, state, see_personal=viewer.see_personal)
    address = state.address()
    return {"neighbours": found, "list_address": "" if address == "?" else address}


# Element of the page → what its template needs.
PARTS: dict[str, Callable[[WorkspaceRequest, Profile, Viewer], dict[str, Any]]] = {
    "profile-about": _about,
    "profile-tab": _tab,
    "profile-neighbours": _neighbours,
}


def _address(request: WorkspaceRequest, **changes: str) -> str:
    """This page's address with these parts of it changed; a place within a timeline is left unless it is named."""
    query = request.GET.copy()
    for name in {"before", "kind"} - changes.keys() if "about" not in changes else ():
        query.pop(name, None)
    for name, value in changes.items():
        query[name] = value
    kept = [(name, value) for name, values in query.lists() for value in values if value]
    query.clear()
    for name, value in kept:
        query.appendlist(name, value)
    return f"{request.path}?{query.urlencode()}" if query else request.path
