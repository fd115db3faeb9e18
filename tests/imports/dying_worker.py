"""A worker process that dies at a chosen moment: `python -m tests.imports.dying_worker DATABASE JOB MOMENT [VICTIM]`.

MOMENT is the name of a step and how often it happens before the end, as in `checkpoint:3`; with `never` it lives.
VICTIM is the process that is killed instead of this one.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

BATCH_LINES = 150


def main() -> None:
    """Does the job until the moment comes."""
    database, job, moment, *victim = sys.argv[1:]
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    import django

    django.setup()
    from imports.engine import pipeline
    from imports.services import import_jobs
    from user360.services import jobs

    pipeline.BATCH_LINES = BATCH_LINES
    step, _, times = moment.partition(":")
    places: dict[str, tuple[Any, str]] = {
        "stage": (pipeline, "stage"),
        "check_rows": (pipeline, "check_rows"),
        "place_rows": (pipeline, "place_rows"),
        # The batch has been written and its transaction is still open.
        "checkpoint": (jobs.JobRun, "checkpoint"),
        # The batch has been committed.
        "committed": (pipeline.Pipeline, "_commit_batch"),
        "report": (import_jobs, "with_report"),
    }
    if step in places:
        _die_after(*places[step], times=int(times or 1), victim=int(victim[0]) if victim else os.getpid())
    jobs.run(int(job))


def _die_after(owner: Any, name: str, *, times: int, victim: int) -> None:
    step: Callable[..., Any] = getattr(owner, name)
    left = times

    def deadly(*args: Any, **kwargs: Any) -> Any:
        nonlocal left
        result = step(*args, **kwargs)
        left -= 1
        if left == 0:
            os.kill(victim, signal.SIGKILL)
        return result

    setattr(owner, name, deadly)


if __name__ == "__main__":
    main()
