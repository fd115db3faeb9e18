from django.db import models

from user360.placement import REFERENCE
from user360.tenancy import ScopedModel


class Source(ScopedModel):
    """Where data came from: a named CSV feed, an API key, manual entry, a bot channel."""

    placement = REFERENCE

    class Kind(models.TextChoices):
        MANUAL = "manual", "Manual entry"
        CSV = "csv", "CSV feed"
        API = "api", "API"
        BOT = "bot", "Bot channel"

    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.CSV)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "source"
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("workspace", "name"), name="source_name_once_per_workspace"),)

    def __str__(self) -> str:
        return self.name
