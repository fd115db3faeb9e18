from django.db import models
from django.utils import timezone

from user360.placement import REFERENCE, distributed
from user360.tenancy import LargeScopedModel, ScopedModel


class TagGroup(ScopedModel):
    """A branch of the tree of tags, at most three levels deep."""

    placement = REFERENCE

    name = models.CharField(max_length=60)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")

    class Meta:
        db_table = "tag_group"
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                fields=("workspace", "parent", "name"), nulls_distinct=False, name="tag_group_name_once_per_branch"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Tag(ScopedModel):
    """A label of users: *single* holds one value a user, *multi* several."""

    placement = REFERENCE

    class Kind(models.TextChoices):
        SINGLE = "single", "One value"
        MULTI = "multi", "Several values"

    group = models.ForeignKey(TagGroup, models.PROTECT, related_name="tags")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.MULTI)
    description = models.CharField(max_length=500, blank=True)
    free_entry = models.BooleanField(default=True, help_text="New values may be typed; otherwise the list is closed.")
    is_labels = models.BooleanField(default=False, editable=False)
    source = models.ForeignKey("user360.Source", models.SET_NULL, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey("auth.User", models.SET_NULL, null=True, blank=True, related_name="+")
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "tag"
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("group", "name"), name="tag_name_once_per_group"),
            models.UniqueConstraint(
                fields=("workspace",), condition=models.Q(is_labels=True), name="tag_labels_once_per_workspace"
            ),
        )

    def __str__(self) -> str:
        return self.name


class TagValue(ScopedModel):
    """One value a tag can take; `color` is an index into the palette."""

    placement = REFERENCE

    tag = models.ForeignKey(Tag, models.CASCADE, related_name="values")
    value = models.CharField(max_length=255)
    color = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "tag_value"
        ordering = ("value",)
        constraints = (models.UniqueConstraint(fields=("tag", "value"), name="tag_value_once_per_tag"),)

    def __str__(self) -> str:
        return self.value


class ProfileTag(LargeScopedModel):
    """A tag value on a profile, with where it came from; `pinned` when given by hand."""

    placement = distributed("profile_id")

    pk = models.CompositePrimaryKey("tag_value_id", "profile_id")
    tag_value = models.ForeignKey(TagValue, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    profile = models.ForeignKey("user360.Profile", models.CASCADE, db_index=False, related_name="profile_tags")
    source = models.ForeignKey(
        "user360.Source", models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    tagged_by = models.ForeignKey(
        "auth.User", models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    pinned = models.BooleanField(default=False, db_default=False)
    tagged_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "profile_tag"
        indexes = (models.Index(fields=["profile", "tag_value"], name="profile_tag_profile"),)
