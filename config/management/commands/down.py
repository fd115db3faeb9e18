"""`manage.py down`: stop the embedded servers."""

from typing import Any

from django.core.management.base import BaseCommand

from config import embedded


class Command(BaseCommand):
    """Stops the servers of USER360_VAR and leaves their data."""

    help = "Stop the embedded database and broker. Their data stays."
    requires_system_checks = ()

    def handle(self, *_: Any, **__: Any) -> None:
        stopped = sorted(embedded.stop())
        self.stdout.write(f"Stopped {' and '.join(stopped)}." if stopped else "No embedded server was running.")
