"""What every template of a workspace page can rely on."""

from typing import Any

from django.http import HttpRequest

from user360.gate import reachable_workspaces


def workspace(request: HttpRequest) -> dict[str, Any]:
    """`permissions` of the member, and `workspaces` to switch to (evaluated only when a template lists them)."""
    if not hasattr(request, "permissions") or not request.user.is_authenticated:
        return {}
    return {"permissions": request.permissions, "workspaces": reachable_workspaces(request.user)}
