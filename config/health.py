"""Addresses for load balancers and monitoring: alive, ready, measured. They need no sign-in and tell no data."""

from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.http import require_safe
from kombu import Connection
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

log = structlog.get_logger(__name__)


def database() -> str:
    """Empty when the database answers and every migration has been applied, else what is wrong."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(waiting)} migrations are not applied" if waiting else ""


def broker() -> str:
    """Empty when the broker accepts a connection; raises otherwise."""
    with Connection(
        settings.CELERY_BROKER_URL, transport_options={"socket_connect_timeout": 2, "socket_timeout": 2}
    ) as link:
        link.ensure_connection(max_retries=1, timeout=2)
    return ""


CHECKS: dict[str, Callable[[], str]] = {"database": database, "broker": broker}


@require_safe
def healthz(_: HttpRequest) -> HttpResponse:
    """The process answers. Says nothing about the servers behind it."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def readyz(_: HttpRequest) -> JsonResponse:
    """200 when requests can be served, else 503 with the parts that fail."""
    troubles = {name: trouble for name, check in CHECKS.items() if (trouble := _outcome(name, check))}
    return JsonResponse({"ready": not troubles, "troubles": troubles}, status=503 if troubles else 200)


@require_safe
def metrics(_: HttpRequest) -> HttpResponse:
    """What Prometheus collects."""
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


class ProbeMiddleware:
    """Answers the probes first of all: they come by address, over plain HTTP, with whatever Host they like."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        probe = PROBES.get(request.path_info, self.get_response)
        return probe(request)


PROBES: dict[str, Callable[[HttpRequest], HttpResponseBase]] = {
    "/healthz": healthz,
    "/readyz": readyz,
    "/metrics": metrics,
}


def _outcome(name: str, check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception:  # whatever happened, the answer is "not ready"
        log.exception("readiness check failed", check=name)
        return "does not answer"
