from django.conf import settings
from django.db import models

from user360.models.role import Role
from user360.placement import REFERENCE
from user360.tenancy import ScopedModel


class Member(ScopedModel):
    """A login account in a workspace. Its rights are the union of its roles."""

    placement = REFERENCE

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    roles = models.ManyToManyField(Role, related_name="members", blank=True)
    suspended = models.BooleanField(default=False)
    # Keys of this member's own columns on the user list; empty means the workspace's.
    columns = models.JSONField(default=list, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "member"
        constraints = (models.UniqueConstraint(fields=("workspace", "user"), name="member_once_per_workspace"),)

    def __str__(self) -> str:
        return str(self.user)
