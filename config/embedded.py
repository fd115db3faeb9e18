"""PostgreSQL and Valkey for one machine, on unix sockets below USER360_VAR.

`ensure()` starts what does not answer, under a file lock; `stop()` ends it; the data stays. With DATABASE_URL or
REDIS_URL set, that server is somebody else's and nothing happens here. Settings are pure functions.
"""

import fcntl
import hashlib
import os
import socket
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config import embedded_postgres, embedded_valkey
from config.environment import var_folder

# Linux allows 107 bytes in the path of a unix socket, other systems 103.
LONGEST_SOCKET_PATH = 100
SOCKET_NAMES = (embedded_postgres.SOCKET_NAME, embedded_valkey.SOCKET_NAME)


@dataclass(frozen=True)
class Place:
    """Where the servers of one USER360_VAR keep their data and their sockets."""

    var: Path
    sockets: Path

    @property
    def postgres(self) -> Path:
        return self.var / "postgres"

    @property
    def valkey(self) -> Path:
        return self.var / "valkey"

    @property
    def postgres_socket(self) -> Path:
        return self.sockets / embedded_postgres.SOCKET_NAME

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / embedded_valkey.SOCKET_NAME


def place(var: Path | None = None) -> Place:
    """The place of `var` (default: USER360_VAR). A long path gets a short folder for its sockets elsewhere."""
    var = var or var_folder()
    sockets = var / "run"
    if max(len(str(sockets / name)) for name in SOCKET_NAMES) > LONGEST_SOCKET_PATH:
        digest = hashlib.sha256(str(var).encode()).hexdigest()[:12]
        sockets = Path(tempfile.gettempdir()) / f"user360-{digest}"
    return Place(var, sockets)


def database_settings(at: Place) -> dict[str, Any]:
    """The Django connection to the embedded PostgreSQL."""
    return {
        "NAME": embedded_postgres.DATABASE,
        "USER": embedded_postgres.ROLE,
        "PASSWORD": "",
        "HOST": str(at.sockets),
        "PORT": "",
        "OPTIONS": {},
    }


def broker_url(at: Place, database: int = 0) -> str:
    """The Celery address of the embedded Valkey."""
    return f"redis+socket://{at.valkey_socket}?virtual_host={database}"


def cache_url(at: Place, database: int = 1) -> str:
    """The redis-py address of the embedded Valkey."""
    return f"unix://{at.valkey_socket}?db={database}"


def ensure(at: Place | None = None, *, durable: bool = True) -> set[str]:
    """Start the servers that do not answer and return their names ("postgres", "valkey").

    `durable=False` gives up safety against power loss for speed; it is for tests.
    Raises `RuntimeError` with a sentence when a server cannot be started.
    """
    at = at or place()
    started: set[str] = set()
    if not (_wants_postgres() or _wants_valkey()):
        return started
    _make_private(at.var)
    with _locked(at):
        _make_private(at.sockets)
        if _wants_postgres() and not answers(at.postgres_socket):
            embedded_postgres.start(at.postgres, at.sockets, durable=durable)
            started.add("postgres")
        if _wants_valkey() and not answers(at.valkey_socket):
            embedded_valkey.start(at.valkey, at.valkey_socket)
            started.add("valkey")
    return started


def stop(at: Place | None = None, *, only: set[str] | None = None) -> set[str]:
    """Stop the servers (all, or those named in `only`) and return the names of those that ran."""
    at = at or place()
    if not at.var.is_dir():
        return set()
    with _locked(at):
        stopped = running(at) if only is None else running(at) & only
        if "valkey" in stopped:
            embedded_valkey.stop(at.valkey, at.valkey_socket)
        if "postgres" in stopped:
            embedded_postgres.stop(at.postgres)
    return stopped


def running(at: Place | None = None) -> set[str]:
    """The names of the servers that run, also of one that is still starting."""
    at = at or place()
    states = {"postgres": embedded_postgres.is_running(at.postgres), "valkey": answers(at.valkey_socket)}
    return {name for name, runs in states.items() if runs}


def answers(path: Path) -> bool:
    """Whether a server listens on the socket. The file alone says nothing: it outlives a killed server."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True


def _wants_postgres() -> bool:
    return not os.environ.get("DATABASE_URL")


def _wants_valkey() -> bool:
    return not os.environ.get("REDIS_URL")


def _make_private(folder: Path) -> None:
    """Create the folder for us alone; who reaches the sockets reaches the data without a password."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.getuid(), embedded_postgres.account().uid}:
        raise RuntimeError(f"{folder} belongs to another user; set USER360_VAR to a folder of your own.")


@contextmanager
def _locked(at: Place) -> Iterator[None]:
    with (at.var / "embedded.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
