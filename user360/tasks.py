"""What workers and the scheduler call."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from user360 import partitions
from user360.services import jobs


@shared_task(name="user360.run_job")
def run_job(job_id: int) -> None:
    """Does the work of one job."""
    jobs.run(job_id)


@shared_task(name="user360.requeue_stale_jobs")
def requeue_stale_jobs() -> None:
    """Gives the jobs of dead workers to living ones."""
    jobs.requeue_stale()


@shared_task(name="user360.make_partitions")
def make_partitions() -> None:
    """Makes the partitions of the coming months."""
    today = timezone.now().date()
    partitions.ensure_partitions(today, today + timedelta(days=31 * partitions.MONTHS_AHEAD))
