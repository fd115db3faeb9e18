from django.conf import settings
from django.db import models

from user360.placement import LOCAL
from user360.tenancy import ScopedModel, workspace_of_new_row


class AuditEntry(ScopedModel):
    """Who changed what about the workspace itself, when and from where. Append-only; profiles have `Change`."""

    placement = LOCAL

    workspace = models.ForeignKey(
        "user360.Workspace", models.CASCADE, default=workspace_of_new_row, db_constraint=False, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    address = models.GenericIPAddressField(null=True)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        db_table = "audit_entry"
        ordering = ("-at", "-id")
        verbose_name_plural = "audit entries"
        indexes = (models.Index(fields=["workspace", "-at"], name="audit_entry_at"),)
