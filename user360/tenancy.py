"""The workspace one works in. Every query of workspace data happens inside a scope and sees that workspace alone.

django-scopes was looked at: it is untyped and cannot fill the workspace of new rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from user360.models import Workspace

_current: ContextVar[Workspace | None] = ContextVar("workspace", default=None)


class OutsideWorkspaceError(RuntimeError):
    """Workspace data was asked for without saying whose."""


@contextmanager
def workspace_scope(workspace: Workspace) -> Iterator[Workspace]:
    """Within this block scoped managers see the rows of `workspace` and no others."""
    token = _current.set(workspace)
    try:
        yield workspace
    finally:
        _current.reset(token)


def current_workspace() -> Workspace:
    """The workspace of the enclosing scope; raises OutsideWorkspaceError where there is none."""
    workspace = _current.get()
    if workspace is None:
        raise OutsideWorkspaceError("Workspace data can only be read or written inside workspace_scope(workspace).")
    return workspace


def current_workspace_id() -> int:
    """The key of the current workspace, as model default and for SQL parameters."""
    return current_workspace().pk


def workspace_of_new_row() -> int | None:
    """The current workspace's key; None outside a scope, which the database then refuses."""
    workspace = _current.get()
    return None if workspace is None else workspace.pk


class ScopedManager[M: models.Model](models.Manager[M]):
    """Rows of the current workspace; fails closed outside a scope."""

    def get_queryset(self) -> models.QuerySet[M]:
        return super().get_queryset().filter(workspace_id=current_workspace_id())


class ScopedModel(models.Model):
    """A row of a small workspace table: new rows belong to the current workspace unless told otherwise."""

    workspace = models.ForeignKey("user360.Workspace", models.CASCADE, default=workspace_of_new_row, related_name="+")

    objects: ScopedManager[Any] = ScopedManager()

    class Meta:
        abstract = True


class LargeScopedModel(models.Model):
    """A row of a large workspace table: no database constraint towards the small workspace table (SCALE rule 4)."""

    workspace = models.ForeignKey(
        "user360.Workspace",
        models.DO_NOTHING,
        default=workspace_of_new_row,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )

    objects: ScopedManager[Any] = ScopedManager()

    class Meta:
        abstract = True
