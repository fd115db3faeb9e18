from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.utils import timezone

from user360.placement import LOCAL
from user360.tenancy import ScopedModel, workspace_of_new_row

FILE_RETENTION = timedelta(days=7)


def private_storage() -> Storage:
    """Where files of jobs live: never under an address of their own, only behind a view that asks for permission."""
    return storages["private"]


def job_file_path(file: "JobFile", name: str) -> str:
    """Keeps workspaces apart on disk."""
    return f"{file.job.workspace_id}/jobs/{file.job_id}/{name}"


def expiry() -> Any:
    """When a file made now is no longer offered."""
    return timezone.now() + FILE_RETENTION


class Job(ScopedModel):
    """One piece of long work and its record, shown as a user log. A row before it is a message."""

    placement = LOCAL

    class State(models.TextChoices):
        """The words of the API; the labels are those of the page."""

        QUEUED = "queued", "Queued"
        RUNNING = "running", "In progress"
        COMPLETED = "completed", "Completed"
        COMPLETED_WITH_ERRORS = "completed_with_errors", "Completed with errors"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"
        UNDONE = "undone", "Undone"

    # Local tables take no constraint to reference tables' rows that are written next to distributed ones (SCALE 4).
    workspace = models.ForeignKey(
        "user360.Workspace", models.CASCADE, default=workspace_of_new_row, db_constraint=False, related_name="+"
    )
    kind = models.CharField(max_length=30)
    subject = models.CharField(max_length=300, help_text="What it works on, in words: a file, a segment, conditions.")
    state = models.CharField(max_length=21, choices=State, default=State.QUEUED)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    params = models.JSONField(default=dict)
    # Where the work goes on after a crash; written in the transaction of the batch it describes.
    checkpoint = models.JSONField(default=dict)
    processed = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    counts = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    cancel_requested = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "job"
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(fields=["workspace", "-created_at"], name="job_created"),
            models.Index(
                fields=["state", "heartbeat_at"], condition=models.Q(state__in=("queued", "running")), name="job_open"
            ),
        )

    def __str__(self) -> str:
        return self.subject

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.state not in (self.State.QUEUED, self.State.RUNNING)


class JobFile(models.Model):
    """A file a job reads or has made."""

    placement = LOCAL

    job = models.ForeignKey(Job, models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    file = models.FileField(storage=private_storage, upload_to=job_file_path, max_length=400)
    size = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=expiry)

    class Meta:
        db_table = "job_file"
        constraints = (models.UniqueConstraint(fields=("job", "name"), name="job_file_name_once_per_job"),)

    def __str__(self) -> str:
        return self.name
