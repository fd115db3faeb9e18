from typing import TYPE_CHECKING, Any

from django.core.validators import RegexValidator
from django.db import models

from user360.placement import REFERENCE
from user360.property_types import PROPERTY_TYPES, PropertyType
from user360.system_properties import SYSTEM_PROPERTY_BY_KEY, SystemProperty
from user360.tenancy import ScopedModel

if TYPE_CHECKING:
    from user360.models.profile import Profile

KEY_PATTERN = r"^[a-z][a-zA-Z0-9_]{0,62}$"


class Property(ScopedModel):
    """A typed field of profiles: system (a column of its own) or custom (a key of `profile.attributes`)."""

    placement = REFERENCE

    class IndexState(models.TextChoices):
        """How far the index of a searchable custom property is."""

        NONE = "none", "Not searchable"
        BUILDING = "building", "Building"
        READY = "ready", "Searchable"
        DROPPING = "dropping", "Removing"
        FAILED = "failed", "Failed"

    key = models.CharField(
        max_length=63,
        validators=[RegexValidator(KEY_PATTERN, "A key begins with a small letter and holds letters, digits and _.")],
    )
    label = models.CharField(max_length=100)
    type = models.CharField(max_length=10)
    description = models.CharField(max_length=500, blank=True)
    group = models.CharField(max_length=60, blank=True)
    choices = models.JSONField(default=list, blank=True)
    is_system = models.BooleanField(default=False)
    is_personal = models.BooleanField(default=False)
    index_state = models.CharField(max_length=10, choices=IndexState, default=IndexState.NONE)
    position = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "property"
        ordering = ("position", "id")
        verbose_name_plural = "properties"
        constraints = (models.UniqueConstraint(fields=("workspace", "key"), name="property_key_once_per_workspace"),)

    def __str__(self) -> str:
        return self.label

    @property
    def searchable(self) -> bool:
        """Whether conditions and sorting on this property go by an index (system properties always do)."""
        return self.is_system or self.index_state == self.IndexState.READY

    @property
    def system(self) -> SystemProperty | None:
        """What the product says of a system property; None for a custom one."""
        return SYSTEM_PROPERTY_BY_KEY[self.key] if self.is_system else None

    @property
    def kind(self) -> PropertyType:
        """The type's behaviour: reading, showing, operators."""
        return PROPERTY_TYPES[self.type]

    @property
    def editable(self) -> bool:
        """Whether members and sources may write it; the rest the product keeps by itself."""
        return self.system is None or self.system.editable

    @property
    def sortable(self) -> bool:
        """Whether the list sorts by it: only along an index, so that every page of every order is quick."""
        if self.system is not None:
            return self.system.sortable
        return self.kind.sortable and self.index_state == self.IndexState.READY

    def value_of(self, profile: "Profile") -> Any:
        """The profile's value as its type's Python value; None when unknown."""
        if self.system is not None:
            value = getattr(profile, self.system.column)
            return value.name if self.key == "source" and value is not None else value
        stored = profile.attributes.get(self.key)
        return None if stored is None else self.kind.from_json(stored)
