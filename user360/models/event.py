from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from user360.models.uuid7 import UUID7
from user360.placement import distributed
from user360.tenancy import LargeScopedModel


class Event(LargeScopedModel):
    """Something a profile did, or that was done to it, at a time. Partitioned by month."""

    placement = distributed("profile_id")

    pk = models.CompositePrimaryKey("profile_id", "at", "id")
    id = models.UUIDField(db_default=UUID7())
    profile = models.ForeignKey("user360.Profile", models.CASCADE, db_index=False, related_name="events")
    at = models.DateTimeField()
    name = models.TextField()
    source = models.ForeignKey(
        "user360.Source", models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    channel = models.TextField(null=True, blank=True)
    properties = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    message_id = models.TextField(null=True, blank=True)

    class Meta:
        db_table = "event"
        indexes = (
            models.Index(fields=["workspace", "name", "at"], name="event_name_at", include=["profile"]),
            BrinIndex(fields=["at"], name="event_at"),
        )

    def __str__(self) -> str:
        return self.name


class EventTotal(LargeScopedModel):
    """How often a profile did something, first and last."""

    placement = distributed("profile_id")

    pk = models.CompositePrimaryKey("workspace_id", "name", "profile_id")
    name = models.TextField()
    profile = models.ForeignKey("user360.Profile", models.CASCADE, db_index=False, related_name="event_totals")
    count = models.IntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "event_total"
        indexes = (
            models.Index(fields=["workspace", "name", "last_at"], name="event_total_last", include=["profile"]),
            models.Index(fields=["profile"], name="event_total_profile"),
        )
