#!/usr/bin/env python3
"""Every command starts here. Outside the project's environment it hands over to config/bootstrap.py, which makes one."""

import os
import sys


def main():
    """Run the command, in the project's environment and with the servers it needs."""
    from config.bootstrap import hand_over, is_complete

    if not is_complete(sys.argv):
        sys.exit(hand_over(sys.argv))

    if sys.argv[1:2] == ["test"]:
        import pytest

        sys.exit(pytest.main(sys.argv[2:] or ["-n", "auto"]))

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    from django.core.management import execute_from_command_line

    from config import embedded

    if sys.argv[1:2] and sys.argv[1] not in NEED_NO_SERVERS:
        embedded.ensure()
    execute_from_command_line(sys.argv)


NEED_NO_SERVERS = {"collectstatic", "down", "help", "makemigrations", "makemessages", "startapp", "up"}

if __name__ == "__main__":
    main()
