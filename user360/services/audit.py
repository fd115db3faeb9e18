"""The append-only record of what members change about a workspace (AC8)."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User

from user360.models import AuditEntry


def record(
    *,
    action: str,
    subject: str,
    actor: User | None,
    address: str | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Adds an entry to the current workspace's audit, in the caller's transaction."""
    AuditEntry.objects.create(
        action=action,
        subject=subject[:200],
        actor=actor,
        address=address,
        before=dict(before or {}),
        after=dict(after or {}),
    )
