"""Behind the wizard: the import itself, whose page is its log."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from imports import wizard
from imports.engine.refusal import MappingRefused
from imports.models import UserImport
from imports.services import user_imports
from user360.gate import WorkspaceRequest, workspace_page


@require_POST
@workspace_page(wizard.PERMISSION)
@wizard.wizard_step("review")
def run(request: WorkspaceRequest, draft: UserImport) -> HttpResponse:
    """Starts the import that the person has seen the review of, and goes to its log."""
    if not draft.dry_run or request.POST.get("check") != str(draft.check_job_id):
        messages.warning(request, "Something has changed since this was reviewed. Look at it once more.")
        return redirect("imports:review", request.workspace.slug, draft.pk)
    try:
        job = user_imports.run(user_import=draft, actor=request.user)
    except MappingRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("imports:review", request.workspace.slug, draft.pk)
    return redirect("imports:log", request.workspace.slug, job.pk)
