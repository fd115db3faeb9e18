from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Lower
from django.utils.timezone import now

from user360.placement import distributed
from user360.tenancy import LargeScopedModel

# What completeness is a percentage of: the system properties somebody can fill in.
COMPLETENESS_COLUMNS = (
    "first_name", "last_name", "gender", "dob", "country", "city", "language", "timezone", "email", "phone",
    "last_channel", "email_optin", "sms_optin", "whatsapp_optin", "member_level", "member_id", "registered_at",
)  # fmt: skip

OPT_INS = ("email_optin", "sms_optin", "whatsapp_optin")


class NextProfileId(models.Func):
    """The next profile id. A sequence of our own: an IDENTITY column could not be distributed (SCALE rule 12)."""

    template = "nextval('profile_id_seq')"
    output_field = models.BigIntegerField()


class DisplayName(models.Func):
    """What a list shows: the name, else first and last name, else the user ID. Immutable, as PostgreSQL demands."""

    template = "coalesce(name, nullif(trim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')), ''), user_id)"
    output_field = models.TextField()


class Completeness(models.Func):
    """How many of COMPLETENESS_COLUMNS are known, in percent."""

    template = f"(num_nonnulls({', '.join(COMPLETENESS_COLUMNS)}) * 100 / {len(COMPLETENESS_COLUMNS)})::smallint"
    output_field = models.SmallIntegerField()


def sorted_text(column: str, name: str, *beside: str) -> models.Index:
    """Serves sorting, equality and prefixes without regard to case; the plain column makes it covering.

    `beside` are columns that conditions often ask for together with this one; their counts then need not read the
    table.
    """
    return models.Index("workspace_id", Lower(column), "id", name=name, include=[column, *beside])


def sorted_value(column: str, name: str) -> models.Index:
    """Serves sorting and ranges of a number, a day or a time."""
    return models.Index(fields=["workspace_id", column, "id"], name=name)


class Profile(LargeScopedModel):
    """One customer. Unknown is NULL in every column and no key at all in `attributes`; the empty string never occurs.

    The user ID is unique through its identity row, not here (SCALE rule 6).
    """

    placement = distributed("id")

    id = models.BigIntegerField(primary_key=True, db_default=NextProfileId())
    user_id = models.TextField()
    first_name = models.TextField(null=True, blank=True)
    last_name = models.TextField(null=True, blank=True)
    name = models.TextField(null=True, blank=True)
    gender = models.TextField(null=True, blank=True)
    age = models.SmallIntegerField(null=True, blank=True)
    dob = models.DateField(null=True, blank=True)
    country = models.TextField(null=True, blank=True)
    city = models.TextField(null=True, blank=True)
    language = models.TextField(null=True, blank=True)
    timezone = models.TextField(null=True, blank=True)
    email = models.TextField(null=True, blank=True)
    phone = models.TextField(null=True, blank=True)
    last_channel = models.TextField(null=True, blank=True)
    email_optin = models.BooleanField(null=True, blank=True)
    sms_optin = models.BooleanField(null=True, blank=True)
    whatsapp_optin = models.BooleanField(null=True, blank=True)
    member_level = models.TextField(null=True, blank=True)
    member_id = models.TextField(null=True, blank=True)
    registered_at = models.DateTimeField(null=True, blank=True)

    # Custom properties that are known: {key: value in the canonical JSON of its type}.
    attributes = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    channels = ArrayField(models.TextField(), default=list, db_default=models.Value("{}"))
    # Where a value came from, {key: source id}, only where it is not the profile's first source.
    origins = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    # Values set by hand, {key: {"by": account id, "at": time, "value": JSON that sources last said, "source": id}};
    # "value" and "source" are missing as long as no source has said anything.
    pins = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    source = models.ForeignKey(
        "user360.Source", models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    # Counts the writes; a form that was read at another version is stale.
    version = models.IntegerField(default=1, db_default=1)
    deleted_at = models.DateTimeField(null=True, blank=True)

    display_name = models.GeneratedField(expression=DisplayName(), output_field=models.TextField(), db_persist=True)
    completeness = models.GeneratedField(
        expression=Completeness(), output_field=models.SmallIntegerField(), db_persist=True
    )

    class Meta:
        db_table = "profile"
        indexes = (
            sorted_text("user_id", "profile_user_id"),
            sorted_text("display_name", "profile_display_name"),
            sorted_text("gender", "profile_gender", *OPT_INS),
            sorted_text("country", "profile_country", *OPT_INS),
            sorted_text("city", "profile_city", *OPT_INS),
            sorted_text("language", "profile_language", *OPT_INS),
            sorted_text("email", "profile_email", "email_optin"),
            sorted_text("phone", "profile_phone", "email", "sms_optin", "whatsapp_optin"),
            sorted_text("last_channel", "profile_last_channel", *OPT_INS),
            sorted_text("member_level", "profile_member_level", *OPT_INS),
            sorted_text("member_id", "profile_member_id"),
            sorted_value("age", "profile_age"),
            sorted_value("dob", "profile_dob"),
            sorted_value("registered_at", "profile_registered_at"),
            sorted_value("created_at", "profile_created_at"),
            sorted_value("updated_at", "profile_updated_at"),
            sorted_value("last_seen_at", "profile_last_seen_at"),
            sorted_value("source", "profile_source"),
            # Counts go by covering indexes, which do not know who is deleted, and leave out these.
            models.Index(
                fields=["workspace_id", "id"], name="profile_deleted", condition=models.Q(deleted_at__isnull=False)
            ),
            GinIndex(
                OpClass("display_name", "gin_trgm_ops"),
                OpClass("email", "gin_trgm_ops"),
                OpClass("phone", "gin_trgm_ops"),
                name="profile_search",
            ),
        )

    def __str__(self) -> str:
        return self.display_name or self.user_id
