"""A background worker on the database of the tests: `python -m tests.browser.worker DATABASE`."""

import os
import sys


def main() -> None:
    """Works until it is told to end."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = sys.argv[1]
    from config.celery import app

    # What earlier tests sent is about rows that are gone.
    app.worker_main(["worker", "--pool", "solo", "--queues", "celery,live", "--purge", "--without-gossip"])


if __name__ == "__main__":
    main()
