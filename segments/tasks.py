"""What workers and the scheduler call."""

from celery import shared_task

from segments import evaluation, queue, windows
from user360.models import Workspace


@shared_task(name="segments.drain")
def drain(workspace_id: int) -> None:
    """Evaluates the segments of the profiles that wait in the workspace's queue."""
    workspace = Workspace.objects.filter(pk=workspace_id).first()
    if workspace is not None:
        evaluation.drain(workspace)


@shared_task(name="segments.drain_waiting")
def drain_waiting() -> None:
    """Sees to queues whose message was lost; costs one look-up when all are empty."""
    for workspace_id in queue.waiting_workspace_ids():
        queue.nudge(workspace_id)


@shared_task(name="segments.tick")
def tick() -> None:
    """Queues the profiles whose answer has changed by the passing of time, and tries failed segments again."""
    for workspace in Workspace.objects.all():
        windows.tick(workspace)
