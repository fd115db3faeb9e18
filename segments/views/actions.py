"""What is done to a whole segment, each behind a dialog or a button."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from segments import definitions, services
from segments.forms import RenameForm
from segments.models import Segment
from segments.services import SegmentRefused
from user360.gate import WorkspaceRequest, workspace_page


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_page("insight.segments.edit")
def rename(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """The dialog with the name."""
    segment = _segment(slug)
    form = RenameForm(request.POST or None, initial={"name": segment.name})
    if request.method == "POST" and form.is_valid():
        try:
            services.rename_segment(segment=segment, name=form.cleaned_data["name"], actor=request.user)
        except SegmentRefused as refusal:
            form.add_error("name", refusal.message)
        else:
            return _done(request, f"Renamed to {segment.name}.", segment)
    context = {"form": form, "segment": segment, "title": f"Rename {segment.name}"}
    return render(request, "segments/rename.html", context, status=422 if form.is_bound else 200)


@require_POST
@workspace_page("insight.segments.create")
def duplicate(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """A copy, opened for editing."""
    try:
        copy = services.duplicate_segment(segment=_segment(slug), actor=request.user)
    except SegmentRefused as refusal:
        messages.error(request, refusal.message)
        return redirect("segments:segment", request.workspace.slug, slug)
    messages.success(request, f"{copy.name} created.")
    return redirect("segments:edit", request.workspace.slug, copy.slug)


@require_POST
@workspace_page("insight.segments.edit")
def refresh(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """Compares everybody with the definition again."""
    return _try(request, _segment(slug), "is being refreshed", services.refresh_segment)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_page("insight.segments.archive")
def archive(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """The dialog that says what archiving means, or what stands against it."""
    segment = _segment(slug)
    if request.method == "POST":
        return _try(request, segment, "archived", services.archive_segment)
    return _confirm(request, segment, "archive")


@require_POST
@workspace_page("insight.segments.archive")
def unarchive(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """Takes an archived segment into use again."""
    return _try(request, _segment(slug), "is in use again", services.unarchive_segment)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_page("insight.segments.archive")
def delete(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """The dialog that says what deleting means, or what stands against it."""
    segment = _segment(slug)
    if request.method != "POST":
        return _confirm(request, segment, "delete")
    try:
        services.delete_segment(segment=segment, actor=request.user)
    except SegmentRefused as refusal:
        messages.error(request, refusal.message)
        return _done(request, "", segment)
    return _done(request, f"{segment.name} deleted. Its users are untouched.", None)


def _segment(slug: str) -> Segment:
    segment: Segment = get_object_or_404(Segment.objects, slug=slug)
    return segment


def _confirm(request: WorkspaceRequest, segment: Segment, verb: str) -> HttpResponse:
    context = {
        "segment": segment,
        "used_by": definitions.users_of(segment),
        "title": f"{verb.capitalize()} {segment.name}?",
        "nav_active": "segments:segments",
    }
    return render(request, f"segments/{verb}.html", context)


def _try(request: WorkspaceRequest, segment: Segment, sentence: str, mutate: Callable[..., None]) -> HttpResponse:
    try:
        mutate(segment=segment, actor=request.user)
    except SegmentRefused as refusal:
        messages.error(request, refusal.message)
        return _done(request, "", segment)
    return _done(request, f"{segment.name} {sentence}.", segment)


def _done(request: WorkspaceRequest, sentence: str, segment: Segment | None) -> HttpResponse:
    if sentence:
        messages.success(request, sentence)
    slug = request.workspace.slug
    if segment is None:
        address = reverse("segments:segments", args=[slug])
    else:
        address = reverse("segments:segment", args=[slug, segment.slug])
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
