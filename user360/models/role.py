from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models

from user360.access import PERMISSIONS
from user360.placement import REFERENCE
from user360.tenancy import ScopedModel


def validate_permissions(codes: list[str]) -> None:
    """Refuses codes that the permission table does not hold."""
    if unknown := sorted(set(codes) - set(PERMISSIONS)):
        raise ValidationError(f"No such permission: {', '.join(unknown)}.")


class Role(ScopedModel):
    """A named set of permission points in one workspace."""

    placement = REFERENCE

    name = models.CharField(max_length=60)
    permissions = ArrayField(
        models.CharField(max_length=60), default=list, blank=True, validators=[validate_permissions]
    )
    is_default = models.BooleanField(default=False, help_text="New members get this role when no other is named.")
    is_preset = models.BooleanField(default=False, editable=False)

    class Meta:
        db_table = "role"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("workspace", "name"), name="role_name_once_per_workspace"),
            models.UniqueConstraint(
                fields=("workspace",), condition=models.Q(is_default=True), name="role_one_default_per_workspace"
            ),
        )

    def __str__(self) -> str:
        return self.name
