"""The only way into a workspace page: resolves the workspace, asks for the permission, opens the scope.

A workspace one has nothing to do with answers 404, as if it were not there; a missing permission answers 403 and
names what to ask an administrator for (AC2).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate, Protocol

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django_htmx.middleware import HtmxDetails

from user360.access import PERMISSIONS, permissions_of
from user360.models import Member, Workspace
from user360.tenancy import workspace_scope

NOTED_EVERY = timedelta(hours=1)


class WorkspaceRequest(HttpRequest):
    """A request inside a workspace, as views behind `workspace_page` receive it."""

    user: User
    htmx: HtmxDetails
    workspace: Workspace
    member: Member
    permissions: frozenset[str]


type WorkspaceView[**P] = Callable[Concatenate[WorkspaceRequest, P], HttpResponseBase]


class GatedView(Protocol):
    """A view that says which permission it asks for; the permission matrix under test reads it."""

    permission: str

    def __call__(self, request: HttpRequest, workspace: str, *args: Any, **kwargs: Any) -> HttpResponseBase: ...


def membership(user: User, slug: str) -> Member:
    """The user's membership in the workspace; Http404 where the workspace is none of theirs.

    An organization administrator is a member everywhere without a row.
    """
    workspace = Workspace.objects.filter(slug=slug).first()
    if workspace is None:
        raise Http404
    with workspace_scope(workspace):
        member: Member | None = Member.objects.select_related("user", "workspace").filter(user=user).first()
    if member is None and user.is_superuser:
        return Member(workspace=workspace, user=user)
    if member is None or member.suspended:
        raise Http404
    return member


def reachable_workspaces(user: User) -> QuerySet[Workspace]:
    """The user's workspaces, the one used last first; all of them for an organization administrator."""
    memberships = Member._base_manager.filter(user=user, suspended=False)  # noqa: SLF001  # across workspaces
    last_used = Subquery(memberships.filter(workspace=OuterRef("pk")).values("last_used_at")[:1])
    reachable = Workspace.objects.annotate(last_used_at=last_used)
    if not user.is_superuser:
        reachable = reachable.filter(pk__in=memberships.values("workspace_id"))
    return reachable.order_by(F("last_used_at").desc(nulls_last=True), "name")


def _note_use(member: Member) -> None:
    """Remembers, at most hourly, that the member was here: the front door leads to the workspace used last."""
    now = timezone.now()
    if member.pk and (member.last_used_at is None or now - member.last_used_at > NOTED_EVERY):
        Member.objects.filter(pk=member.pk).update(last_used_at=now)


def refuse(request: HttpRequest, permission: str) -> HttpResponse:
    """The page that says what to ask an administrator for."""
    return render(request, "403.html", {"permission_label": PERMISSIONS[permission]}, status=403)


def workspace_page[**P](permission: str) -> Callable[[WorkspaceView[P]], GatedView]:
    """Puts a view behind sign-in, membership and `permission`, inside the workspace's scope and time zone."""
    PERMISSIONS[permission]

    def decorate(view: WorkspaceView[P]) -> GatedView:
        @login_required
        @wraps(view)
        def gated(request: WorkspaceRequest, workspace: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            request.member = membership(request.user, workspace)
            request.workspace = request.member.workspace
            with workspace_scope(request.workspace), timezone.override(request.workspace.zone):
                request.permissions = permissions_of(request.member)
                _note_use(request.member)
                if permission not in request.permissions:
                    return refuse(request, permission)
                return view(request, *args, **kwargs)

        gated.permission = permission  # type: ignore[attr-defined]  # functions take attributes, their type has none
        return gated  # type: ignore[return-value]

    return decorate
