"""The list of segments and the page of one."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from segments import definitions, selectors
from segments.charts import history_chart
from segments.models import Segment
from user360.conditions import ConditionErrors, describe, load_schema, parse
from user360.gate import WorkspaceRequest, workspace_page


@require_safe
@workspace_page("insight.segments.view")
def segment_list(request: WorkspaceRequest) -> HttpResponse:
    """All segments in use, or the archived ones, found by name and description."""
    archived = request.GET.get("show") == "archived"
    search = request.GET.get("q", "").strip()
    segments = selectors.found(search=search, archived=archived).select_related("created_by")
    context = {
        "segments": segments,
        "archived": archived,
        "search": search,
        "active_count": selectors.found().count(),
        "archived_count": selectors.found(archived=True).count(),
        "nav_active": "segments:segments",
    }
    return render(request, "segments/list.html", context)


@require_safe
@workspace_page("insight.segments.view")
def segment_page(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """A segment: its definition in words, its size, who is in it, who entered and left."""
    segment = get_object_or_404(Segment.objects.select_related("created_by"), slug=slug)
    if request.htmx and segment.state != Segment.State.REFRESHING:
        # Only a refresh under way is asked after; its end changes the whole page.
        return HttpResponseClientRefresh()
    history = selectors.history(segment)
    context = {
        "segment": segment,
        "words": definition_in_words(segment),
        "used_by": definitions.users_of(segment),
        "sample": selectors.sample_of(segment),
        "recent": selectors.recent(segment),
        "history": history,
        "chart": history_chart(history),
        "nav_active": "segments:segments",
    }
    return render(request, "segments/segment.html", context)


def definition_in_words(segment: Segment) -> str:
    """The conditions as a sentence; empty for a fixed list and for conditions that cannot be read."""
    if not segment.is_dynamic:
        return ""
    schema = load_schema()
    try:
        return describe(parse(segment.conditions, schema), schema.display)
    except ConditionErrors:
        return ""
