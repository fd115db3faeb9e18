#!/usr/bin/env python3
"""Every command starts here. Outside the project's environment config/bootstrap.py makes one and starts it again."""

import os
import sys

NEED_NO_SERVERS = {"collectstatic", "down", "help", "up"}


def main() -> None:
    """Run the command, in the project's environment and with the servers it needs."""
    from config.bootstrap import hand_over, is_complete

    if not is_complete(sys.argv):
        sys.exit(hand_over(sys.argv))
    if sys.argv[1:2] == ["test"]:
        sys.exit(run_tests(sys.argv[2:]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    from django.core.management import execute_from_command_line

    from config import embedded

    if sys.argv[1:2] and sys.argv[1] not in NEED_NO_SERVERS:
        embedded.ensure()
    execute_from_command_line(sys.argv)


def run_tests(arguments: list[str]) -> int:
    """All tests side by side, then alone those that kill the servers they share; or what the arguments ask for."""
    import subprocess

    pytest = [sys.executable, "-m", "pytest"]
    beside = [*pytest, "-n", "logical", "--maxprocesses", "8"]
    runs = [[*beside, *arguments]] if arguments else [[*beside, "-m", "not alone"], [*pytest, "-m", "alone"]]
    return max(abs(subprocess.call(run)) for run in runs)  # noqa: S603 - our own commands


if __name__ == "__main__":
    main()
