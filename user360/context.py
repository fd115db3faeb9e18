"""What every template of a workspace page can rely on."""

from typing import Any

from django.http import HttpRequest

from user360.models import Workspace


def workspace(request: HttpRequest) -> dict[str, Any]:
    """`permissions` of the member, and `workspaces` to switch to (evaluated only when a template lists them)."""
    if not hasattr(request, "workspace") or not request.user.is_authenticated:
        return {}
    reachable = Workspace.objects.all()
    if not request.user.is_superuser:
        reachable = reachable.filter(pk__in=request.user.memberships.filter(suspended=False).values("workspace_id"))
    return {"permissions": request.permissions, "workspaces": reachable}  # type: ignore[attr-defined]
