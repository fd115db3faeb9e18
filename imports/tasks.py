"""What the scheduler calls for long work."""

from celery import shared_task

from imports.logs import files


@shared_task(name="imports.delete_expired_files")
def delete_expired_files() -> None:
    """Deletes the files of jobs whose time is over."""
    files.delete_expired()
