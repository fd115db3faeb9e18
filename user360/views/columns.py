"""The dialog that chooses the list's columns."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from user360.conditions import load_schema
from user360.gate import WorkspaceRequest, refuse, workspace_page
from user360.listing.columns import Column, available_columns, shown_columns
from user360.services.columns import set_own_columns, set_workspace_columns

EVERYBODY = "insight.user360.columns"


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_page("insight.user360.view")
def columns(request: WorkspaceRequest) -> HttpResponse:
    """Shows which columns are chosen; a post keeps them for oneself or, with the permission, for everybody."""
    if request.method == "POST":
        return _save(request)
    available = available_columns(load_schema())
    shown = shown_columns(available, request.member.columns, request.workspace.columns)
    chosen = {column.key for column in shown}
    # Groups that are empty now are there too: what is no longer shown goes back to its own.
    groups: dict[str, list[Column]] = {column.group: [] for column in available.values()}
    for column in available.values():
        if column.key not in chosen:
            groups[column.group].append(column)
    context = {
        "title": "Column Display",
        "shown": shown,
        "groups": groups.items(),
        "personal": bool(request.member.columns),
        "nav_active": "user360:users",
    }
    return render(request, "user360/list/columns.html", context)


def _save(request: WorkspaceRequest) -> HttpResponse:
    keys = [] if "reset" in request.POST else request.POST.getlist("column")
    if request.POST.get("for") == "everybody":
        if EVERYBODY not in request.permissions:
            return refuse(request, EVERYBODY)
        set_workspace_columns(member=request.member, keys=keys)
        keys = []
    set_own_columns(member=request.member, keys=keys)
    address = reverse("user360:users", args=[request.workspace.slug])
    back = f"{address}?{request.GET.urlencode()}" if request.GET else address
    return HttpResponseClientRedirect(back) if request.htmx else redirect(back)
