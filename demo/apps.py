from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Made-up customers, and the measurements taken on them."""

    name = "demo"
