"""Who may have a file of a job, and what becomes of files whose time is over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from user360.models import Job, JobFile

DOWNLOAD = "data.logs.download"
NEEDS = "file_permissions"


@dataclass(frozen=True)
class OfferedFile:
    """A file as a member sees it: whether its time is over, and whether they may have it."""

    file: JobFile
    expired: bool
    offered: bool


def offered(job: Job, permissions: Iterable[str]) -> list[OfferedFile]:
    """The files of the job in the order in which they were made."""
    allowed = not missing_permission(job, permissions)
    made = sorted(job.files.all(), key=lambda file: file.pk)
    return [OfferedFile(file, expired(file), allowed and not expired(file)) for file in made]


def missing_permission(job: Job, permissions: Iterable[str]) -> str:
    """The first permission somebody lacks for the job's files; empty when they may have them.

    A job's params name under `file_permissions` what its files need besides the right to download: exports the right
    to export, and to see personal data when their file holds it unmasked (EX4).
    """
    held = frozenset(permissions)
    needed = [DOWNLOAD, *job.params.get(NEEDS, ())]
    return next((code for code in needed if code not in held), "")


def expired(file: JobFile) -> bool:
    """Whether the file is no longer offered, whether or not it is still there."""
    return not file.file or file.expires_at <= timezone.now()


def delete_expired() -> int:
    """Deletes files whose time is over, in every workspace, from the storage too; returns how many."""
    count = 0
    for file in JobFile.objects.filter(expires_at__lte=timezone.now()).exclude(file="").iterator():
        # The row stays: the log goes on saying that there was a file and until when.
        file.file.delete(save=False)
        JobFile.objects.filter(pk=file.pk).update(file="")
        count += 1
    return count
