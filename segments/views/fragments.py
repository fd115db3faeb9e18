"""Pieces that other pages load: the rail of the user list, the segments of one user, and why somebody is in one."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from segments import selectors
from segments.clauses import clauses
from segments.models import Segment
from user360.conditions import ConditionErrors, live_profiles, load_schema, parse
from user360.conditions import explain as explain_node
from user360.gate import WorkspaceRequest, workspace_page


@require_safe
@workspace_page("insight.segments.view")
def rail(request: WorkspaceRequest) -> HttpResponse:
    """All users, then the segments with their sizes; `?segment=` is the current one, `?find=` narrows them."""
    search = request.GET.get("find", "").strip()
    current = request.GET.get("segment", "")
    archived = list(selectors.found(search=search, archived=True))
    context = {
        "title": "Segments",
        "active": selectors.found(search=search),
        "archived": archived,
        "archived_open": bool(search) or any(segment.slug == current for segment in archived),
        "current": current,
        "search": search,
        "total": selectors.total_users(),
        "nav_active": "segments:segments",
    }
    return render(request, "segments/_rail.html" if request.htmx else "segments/rail.html", context)


@require_safe
@workspace_page("insight.segments.view")
def profile_tab(request: WorkspaceRequest, profile_id: int) -> HttpResponse:
    """The segments a user is in, with since when."""
    profile = get_object_or_404(live_profiles(), pk=profile_id)
    context = {
        "title": f"Segments of {profile}",
        "profile": profile,
        "memberships": selectors.memberships_of(profile_id),
        "others": selectors.others_than_of(profile_id),
    }
    template = "segments/_profile_tab.html" if request.htmx else "segments/profile_tab.html"
    return render(request, template, context)


@require_safe
@workspace_page("insight.segments.view")
def explain(request: WorkspaceRequest, slug: str, profile_id: int) -> HttpResponse:
    """Why a user is in a segment or not, clause by clause."""
    segment = get_object_or_404(Segment.objects, slug=slug)
    profile = get_object_or_404(live_profiles(), pk=profile_id)
    if not segment.is_dynamic:
        raise Http404
    schema = load_schema()
    context: dict[str, object] = {"segment": segment, "profile": profile, "nav_active": "segments:segments"}
    try:
        node = parse(segment.conditions, schema)
        explanation = explain_node(node, profile_id, now=timezone.now(), display=schema.display)
        context["clause"] = explanation and clauses(node, explanation, see_personal="pii.view" in request.permissions)
    except ConditionErrors as fault:
        context["faults"] = [error.message for error in fault.errors]
    context["title"] = f"{profile} and {segment.name}"
    return render(request, "segments/explain.html", context)
