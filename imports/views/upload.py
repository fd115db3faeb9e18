"""The first step of an import: the file."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from imports import wizard
from imports.engine.refusal import FileRefused
from imports.forms import UploadForm
from imports.models import UserImport
from imports.services import user_imports
from user360.gate import WorkspaceRequest, workspace_page

DRAFTS = 10


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_page(wizard.PERMISSION)
def new(request: WorkspaceRequest) -> HttpResponse:
    """The file: refused with a sentence, or kept and looked at."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = user_imports.start_import(
                file=file, name=file.name, actor=request.user, source_name=form.cleaned_data["source"]
            )
        except FileRefused as refusal:
            form.add_error("file", str(refusal))
        else:
            address = reverse("imports:map", args=[request.workspace.slug, made.pk])
            return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
    drafts = UserImport.objects.select_related("created_by").filter(job=None)
    context = {
        "form": form,
        "sources": UploadForm.sources(),
        "mine": _listed(request, list(drafts.filter(created_by=request.user)[:DRAFTS])),
        "others": _listed(request, list(drafts.exclude(created_by=request.user)[:DRAFTS])),
        "steps": wizard.steps(None, "map", request.workspace.slug),
        "nav_active": "user360:users",
    }
    return render(request, "imports/wizard/upload.html", context, status=422 if form.is_bound else 200)


def _listed(request: WorkspaceRequest, drafts: list[UserImport]) -> list[tuple[UserImport, str]]:
    return [(draft, wizard.next_step(draft, request.workspace.slug)) for draft in drafts]
