"""The Celery application. Tasks live in `tasks` modules of the apps; the schedule is CELERY_BEAT_SCHEDULE."""

import os
import warnings
from typing import Any

import structlog
from celery import Celery, signals
from celery.exceptions import SecurityWarning

# Importing Celery's application picks a settings module, so this entry point names its own first.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

# It warns root of pickled tasks; ours are JSON and nothing else is accepted.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("user360")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Without this only the thread that imports the module would send tasks with it.
app.set_default()


@signals.task_prerun.connect
def bind_task(task_id: str, task: Any, **_: object) -> None:
    """Every log line of a task carries its name and id."""
    structlog.contextvars.bind_contextvars(task=task.name, task_id=task_id)


@signals.task_postrun.connect
def unbind_task(**_: object) -> None:
    """The next task of this process starts with a clean slate."""
    structlog.contextvars.unbind_contextvars("task", "task_id")


@signals.setup_logging.connect
def keep_django_logging(**_: object) -> None:
    """Listening is enough: Celery then leaves the logging that Django set up alone."""
