"""The rule builder: what it offers, its dialog over the list, and the live counts beside its nodes."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from user360.condition_catalog import catalog
from user360.conditions import ConditionErrors, CountTimeout, describe, load_schema, parse_text
from user360.conditions.counting import count
from user360.conditions.tree import nodes
from user360.gate import WorkspaceRequest, workspace_page
from user360.listing.state import ListState
from user360.selectors.suggestions import suggestions

QUERY = "insight.user360.query"
EVERYBODY = '{"all": []}'
# One node may take this long; the rest of the tree is then counted without waiting for it.
NODE_MILLISECONDS = 3_000


@require_safe
@workspace_page(QUERY)
def condition_editor(request: WorkspaceRequest) -> HttpResponse:
    """The builder over the conditions of a list; applying goes to the list at its new address."""
    state = ListState.from_query(request.GET)
    context = {
        "title": "Conditions",
        "state": state,
        "conditions": state.c or EVERYBODY,
        "nav_active": "user360:users",
    }
    return render(request, "user360/conditions/dialog.html", context)


@require_safe
@never_cache
@workspace_page(QUERY)
def condition_catalog(request: WorkspaceRequest) -> HttpResponse:  # noqa: ARG001  # the gate has looked at it
    """Subjects, operators and choices as JSON."""
    return JsonResponse(catalog())


@require_safe
@workspace_page(QUERY)
def condition_values(request: WorkspaceRequest) -> HttpResponse:
    """Values to offer for `kind` and `name` that hold `q`."""
    found = suggestions(request.GET.get("kind", ""), request.GET.get("name", ""), request.GET.get("q", "")[:100])
    return JsonResponse({"values": found})


@require_POST
@workspace_page(QUERY)
def condition_counts(request: WorkspaceRequest) -> HttpResponse:
    """The words of the posted conditions and the exact count of every node; changes nothing.

    `counts` maps a path as JSON text to a number, or to null where counting took too long.
    """
    schema = load_schema()
    try:
        tree = parse_text(request.POST.get("conditions", ""), schema)
    except ConditionErrors as broken:
        return JsonResponse({"errors": [error.as_json() for error in broken.errors]}, status=422)
    counts: dict[str, Any] = {}
    now = timezone.now()
    for node in nodes(tree):
        try:
            counts[json.dumps(list(node.path))] = count(node, now=now, timeout_ms=NODE_MILLISECONDS)
        except CountTimeout:
            counts[json.dumps(list(node.path))] = None
    return JsonResponse({"words": describe(tree, schema.display), "counts": counts})
