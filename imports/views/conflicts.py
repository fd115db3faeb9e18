"""The third step of an import: users that exist already."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from imports import wizard
from imports.engine.refusal import MappingRefused
from imports.forms import ConflictForm
from imports.models import UserImport
from imports.services import user_imports
from user360.gate import WorkspaceRequest, workspace_page

# In the order of the page: policy and what it does, in words.
CONSEQUENCES: dict[str, str] = {
    UserImport.OnConflict.UPDATE: (
        "Cells that hold a value replace the user's. Empty cells and columns left out change nothing."
    ),
    UserImport.OnConflict.REPLACE: (
        "The file is the whole truth: what it leaves empty or does not hold becomes empty."
        " User ID, creation time and events stay."
    ),
    UserImport.OnConflict.SKIP: "Only new users are added; rows of users who exist change nothing.",
}


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_page(wizard.PERMISSION)
@wizard.wizard_step("conflicts")
def conflicts(request: WorkspaceRequest, draft: UserImport) -> HttpResponse:
    """What happens to users that exist already."""
    initial = {"on_conflict": draft.on_conflict, "merge_tags": draft.merge_tags}
    form = ConflictForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            user_imports.save_conflicts(user_import=draft, **form.cleaned_data)
        except MappingRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("imports:tags", request.workspace.slug, draft.pk)
    policies = [(key, UserImport.OnConflict(key).label, words) for key, words in CONSEQUENCES.items()]
    context = wizard.frame(request, draft, "conflicts") | {"form": form, "policies": policies}
    return render(request, "imports/wizard/conflicts.html", context, status=422 if form.is_bound else 200)
