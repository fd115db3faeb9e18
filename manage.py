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
        import pytest

        sys.exit(pytest.main(["-n", "logical", "--maxprocesses", "8", *sys.argv[2:]]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    from django.core.management import execute_from_command_line

    from config import embedded

    if sys.argv[1:2] and sys.argv[1] not in NEED_NO_SERVERS:
        embedded.ensure()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
