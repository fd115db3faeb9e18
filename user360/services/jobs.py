"""Long work: a row before it is a message, claimed by a conditional update, fenced by its attempt number.

A kind of work is a function that receives a `JobRun`. It commits in batches, each with `run.checkpoint(…)`, and is
called again from that checkpoint after a crash. It raises `JobRefused` for what the person can mend.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from threading import Event, Thread
from time import monotonic
from typing import Any

import structlog
from celery import current_app
from django.contrib.auth.models import User
from django.core.files.base import File
from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from user360.models import Job, JobFile
from user360.tenancy import workspace_scope

log = structlog.get_logger(__name__)

State = Job.State
HEARTBEAT = timedelta(seconds=5)
STALE = timedelta(seconds=30)
MAX_ATTEMPTS = 20

# From each state to those it may turn into; nothing else is ever written.
TRANSITIONS: dict[str, frozenset[str]] = {
    State.QUEUED: frozenset({State.RUNNING, State.CANCELLED, State.FAILED}),
    State.RUNNING: frozenset(
        {State.QUEUED, State.COMPLETED, State.COMPLETED_WITH_ERRORS, State.FAILED, State.CANCELLED}
    ),
    State.COMPLETED: frozenset({State.UNDONE}),
    State.COMPLETED_WITH_ERRORS: frozenset({State.UNDONE}),
    State.FAILED: frozenset(),
    State.CANCELLED: frozenset({State.UNDONE}),
    State.UNDONE: frozenset(),
}


class JobRefused(Exception):  # noqa: N818  # it is an answer, not a defect
    """The work cannot be done, for a reason the person can mend; the message is the sentence shown."""


class JobCancelled(Exception):  # noqa: N818
    """Somebody asked to stop; raised between batches."""


class LeaseLost(Exception):  # noqa: N818
    """Another worker has taken the job over; whatever this one has not committed is void."""


@dataclass(frozen=True)
class JobKind:
    """A kind of long work: its words on the log page and the function that does it."""

    key: str
    label: str
    run: Callable[[JobRun], None]


JOB_KINDS: dict[str, JobKind] = {}


def register_job_kind(kind: JobKind) -> None:
    """Makes a kind of work known; called from `AppConfig.ready()`."""
    JOB_KINDS[kind.key] = kind


@dataclass
class JobRun:
    """What running work may do to its job."""

    job: Job
    _told_at: float = field(default=0.0, init=False)

    def progress(self, processed: int, *, total: int | None = None, counts: Mapping[str, int] | None = None) -> None:
        """Shows how far the work is, at most once a second; raises JobCancelled when somebody asked to stop."""
        if monotonic() - self._told_at < 1:
            return
        self._told_at = monotonic()
        self._write(processed=processed, total=total, counts=counts)
        self.stop_if_cancelled()

    def checkpoint(
        self, state: Mapping[str, Any], *, processed: int, total: int | None = None, counts: Mapping[str, int]
    ) -> None:
        """Records, in the transaction of the batch it describes, where a next attempt goes on."""
        if not connection.in_atomic_block:
            raise RuntimeError("A checkpoint belongs into the transaction of its batch.")
        self.job.checkpoint = dict(state)
        self._write(processed=processed, total=total, counts=counts, checkpoint=self.job.checkpoint)

    def stop_if_cancelled(self) -> None:
        """Raises JobCancelled when somebody asked to stop."""
        if Job.objects.filter(pk=self.job.pk, cancel_requested=True).exists():
            raise JobCancelled

    def finish_with(self, counts: Mapping[str, int]) -> None:
        """Sets the final counts; a positive `failed` makes the job completed with errors."""
        self._write(counts=counts)

    def _write(self, **values: Any) -> None:
        known = {name: value for name, value in values.items() if value is not None}
        mine = Job.objects.filter(pk=self.job.pk, state=State.RUNNING, attempts=self.job.attempts)
        if mine.update(heartbeat_at=timezone.now(), **known) != 1:
            raise LeaseLost
        for name, value in known.items():
            setattr(self.job, name, value)


def enqueue(*, kind: str, subject: str, actor: User | None, params: Mapping[str, Any]) -> Job:
    """Creates a job of the current workspace and sends it to the workers when the transaction commits."""
    job = create(kind=kind, subject=subject, actor=actor, params=params)
    send(job)
    return job


def create(*, kind: str, subject: str, actor: User | None, params: Mapping[str, Any]) -> Job:
    """Creates a job without sending it, for work that its caller runs itself."""
    JOB_KINDS[kind]
    job: Job = Job.objects.create(kind=kind, subject=subject[:300], actor=actor, params=dict(params))
    return job


def send(job: Job) -> None:
    """Tells the workers of a job once the transaction has committed.

    A broker that is away does not undo what was committed: the scheduler sends queued jobs again.
    """
    tell = partial(current_app.send_task, "user360.run_job", args=[job.pk], retry=False)
    transaction.on_commit(tell, robust=True)


def attach(*, job: Job, name: str, content: File[bytes]) -> JobFile:
    """Stores a file of the job; a file of the same name from an earlier attempt is replaced."""
    for old in JobFile.objects.filter(job=job, name=name):
        old.file.delete(save=False)
        old.delete()
    made = JobFile(job=job, name=name, size=content.size)
    made.file.save(name, content, save=False)
    made.save()
    return made


def request_cancel(*, job: Job) -> None:
    """Stops a queued job at once and a running one after its current batch."""
    if not transition(job, State.QUEUED, State.CANCELLED, finished_at=timezone.now()):
        Job.objects.filter(pk=job.pk, state=State.RUNNING).update(cancel_requested=True)


def transition(job: Job, old: str, new: str, **values: Any) -> bool:
    """Moves the job from `old` to `new` if it still is at `old`; False when somebody else was first."""
    if new not in TRANSITIONS[old]:
        raise ValueError(f"A job does not go from {old} to {new}.")
    with workspace_scope(job.workspace):
        moved = Job.objects.filter(pk=job.pk, state=old).update(state=new, **values) == 1
    if moved:
        job.state = new
        for name, value in values.items():
            setattr(job, name, value)
    return moved


def run(job_id: int) -> None:
    """Claims the job and does its work; does nothing when somebody else has it or it is finished."""
    job = Job._base_manager.select_related("workspace", "actor").filter(pk=job_id).first()  # noqa: SLF001  # no scope yet
    if job is None or not _claim(job):
        return
    with workspace_scope(job.workspace), structlog.contextvars.bound_contextvars(job=job.pk), _heart(job):
        outcome, error = _work(job)
        if outcome is not None:
            transition(job, State.RUNNING, outcome, error=error, finished_at=timezone.now())


def requeue_stale() -> int:
    """Sends again what a dead worker left or the broker lost; returns how many. Called by the scheduler."""
    before = timezone.now() - STALE
    stale = Job._base_manager.select_related("workspace").filter(state=State.RUNNING, heartbeat_at__lt=before)  # noqa: SLF001
    lost = Job._base_manager.select_related("workspace").filter(state=State.QUEUED, created_at__lt=before)  # noqa: SLF001
    count = 0
    for job in stale:
        if job.attempts >= MAX_ATTEMPTS:
            transition(job, State.RUNNING, State.FAILED, error=_broken(), finished_at=timezone.now())
        elif transition(job, State.RUNNING, State.QUEUED):
            send(job)
            count += 1
    for job in lost:
        send(job)
        count += 1
    return count


def _claim(job: Job) -> bool:
    now = timezone.now()
    started = job.started_at or now
    attempts = job.attempts + 1
    return transition(job, State.QUEUED, State.RUNNING, started_at=started, heartbeat_at=now, attempts=attempts)


def _work(job: Job) -> tuple[str | None, str]:
    """The state the job ends in and the sentence that goes with it; no state when another attempt follows."""
    try:
        JOB_KINDS[job.kind].run(JobRun(job))
    except JobRefused as refusal:
        return State.FAILED, str(refusal)
    except JobCancelled:
        return State.CANCELLED, ""
    except LeaseLost:
        log.warning("job_lease_lost")
        return None, ""
    except (OperationalError, InterfaceError):
        # The database went away: the row stays as it is and the scheduler sends the job again.
        log.exception("job_interrupted")
        return None, ""
    except Exception:
        sentence = _broken()
        log.exception("job_failed", sentence=sentence)
        return State.FAILED, sentence
    failed = job.counts.get("failed", 0) > 0
    return (State.COMPLETED_WITH_ERRORS if failed else State.COMPLETED), ""


def _broken() -> str:
    return f"Something broke on our side. Tell support this reference: {uuid.uuid4().hex[:8]}."


@contextmanager
def _heart(job: Job) -> Iterator[None]:
    """Beats in the job's row while one long statement keeps the work itself silent."""
    stop = Event()

    def beat() -> None:
        while not stop.wait(HEARTBEAT.total_seconds()):
            try:
                with workspace_scope(job.workspace):
                    Job.objects.filter(pk=job.pk, attempts=job.attempts).update(heartbeat_at=timezone.now())
            except DatabaseError:
                connection.close()
        connection.close()

    thread = Thread(target=beat, daemon=True, name=f"heart of job {job.pk}")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=HEARTBEAT.total_seconds())
