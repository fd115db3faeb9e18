"""Segments, who is in them, who entered and left, and what still has to be looked at."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from user360.models.uuid7 import UUID7
from user360.placement import LOCAL, REFERENCE, distributed
from user360.tenancy import LargeScopedModel, ScopedModel


class Segment(ScopedModel):
    """A set of profiles: dynamic (those that meet its conditions, kept up by itself) or static (a fixed list)."""

    placement = REFERENCE

    class Kind(models.TextChoices):
        DYNAMIC = "dynamic", "Dynamic"
        STATIC = "static", "Static"

    class State(models.TextChoices):
        """How far the members agree with the definition."""

        FRESH = "fresh", "Up to date"
        REFRESHING = "refreshing", "Refreshing"
        FAILED = "failed", "Refresh failed"

    slug = models.SlugField(max_length=80)
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=500, blank=True)
    kind = models.CharField(max_length=7, choices=Kind, default=Kind.DYNAMIC)
    conditions = models.JSONField(default=dict, blank=True)
    # Counts the edits of the definition; a rebuild that began with another version is void.
    conditions_version = models.PositiveIntegerField(default=1)
    size = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.FRESH)
    error = models.CharField(max_length=500, blank=True)
    # When every profile was last compared with the definition; changes since are followed one by one.
    refreshed_at = models.DateTimeField(null=True, blank=True)
    # When somebody last entered or left.
    changed_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "segment"
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(fields=("workspace", "slug"), name="segment_slug_once_per_workspace"),
            models.UniqueConstraint(
                "workspace",
                Lower("name"),
                condition=models.Q(archived_at=None),
                name="segment_name_once_per_workspace",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_dynamic(self) -> bool:
        """Whether its members follow from conditions."""
        return self.kind == self.Kind.DYNAMIC


class SegmentMember(LargeScopedModel):
    """One profile in one segment."""

    placement = distributed("profile_id")

    pk = models.CompositePrimaryKey("segment_id", "profile_id")
    segment = models.ForeignKey(Segment, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    profile = models.ForeignKey("user360.Profile", models.CASCADE, db_index=False, related_name="segment_members")
    entered_at = models.DateTimeField()

    class Meta:
        db_table = "segment_member"
        indexes = (models.Index(fields=["profile"], name="segment_member_profile", include=["segment"]),)


class SegmentTransition(LargeScopedModel):
    """One profile entered or left one segment. Append-only: history, charts and webhooks are made from it."""

    placement = distributed("profile_id")

    class Cause(models.TextChoices):
        DATA = "data", "The user changed"
        TIME = "time", "Time passed"
        DEFINITION = "definition", "The segment was defined"
        BY_HAND = "by_hand", "Added or removed"

    pk = models.CompositePrimaryKey("profile_id", "at", "id")
    id = models.UUIDField(db_default=UUID7())
    segment = models.ForeignKey(Segment, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    profile = models.ForeignKey("user360.Profile", models.CASCADE, db_index=False, related_name="segment_transitions")
    at = models.DateTimeField()
    entered = models.BooleanField()
    cause = models.CharField(max_length=10, choices=Cause)

    class Meta:
        db_table = "segment_transition"
        indexes = (models.Index(fields=["segment", "at"], name="segment_transition_at", include=["entered"]),)


class TouchedProfile(LargeScopedModel):
    """The queue of profiles whose segments are to be looked at again. Filled in the transaction of the write."""

    placement = LOCAL

    id = models.BigAutoField(primary_key=True)
    profile_id = models.BigIntegerField()
    cause = models.CharField(max_length=10, choices=SegmentTransition.Cause, db_default=SegmentTransition.Cause.DATA)
    queued_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "touched_profile"
        indexes = (models.Index(fields=["workspace", "id"], name="touched_profile_queue"),)


class WindowClock(ScopedModel):
    """Up to when the passing of time has been taken into account in a workspace."""

    placement = LOCAL

    workspace = models.OneToOneField(
        "user360.Workspace", models.CASCADE, primary_key=True, db_constraint=False, related_name="+"
    )
    ticked_at = models.DateTimeField()

    class Meta:
        db_table = "window_clock"
