"""The project as an application, for what must happen in every process that uses Django."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Makes the configured Celery application the one that tasks are sent with."""

    name = "config"

    def ready(self) -> None:
        from config import celery  # noqa: F401
