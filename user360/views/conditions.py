"""The rule builder: what it offers, its dialog over the list, and the live counts beside its nodes."""

from __future__ import annotations

import json

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from user360.condition_catalog import catalog
from user360.conditions import ConditionError, load_schema
from user360.conditions.errors import Path
from user360.conditions.parse import MAX_LETTERS
from user360.gate import WorkspaceRequest, workspace_page
from user360.listing.state import ListState
from user360.selectors.node_counts import CountedDraft, count_draft
from user360.selectors.suggestions import suggestions

QUERY = "insight.user360.query"
SEE_PERSONAL = "pii.view"
EVERYBODY = '{"all": []}'
MAX_TYPED = 100


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
def condition_catalog(request: WorkspaceRequest) -> HttpResponse:
    """Subjects, operators and choices as JSON."""
    return JsonResponse(catalog(load_schema(), see_personal=SEE_PERSONAL in request.permissions))


@require_safe
@never_cache
@workspace_page(QUERY)
def condition_values(request: WorkspaceRequest) -> HttpResponse:
    """Values to offer for `kind` and `name` that hold `q`."""
    kind, name, typed = (request.GET.get(key, "") for key in ("kind", "name", "q"))
    return JsonResponse({"values": suggestions(load_schema(), kind, name, typed.strip()[:MAX_TYPED])})


@require_POST
@workspace_page(QUERY)
def condition_counts(request: WorkspaceRequest) -> HttpResponse:
    """The words of the posted `conditions`, the exact count of every sound node, and every error; changes nothing.

    `paths` names the nodes to count, all when it is missing. A `count` of null took too long.
    """
    draft = _counted(request)
    return JsonResponse(
        {
            "words": draft.words,
            "nodes": [node.as_json() for node in draft.nodes],
            "errors": [error.as_json() for error in draft.errors],
        }
    )


def _counted(request: WorkspaceRequest) -> CountedDraft:
    try:
        raw, wanted = _definition(request.POST.get("conditions", "")), _paths(request.POST.get("paths"))
    except (ValueError, TypeError, RecursionError):
        return CountedDraft("", [], [ConditionError((), "invalid_json", "The definition cannot be read")])
    see_personal = SEE_PERSONAL in request.permissions
    return count_draft(raw, load_schema(), now=timezone.now(), see_personal=see_personal, wanted=wanted)


def _definition(text: str) -> object:
    if len(text) > MAX_LETTERS:
        raise ValueError("The definition is too long.")
    return json.loads(text)


def _paths(text: str | None) -> set[Path] | None:
    return None if text is None else {tuple(path) for path in json.loads(text)}
