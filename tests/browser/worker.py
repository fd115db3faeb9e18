"""A background worker on the database of the tests: `python -m tests.browser.worker DATABASE`."""

import os
import sys

from celery import current_app

QUEUES = ("celery", "live")


def forget_old_messages() -> None:
    """Empties the queues before a test begins: what earlier tests sent is about rows that are gone.

    Not the worker's own --purge, which on a slow machine also takes what the test has sent by then.
    """
    with current_app.connection_for_write() as broker:
        for queue in QUEUES:
            broker.default_channel.queue_purge(queue)  # type: ignore[attr-defined]  # every transport has it


def main() -> None:
    """Works until it is told to end."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = sys.argv[1]
    from config.celery import app

    app.worker_main(["worker", "--pool", "solo", "--queues", ",".join(QUEUES), "--without-gossip"])


if __name__ == "__main__":
    main()
