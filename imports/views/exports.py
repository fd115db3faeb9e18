"""The dialog that asks for an export."""

from __future__ import annotations

from typing import Any

from allauth.core.internal.httpkit import get_client_ip
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from imports.export.scope import Scope
from imports.export_form import ExportForm
from imports.services.exports import SEE_PERSONAL, start_export
from user360.conditions import CountTimeout, Schema, load_schema
from user360.conditions.counting import time_limit
from user360.gate import WorkspaceRequest, refuse, workspace_page
from user360.listing.query import BrokenConditions
from user360.listing.selection import SelectionRefused
from user360.services.jobs import JobRefused

COUNT_TIMEOUT_MS = 3_000


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_page("insight.user360.view")
def export_new(request: WorkspaceRequest) -> HttpResponse:
    """Asks what to export of the list at this address, or of the selection that was posted, and starts it."""
    try:
        scope = Scope.from_post(request.POST) if request.method == "POST" else Scope.from_address(request.GET)
    except SelectionRefused as refusal:
        return _dialog(request, None, None, str(refusal))
    if missing := [code for code in scope.needs(request.permissions) if code not in request.permissions]:
        return refuse(request, missing[0])
    if "start" not in request.POST:
        return _dialog(request, scope, ExportForm())
    form = ExportForm(request.POST)
    if not form.is_valid():
        return _dialog(request, scope, form, "Choose from what is offered.")
    try:
        job = start_export(
            scope=scope,
            content=form.content,
            formula_safe=form.cleaned_data["formula_safe"],
            actor=request.user,
            member=request.member,
            address=get_client_ip(request),
        )
    except JobRefused as refusal:
        return _dialog(request, scope, form, str(refusal))
    messages.success(request, "The file is being made. It appears here when it is ready.")
    address = reverse("imports:log", args=[request.workspace.slug, job.pk])
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def _dialog(request: WorkspaceRequest, scope: Scope | None, form: ExportForm | None, error: str = "") -> HttpResponse:
    context: dict[str, Any] = {
        "title": "Download users",
        "form": form,
        "scope": scope,
        "error": error,
        "nav_active": "users",
    }
    if scope is not None:
        schema = load_schema()
        context["words"] = scope.words(schema)
        try:
            context["count"] = count = _count(request, scope, schema)
            if scope.selection is not None and count is not None:
                context["drift"] = scope.selection.drift(count)
        except BrokenConditions:
            context |= {"form": None, "error": "The conditions cannot be read; set them anew on the list."}
    context["masked"] = SEE_PERSONAL not in request.permissions
    return render(request, "imports/exports/new.html", context, status=422 if context["error"] else 200)


def _count(request: WorkspaceRequest, scope: Scope, schema: Schema) -> int | None:
    """How many users; None when counting takes too long to wait for."""
    profiles = scope.profiles(schema, now=timezone.now(), see_personal=SEE_PERSONAL in request.permissions)
    try:
        with time_limit(COUNT_TIMEOUT_MS):
            return profiles.count()
    except CountTimeout:
        return None
