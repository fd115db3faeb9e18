from django.db import models
from django.utils import timezone

from user360.models.uuid7 import UUID7
from user360.placement import distributed
from user360.tenancy import LargeScopedModel


class Change(LargeScopedModel):
    """One write to one profile: audit of values, timeline and undo journal in one. Append-only, partitioned by month.

    `before` and `after` hold what changed and nothing else: {"properties": {key: JSON}, "tags": [[tag id, value]…],
    "identities": [[type key, encryption, value]…]}. A key missing on one side was unknown there.
    """

    placement = distributed("profile_id")

    class Kind(models.TextChoices):
        CREATED = "user.created", "Created"
        UPDATED = "user.updated", "Updated"
        TAG_ADDED = "tag.added", "Tag added"
        TAG_REMOVED = "tag.removed", "Tag removed"

    pk = models.CompositePrimaryKey("profile_id", "at", "id")
    id = models.UUIDField(db_default=UUID7())
    # No constraint: the record of a deletion outlives the profile, and a check per row would slow every import.
    profile = models.ForeignKey(
        "user360.Profile", models.DO_NOTHING, db_constraint=False, db_index=False, related_name="changes"
    )
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=12, choices=Kind)
    actor = models.ForeignKey(
        "auth.User", models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    job = models.ForeignKey(
        "user360.Job", models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    source = models.ForeignKey(
        "user360.Source", models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    before = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    after = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))

    class Meta:
        db_table = "change"
