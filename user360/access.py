"""The one permission table, the preset roles and the one question asked of them.

Views do not ask by themselves: `user360.gate.workspace_page` does, and templates read the `permissions` set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from user360.models import Member

# Stable codes and their words, in the order in which the tree of check boxes shows them. The branch of a code is what
# stands before its last point.
PERMISSIONS: dict[str, str] = {
    "insight.user360.view": "See users",
    "insight.user360.query": "Query users",
    "insight.user360.detail": "Open user details",
    "insight.user360.add": "Add users",
    "insight.user360.edit": "Edit users",
    "insight.user360.tag": "Tag a user",
    "insight.user360.batch_tag": "Tag many users",
    "insight.user360.export": "Export users",
    "insight.user360.delete": "Delete users",
    "insight.user360.columns": "Choose everybody's columns",
    "insight.user360.merge": "Merge users",
    "insight.tags.view": "See tags",
    "insight.tags.manage": "Manage tags",
    "insight.segments.view": "See segments",
    "insight.segments.create": "Create segments",
    "insight.segments.edit": "Edit segments",
    "insight.segments.archive": "Archive segments",
    "insight.segments.export": "Download a segment's users",
    "insight.segments.delete_users": "Delete a segment's users",
    "insight.analysis.view": "See analysis",
    "data.import": "Import users",
    "data.logs.view": "See user logs",
    "data.logs.download": "Download files of user logs",
    "config.properties": "Manage user properties",
    "config.id_types": "Manage ID types",
    "config.sources": "Manage sources",
    "config.api_keys": "Manage API keys",
    "config.destinations": "Manage destinations",
    "config.members": "Manage members",
    "config.roles": "Manage roles",
    "config.workspace": "Change the workspace's settings",
    "pii.view": "See personal data unmasked",
}

BRANCHES: dict[str, str] = {
    "insight.user360": "Users",
    "insight.tags": "Tags",
    "insight.segments": "Segments",
    "insight.analysis": "Analysis",
    "data": "Data",
    "data.logs": "User logs",
    "config": "Configuration",
    "pii": "Personal data",
}


@dataclass(frozen=True)
class PresetRole:
    """A role every new workspace starts with."""

    name: str
    permissions: frozenset[str]
    is_default: bool = False


_SEE = frozenset(
    {
        "insight.user360.view",
        "insight.user360.query",
        "insight.user360.detail",
        "insight.tags.view",
        "insight.segments.view",
        "insight.analysis.view",
        "data.logs.view",
    }
)

PRESET_ROLES: tuple[PresetRole, ...] = (
    PresetRole("Administrator", frozenset(PERMISSIONS)),
    PresetRole(
        "Marketer",
        _SEE
        | {
            "insight.user360.add",
            "insight.user360.edit",
            "insight.user360.tag",
            "insight.user360.batch_tag",
            "insight.user360.merge",
            "insight.tags.manage",
            "insight.segments.create",
            "insight.segments.edit",
            "insight.segments.archive",
            "data.import",
            "data.logs.download",
            "pii.view",
        },
    ),
    PresetRole("Analyst", _SEE | {"insight.segments.create", "insight.segments.edit", "insight.segments.archive"}),
    PresetRole(
        "Viewer",
        frozenset({"insight.user360.view", "insight.user360.detail", "insight.tags.view", "insight.segments.view"}),
        is_default=True,
    ),
)


def permissions_of(member: Member) -> frozenset[str]:
    """The union of what the member's roles grant; everything for an organization administrator (AC1)."""
    if member.user.is_superuser:
        return frozenset(PERMISSIONS)
    if member.suspended:
        return frozenset()
    return frozenset(code for role in member.roles.all() for code in role.permissions)


def can(member: Member, code: str) -> bool:
    """Whether the member may do what `code` stands for. An unknown code is a mistake of ours: KeyError."""
    PERMISSIONS[code]
    return code in permissions_of(member)
