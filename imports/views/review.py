"""The last step of an import: what the whole file would do, before anything is written."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from imports import review as words
from imports import wizard
from imports.engine.refusal import MappingRefused
from imports.engine.report import ERRORS
from imports.logs.files import DOWNLOAD
from imports.logs.words import progress
from imports.models import UserImport
from imports.services import user_imports
from user360.gate import WorkspaceRequest, workspace_page
from user360.models import Job

PERSONAL = "pii.view"


@require_safe
@workspace_page(wizard.PERMISSION)
@wizard.wizard_step("review")
def review(request: WorkspaceRequest, draft: UserImport) -> HttpResponse:
    """Follows the check until it is done, then says what it found. Without a valid check the page starts one."""
    check: Job | None = draft.check_job
    checking = draft.state == UserImport.State.CHECKING and check is not None and not check.finished
    context = wizard.frame(request, draft, "review") | {"check": check, "checking": checking}
    if checking and check is not None:
        context["progress"] = progress(check)
    elif draft.dry_run:
        context |= _found(request, draft)
    else:
        # A check that failed or was stopped waits for the person; one that was overtaken is made again by itself.
        context["stale"] = draft.state == UserImport.State.DRAFT
    template = "review_result.html" if request.htmx and request.htmx.target == "review" else "review.html"
    response = render(request, f"imports/wizard/{template}", context)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


@require_POST
@workspace_page(wizard.PERMISSION)
@wizard.wizard_step("review")
def check(request: WorkspaceRequest, draft: UserImport) -> HttpResponse:
    """Checks the whole file again."""
    try:
        user_imports.dry_run(user_import=draft, actor=request.user)
    except MappingRefused as refusal:
        messages.error(request, str(refusal))
        address = reverse("imports:map", args=[request.workspace.slug, draft.pk])
    else:
        address = reverse("imports:review", args=[request.workspace.slug, draft.pk])
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def _found(request: WorkspaceRequest, draft: UserImport) -> dict[str, Any]:
    result = draft.dry_run
    counts = result["counts"]
    files = draft.check_job.files.filter(name=ERRORS) if draft.check_job and DOWNLOAD in request.permissions else []
    changes = words.changes(result, request.workspace, personal=PERSONAL in request.permissions)
    map_url = reverse("imports:map", args=[request.workspace.slug, draft.pk])
    return {
        "tiles": words.tiles(counts, draft.on_conflict),
        "counts": counts,
        "importing": result["users"],
        "remedies": words.remedies(result, draft.columns, map_url),
        "changes": changes,
        "users_shown": len({change.user_id for change in changes}),
        "errors": result["errors"],
        "error_file": next(iter(files), None),
        "map_url": map_url,
    }
