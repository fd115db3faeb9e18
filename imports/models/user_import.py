from django.conf import settings
from django.db import models
from django.utils import timezone

from user360.models.job import private_storage
from user360.placement import LOCAL
from user360.tenancy import ScopedModel, workspace_of_new_row


def import_file_path(user_import: "UserImport", name: str) -> str:
    """Keeps workspaces apart on disk."""
    return f"{user_import.workspace_id}/imports/{name}"


class UserImport(ScopedModel):
    """One CSV import of users: the file, how to read it and what to do with it. The wizard's memory.

    `mapping` is a list in the order of the file's columns, each {"column": header, "target": FIELD of the contract,
    "date_format": key of DATE_FORMATS, "create": {"label": …, "type": …} for a property that the import makes}.
    `columns` is [{"name": header, "samples": [at most five texts]}]; `dry_run` the result of the last check of the
    whole file, empty when anything it depends on has changed since.
    """

    placement = LOCAL

    class State(models.TextChoices):
        DRAFT = "draft", "Being set up"
        CHECKING = "checking", "Being checked"
        CHECKED = "checked", "Checked"
        STARTED = "started", "Started"

    class OnConflict(models.TextChoices):
        """What happens to a user that exists already; the values are the command's."""

        UPDATE = "update", "Update existing user data"
        REPLACE = "replace", "Retain imported user data"
        SKIP = "skip", "Skip existing users"

    workspace = models.ForeignKey(
        "user360.Workspace",
        models.CASCADE,
        default=workspace_of_new_row,
        db_constraint=False,
        related_name="+",
    )
    job = models.OneToOneField("user360.Job", models.SET_NULL, null=True, related_name="user_import")
    check_job = models.OneToOneField("user360.Job", models.SET_NULL, null=True, related_name="checked_import")
    source = models.ForeignKey("user360.Source", models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    file = models.FileField(storage=private_storage, upload_to=import_file_path, max_length=400)
    name = models.CharField(max_length=200, help_text="The file's name as it was uploaded.")
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    encoding = models.CharField(max_length=20, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    header = models.BooleanField(default=True)
    columns = models.JSONField(default=list)
    row_estimate = models.BigIntegerField(default=0)
    notes = models.JSONField(default=list, help_text="Sentences about the file that the person should read.")
    mapping = models.JSONField(default=list)
    user_id_column = models.TextField(blank=True)
    on_conflict = models.CharField(max_length=7, choices=OnConflict, default=OnConflict.UPDATE)
    merge_tags = models.BooleanField(default=True)
    tags = models.JSONField(default=list)
    segment_name = models.CharField(max_length=100, blank=True)
    dry_run = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "user_import"
        ordering = ("-created_at", "-id")
        indexes = (models.Index(fields=["workspace", "-created_at"], name="user_import_created"),)

    def __str__(self) -> str:
        return self.name
