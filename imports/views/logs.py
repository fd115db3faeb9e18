"""User logs: the list of jobs, one job as it goes, its files."""

from __future__ import annotations

from typing import Any, cast

from allauth.core.internal.httpkit import get_client_ip
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET, require_POST, require_safe
from django_htmx.http import HTMX_STOP_POLLING, HttpResponseClientRedirect

from imports.logs import files, words
from imports.logs.listing import JobFilter, page_of
from user360.gate import WorkspaceRequest, refuse, workspace_page
from user360.models import Job
from user360.models.job import private_storage
from user360.services import audit, jobs

ROW, DETAIL = "log-", "log"
# Whose work somebody who administers the workspace may stop besides their own.
CANCEL_ANY = "config.workspace"


@require_safe
@workspace_page("data.logs.view")
def log_list(request: WorkspaceRequest) -> HttpResponse:
    """All jobs of the workspace, newest first."""
    chosen = JobFilter(request.GET, Job.objects.all())
    page = page_of(chosen.qs, request.GET)
    context = {
        "page": page,
        "rows": [_row(request, job) for job in page.jobs],
        "form": chosen.form,
        "filtered": any(request.GET.get(name) for name in chosen.filters),
        "nav_active": "logs",
    }
    return render(request, "imports/logs/list.html", context)


@require_safe
@workspace_page("data.logs.view")
def log_detail(request: WorkspaceRequest, job_id: int) -> HttpResponse:
    """One job: the whole page, or the part of it (or the row of the list) that asks how the work goes on."""
    job = _job(job_id)
    target = request.htmx.target if request.htmx else None
    context = {**_row(request, job), "nav_active": "logs"}
    template = {f"{ROW}{job.pk}": "row.html", DETAIL: "job.html"}.get(target or "", "detail.html")
    if template != "row.html":
        context |= {"tiles": words.tiles(job), "progress": words.progress(job)}
    response = render(request, f"imports/logs/{template}", context)
    if template != "detail.html" and job.finished:
        response.status_code = HTMX_STOP_POLLING
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


@require_POST
@workspace_page("data.logs.view")
def log_cancel(request: WorkspaceRequest, job_id: int) -> HttpResponse:
    """Asks the work to stop."""
    job = _job(job_id)
    if not _may_cancel(request, job):
        return refuse(request, CANCEL_ANY)
    if job.finished:
        messages.info(request, "This had already ended.")
    else:
        jobs.request_cancel(job=job)
    address = reverse("imports:log", args=[request.workspace.slug, job.pk])
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


@require_GET
@workspace_page(files.DOWNLOAD)
def log_file(request: WorkspaceRequest, job_id: int, name: str) -> HttpResponseBase:
    """Streams a file of the job to somebody who may have it now, whatever they might when it was made."""
    job = _job(job_id)
    # Compared here, so that nothing of the address reaches the database or the storage.
    file = next((file for file in job.files.all() if file.name == name), None)
    if file is None:
        raise Http404
    if missing := files.missing_permission(job, request.permissions):
        return refuse(request, missing)
    if files.expired(file) or not private_storage().exists(str(file.file)):
        return render(
            request, "imports/logs/expired.html", {"file": file, "job": job, "nav_active": "logs"}, status=410
        )
    if files.NEEDS in job.params:
        audit.record(
            action=f"{job.kind}.downloaded",
            subject=job.subject,
            actor=request.user,
            address=get_client_ip(request),
            after={"job": job.pk, "file": file.name},
        )
    response = FileResponse(file.file.open("rb"), as_attachment=True, filename=file.name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _job(job_id: int) -> Job:
    return cast("Job", get_object_or_404(Job.objects.select_related("actor").prefetch_related("files"), pk=job_id))


def _row(request: WorkspaceRequest, job: Job) -> dict[str, Any]:
    """What row and page both say of a job."""
    offered = files.offered(job, request.permissions)
    return {
        "job": job,
        "kind": words.kind_label(job.kind),
        "badge": words.BADGES.get(job.state, ""),
        "counts": words.counts(job),
        "duration": words.duration(job),
        "files": offered,
        "download": next((entry.file for entry in offered if entry.offered), None),
        "may_cancel": not job.finished and _may_cancel(request, job),
    }


def _may_cancel(request: WorkspaceRequest, job: Job) -> bool:
    return job.actor_id == request.user.pk or CANCEL_ANY in request.permissions
