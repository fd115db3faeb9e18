"""`manage.py up` on a fresh machine, for real: everything answers, and nothing is left behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

from config import embedded
from config.environment import ROOT


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """The environment of a command on a machine where nothing has been started yet."""
    monkeypatch.setenv("USER360_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    monkeypatch.delenv("USER360_ADMIN_PASSWORD", raising=False)
    # As the bootstrap does: else each of the many processes compiles everything for itself.
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    yield tmp_path / "var"
    embedded.stop(embedded.place(tmp_path / "var"))


def start(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def lines_until(process: subprocess.Popen[str], pattern: str) -> str:
    seen = ""
    for line in process.stdout or ():
        seen += line
        if re.search(pattern, line):
            return seen
    raise AssertionError(f"It ended without saying {pattern!r}: {seen}")


def get(address: str) -> str:
    with urllib.request.urlopen(address) as response:  # noqa: S310 - our own address
        return str(response.read(), "utf-8")


def test_it_serves_says_the_password_once_and_leaves_nothing_behind(machine, port):
    first = start("up", "--port", str(port))
    said = lines_until(first, "Ctrl-C")
    ready = get(f"http://127.0.0.1:{port}/readyz")
    signed_out = get(f"http://127.0.0.1:{port}/accounts/login/")
    first.send_signal(signal.SIGINT)
    first.communicate()

    assert re.search(r"Password: \S+", said)
    assert '"ready": true' in ready
    assert "<form" in signed_out
    assert first.returncode == 0
    assert embedded.running(embedded.place(machine)) == set()
    assert not processes_of(machine)

    again = start("up", "--port", str(port))
    said_again = lines_until(again, "Ctrl-C")
    again.terminate()
    again.communicate()

    assert "Password" not in said_again
    assert not processes_of(machine)


def test_a_taken_port_is_said_before_anything_is_started(machine, port):
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        process = start("up", "--port", str(port))
        said, _ = process.communicate()

    assert process.returncode == 1
    assert f"Cannot listen on 127.0.0.1:{port}" in said
    assert not (machine / "postgres").exists()


def processes_of(folder) -> list[str]:
    """The command lines of living processes that were given the folder, as an argument or in the environment."""
    found = []
    for number in filter(str.isdigit, os.listdir("/proc")):  # noqa: PTH208 - names are all that is wanted
        try:
            with open(f"/proc/{number}/environ", "rb") as environ, open(f"/proc/{number}/cmdline", "rb") as command:  # noqa: PTH123
                line = command.read().replace(b"\0", b" ").decode()
                if str(folder).encode() in environ.read() + line.encode() and int(number) != os.getpid():
                    found.append(line)
        except OSError:
            continue
    return found
