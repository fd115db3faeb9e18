"""The front door."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from user360.gate import reachable_workspaces


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """To the workspace used last; a friendly page for somebody who is in none."""
    workspace = reachable_workspaces(request.user).first()  # type: ignore[arg-type]  # signed in
    if workspace is None:
        return render(request, "no_workspace.html")
    return redirect("user360:users", workspace=workspace.slug)
