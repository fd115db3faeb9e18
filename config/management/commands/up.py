"""`manage.py up`: everything on one machine, until Ctrl-C."""

import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from types import FrameType
from typing import Any, NoReturn

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from config import embedded
from config.first_start import DEMO, Administrator, first_start
from config.processes import Process, ProcessGroup
from user360.models import Profile, Workspace
from user360.tenancy import workspace_scope

DEMO_USERS = 10_000
DEMO_EVENTS_PER_USER = 10
ANSWER_SECONDS = 60.0
LOOK_SECONDS = 1.0
EVERYWHERE = {"0.0.0.0", "::", ""}  # noqa: S104 - the names to recognise, not an address to bind


class Command(BaseCommand):
    """Servers, schema, first account, then web, worker and scheduler."""

    help = "Start everything on this machine: servers where none are configured, web, worker and scheduler."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--demo",
            type=int,
            nargs="?",
            const=DEMO_USERS,
            metavar="N",
            help=f"fill `demo` with N users ({DEMO_USERS})",
        )
        parser.add_argument("--workers", type=int, default=2, help="processes for background work")

    def handle(self, *_: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        refuse_taken_port(host, port)
        signal.signal(signal.SIGTERM, leave)
        signal.signal(signal.SIGINT, leave)
        group = ProcessGroup(programs(host, port, options["workers"]))
        found = embedded.running()
        try:
            embedded.ensure()
            administrator = self.prepare(settings.WHITENOISE_USE_FINDERS)
            group.start()
            wait_for_answer(group, address(host, port))
            self.announce(address(host, port), administrator)
            if options["demo"] is not None:
                self.fill_demo(options["demo"])
            watch(group)
        except RuntimeError as trouble:
            raise CommandError(str(trouble)) from trouble
        finally:
            # From here on a second Ctrl-C must not leave half of it running.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            group.stop()
            embedded.stop(only={"postgres", "valkey"} - found)
            self.stdout.write("Stopped.")

    def prepare(self, serves_sources: bool) -> Administrator | None:
        """Bring the schema up to date and make the first account and workspace."""
        call_command("migrate", verbosity=0, interactive=False)
        if not serves_sources:
            call_command("collectstatic", verbosity=0, interactive=False)
        return first_start()

    def announce(self, where: str, administrator: Administrator | None) -> None:
        """Say where it is, and the password that nobody can read again."""
        self.stdout.write(f"User 360 is at {where}")
        if administrator is not None:
            self.stdout.write(f"Sign in as {administrator.email}")
            if administrator.password is not None:
                self.stdout.write(f"Password: {administrator.password} (shown this once)")
        self.stdout.write("Ctrl-C stops it.")
        self.stdout.flush()

    def fill_demo(self, users: int) -> None:
        """Fill the workspace `demo`, unless it holds somebody already."""
        workspace = Workspace.objects.filter(slug=DEMO).first()
        if workspace is None:
            raise RuntimeError(f"There is no workspace {DEMO} to fill.")
        with workspace_scope(workspace):
            if Profile.objects.exists():
                return
        self.stdout.write(f"Filling {DEMO} with {users} users …")
        call_command("demo", workspace=DEMO, users=users, events=users * DEMO_EVENTS_PER_USER, seed=1)
        self.stdout.write("The demo data is in.")
        self.stdout.flush()


def programs(host: str, port: int, workers: int) -> list[Process]:
    """What runs: the web server, a worker for long work and one for live segments, the scheduler."""
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "--app", "config.celery", "--quiet"]
    web = ["granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--log-level", "warning"]
    web += ["--workers", "2", "--blocking-threads", "4", "--respawn-failed-workers", "--workers-kill-timeout", "10"]
    worker = [*celery, "worker", "-O", "fair", "--without-gossip", "--without-mingle"]
    schedule = str(settings.VAR / "celerybeat-schedule")
    return [
        Process(
            "web",
            [*python, *web, "config.wsgi:application"],
            {"USER360_DB_POOL": "4", "ALLOWED_HOSTS": ",".join(host_names(host))},
        ),
        Process("worker", [*worker, "--hostname", "jobs@%h", "--queues", "celery", "--concurrency", str(workers)]),
        Process("live worker", [*worker, "--hostname", "live@%h", "--queues", "live", "--concurrency", "1"]),
        Process("scheduler", [*celery, "beat", "--schedule", schedule, "--pidfile", ""]),
    ]


def host_names(host: str) -> list[str]:
    """The names the web server answers to: the configured ones, and those that --host asks for."""
    names = list(settings.ALLOWED_HOSTS)
    if os.environ.get("ALLOWED_HOSTS"):
        return names
    if host in EVERYWHERE:
        name = socket.gethostname()
        names += [name, socket.getfqdn(), *socket.gethostbyname_ex(name)[2]]
    return list(dict.fromkeys([*names, host]))


def address(host: str, port: int) -> str:
    """Where a browser on this machine finds it."""
    return f"http://{'127.0.0.1' if host in EVERYWHERE else host}:{port}/"


def refuse_taken_port(host: str, port: int) -> None:
    """Say so before anything is started when somebody else listens there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as trouble:
            raise CommandError(
                f"Cannot listen on {host}:{port}: {trouble.strerror}. Choose another --port."
            ) from trouble


def wait_for_answer(group: ProcessGroup, where: str) -> None:
    """Wait until the web server answers. Raises `RuntimeError` when it does not."""
    until = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < until:
        group.restart_the_dead()
        try:
            urllib.request.urlopen(f"{where}healthz", timeout=5).close()  # noqa: S310 - our own http address
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"The web server did not answer within {ANSWER_SECONDS:.0f} seconds.")


def watch(group: ProcessGroup) -> NoReturn:
    """Keep the processes and the embedded servers alive until a signal comes."""
    while True:
        time.sleep(LOOK_SECONDS)
        embedded.ensure()
        group.restart_the_dead()


def leave(_: int, __: FrameType | None) -> NoReturn:
    """Ends the command through its `finally`."""
    raise SystemExit(0)
