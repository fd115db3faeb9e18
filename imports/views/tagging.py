"""The fourth step of an import: what every user of the file gets."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from imports import wizard
from imports.engine.refusal import MappingRefused
from imports.forms import TagsForm
from imports.models import UserImport
from imports.services import user_imports
from user360.gate import WorkspaceRequest, workspace_page


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_page(wizard.PERMISSION)
@wizard.wizard_step("tags")
def tags(request: WorkspaceRequest, draft: UserImport) -> HttpResponse:
    """The labels of all users of the file; behind it the whole file is checked."""
    form = TagsForm(request.POST or None, initial=_initial(draft))
    if request.method == "POST" and form.is_valid():
        try:
            user_imports.save_tags(
                user_import=draft, tags=form.cleaned_data["tags"], segment_name=form.cleaned_data["segment"]
            )
            user_imports.dry_run(user_import=draft, actor=request.user)
        except MappingRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("imports:review", request.workspace.slug, draft.pk)
    context = wizard.frame(request, draft, "tags") | {"form": form, "default_tag": user_imports.default_tag(draft)}
    return render(request, "imports/wizard/tags.html", context, status=422 if form.is_bound else 200)


def _initial(draft: UserImport) -> dict[str, str]:
    return {"tags": "\n".join(draft.tags), "segment": draft.segment_name}
