from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from user360.placement import REFERENCE, distributed
from user360.tenancy import LargeScopedModel, ScopedModel


class Encryption(models.TextChoices):
    """In which state an identity's value is stored."""

    NONE = "none", "Unencrypted"
    MD5 = "md5", "MD5"
    SHA256 = "sha256", "SHA256"
    AES = "aes", "AES"


class IdentityType(ScopedModel):
    """A kind of identifier of a person. A lower `priority` number wins."""

    placement = REFERENCE

    key = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    priority = models.PositiveSmallIntegerField()
    single_value = models.BooleanField(default=False)
    enabled = models.BooleanField(default=True)
    in_mapping = models.BooleanField(default=False, help_text="Equal values of this type make two users one.")
    format = models.CharField(max_length=10, default="text")
    is_personal = models.BooleanField(default=False)

    class Meta:
        db_table = "identity_type"
        ordering = ("priority", "id")
        constraints = (
            models.UniqueConstraint(fields=("workspace", "key"), name="identity_type_key_once_per_workspace"),
        )

    def __str__(self) -> str:
        return self.name


# Found by their lower case, which for all others is the value itself and in the key.
IN_MIXED_CASE = models.Q(encryption=Encryption.NONE) & ~models.Q(value=Lower("value"))


class Identity(LargeScopedModel):
    """An identifier of one person, normalised. Its key is what makes a person unique in a workspace.

    It lives where its value says, not with its profile: look-ups are two statements, identity then profile.
    """

    placement = distributed("value", colocated=False)

    pk = models.CompositePrimaryKey("workspace_id", "type_id", "encryption", "value")
    type = models.ForeignKey(IdentityType, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    encryption = models.CharField(max_length=6, choices=Encryption, default=Encryption.NONE)
    value = models.TextField()
    profile = models.ForeignKey(
        "user360.Profile", models.DO_NOTHING, db_constraint=False, db_index=False, related_name="identities"
    )
    source = models.ForeignKey(
        "user360.Source", models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    first_seen_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "identity"
        verbose_name_plural = "identities"
        indexes = (
            models.Index(fields=["profile"], name="identity_profile"),
            models.Index("workspace", "type", Lower("value"), name="identity_mixed_case", condition=IN_MIXED_CASE),
        )

    def __str__(self) -> str:
        return self.value
