"""The import wizard, one address a step: leaving and coming back loses nothing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from imports import wizard
from imports.engine.refusal import FileRefused, MappingRefused
from imports.forms import (
    ConflictForm,
    ReadingForm,
    TagsForm,
    UploadForm,
    mapping_from_post,
    rows_of,
    targets,
)
from imports.models import UserImport
from imports.services import user_imports
from user360.gate import WorkspaceRequest, workspace_page
from user360.models import Job, Property
from user360.property_types import PROPERTY_TYPES, DisplayContext
from user360.property_types.dates import DATE_FORMATS

PERMISSION = "data.import"
DRAFTS = 5


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_page(PERMISSION)
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
            _say_if_known(request, made)
            return redirect("imports:map", request.workspace.slug, made.pk)
    drafts = UserImport.objects.select_related("created_by").filter(job=None)[:DRAFTS]
    context = {
        "form": form,
        "sources": UploadForm.sources(),
        "drafts": [(draft, wizard.next_step(draft, request.workspace.slug)) for draft in drafts],
        "steps": wizard.steps(None, "map", request.workspace.slug),
        "nav_active": "user360:users",
    }
    return render(request, "imports/wizard/upload.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_page(PERMISSION)
def mapping(request: WorkspaceRequest, import_id: int) -> HttpResponse:
    """What each column is."""
    draft = _draft(import_id)
    if draft.job_id:
        return redirect(wizard.next_step(draft, request.workspace.slug))
    refusal: MappingRefused | None = None
    if request.method == "POST":
        columns, user_id = mapping_from_post(draft, request.POST)
        try:
            user_imports.save_mapping(user_import=draft, columns=columns, user_id_column=user_id)
        except MappingRefused as refused:
            refusal = refused
            draft.mapping = [column.to_json() for column in columns]
            draft.user_id_column = user_id
        else:
            return redirect("imports:conflicts", request.workspace.slug, draft.pk)
    proposals = user_imports.propose_mapping(draft) if not draft.mapping else []
    context = _context(request, draft, "map") | {
        "rows": rows_of(draft, proposals),
        "targets": targets(),
        "types": [(kind.key, kind.label) for kind in PROPERTY_TYPES.values()],
        "date_formats": [(key, form.label) for key, form in DATE_FORMATS.items()],
        "reading": ReadingForm(initial=vars(draft)),
        "refusal": refusal,
    }
    return render(request, "imports/wizard/map.html", context, status=422 if refusal else 200)


@require_POST
@workspace_page(PERMISSION)
def reading(request: WorkspaceRequest, import_id: int) -> HttpResponse:
    """Reads the file anew in another encoding or with another delimiter."""
    draft = _draft(import_id)
    form = ReadingForm(request.POST)
    if form.is_valid():
        try:
            user_imports.set_reading(user_import=draft, **form.cleaned_data)
        except (FileRefused, MappingRefused) as refusal:
            messages.error(request, str(refusal))
    return redirect("imports:map", request.workspace.slug, draft.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_page(PERMISSION)
def conflicts(request: WorkspaceRequest, import_id: int) -> HttpResponse:
    """What happens to users that exist already."""
    draft = _draft(import_id)
    form = ConflictForm(request.POST or None, initial=vars(draft))
    if request.method == "POST" and form.is_valid():
        try:
            user_imports.save_conflicts(user_import=draft, **form.cleaned_data)
        except MappingRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("imports:tags", request.workspace.slug, draft.pk)
    context = _context(request, draft, "conflicts") | {"form": form}
    return render(request, "imports/wizard/conflicts.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_page(PERMISSION)
def tags(request: WorkspaceRequest, import_id: int) -> HttpResponse:
    """What every user of the file gets."""
    draft = _draft(import_id)
    form = TagsForm(request.POST or None, initial={"tags": "\n".join(draft.tags), "segment_name": draft.segment_name})
    if request.method == "POST" and form.is_valid():
        try:
            user_imports.save_tags(user_import=draft, tags=form.labels, segment_name=form.cleaned_data["segment_name"])
            user_imports.dry_run(user_import=draft, actor=request.user)
        except MappingRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("imports:review", request.workspace.slug, draft.pk)
    context = _context(request, draft, "tags") | {"form": form}
    return render(request, "imports/wizard/tags.html", context, status=422 if form.is_bound else 200)


@require_safe
@workspace_page(PERMISSION)
def review(request: WorkspaceRequest, import_id: int) -> HttpResponse:
    """What the whole file would do, counted before anything is written; follows the check until it is done."""
    draft = _draft(import_id)
    if draft.job_id:
        return redirect(wizard.next_step(draft, request.workspace.slug))
    if not draft.mapping:
        return redirect("imports:map", request.workspace.slug, draft.pk)
    check: Job | None = draft.check_job
    context = _context(request, draft, "review") | {
        "check": check,
        "checking": check is not None and not check.finished,
    }
    if draft.dry_run:
        context |= _result(request, draft)
    template = "review_result.html" if request.htmx and request.htmx.target == "review" else "review.html"
    return render(request, f"imports/wizard/{template}", context)


@require_POST
@workspace_page(PERMISSION)
def check(request: WorkspaceRequest, import_id: int) -> HttpResponse:
    """Checks the whole file again."""
    draft = _draft(import_id)
    try:
        user_imports.dry_run(user_import=draft, actor=request.user)
    except MappingRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("imports:review", request.workspace.slug, draft.pk)


@require_POST
@workspace_page(PERMISSION)
def run(request: WorkspaceRequest, import_id: int) -> HttpResponse:
    """Starts the import and goes to its log."""
    draft = _draft(import_id)
    if draft.job_id is None:
        try:
            user_imports.run(user_import=draft, actor=request.user)
        except MappingRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("imports:review", request.workspace.slug, draft.pk)
    return redirect("imports:log", request.workspace.slug, draft.job_id)


def _draft(import_id: int) -> UserImport:
    draft: UserImport = get_object_or_404(UserImport.objects.select_related("check_job", "source"), pk=import_id)
    return draft


def _context(request: WorkspaceRequest, draft: UserImport, step: str) -> dict[str, Any]:
    return {
        "draft": draft,
        "steps": wizard.steps(draft, step, request.workspace.slug),
        "nav_active": "user360:users",
        "left_out": [stored["column"] for stored in draft.mapping if stored["target"] == "-"],
    }


def _say_if_known(request: WorkspaceRequest, made: UserImport) -> None:
    same = UserImport.objects.select_related("created_by", "job").filter(sha256=made.sha256).exclude(pk=made.pk)
    earlier = same.exclude(job=None).first()
    if earlier is not None:
        who = earlier.created_by.email if earlier.created_by else "somebody"
        messages.warning(request, f"This very file was imported on {earlier.created_at:%d %b %Y} by {who}.")


def _result(request: WorkspaceRequest, draft: UserImport) -> dict[str, Any]:
    result = draft.dry_run
    counts = result["counts"]
    properties = {prop.key: prop for prop in Property.objects.all()}
    display = DisplayContext(request.workspace.locale, request.workspace.zone)

    def shown(key: str, stored: Any) -> str:
        if stored is None or key not in properties:
            return "" if stored is None else str(stored)
        prop: Property = properties[key]
        return prop.kind.format(prop.kind.from_json(stored), display)

    changes = [
        {
            "user_id": sample["user_id"],
            "label": properties[key].label if key in properties else key,
            "before": shown(key, sample["before"].get(key)),
            "after": shown(key, sample["after"].get(key)),
        }
        for sample in result["samples"]
        for key in dict.fromkeys([*sample["before"], *sample["after"]])
    ]
    return {
        "tiles": wizard.totals(counts, draft.on_conflict),
        "counts": counts,
        "importing": counts.get("new", 0) + counts.get("updated", 0),
        "changes": changes[:30],
        "errors": result["errors"],
        "files": list(draft.check_job.files.all()) if draft.check_job else [],
        "map_url": reverse("imports:map", args=[request.workspace.slug, draft.pk]),
    }
