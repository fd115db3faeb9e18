"""`manage.py count_users -w SLUG --conditions JSON`: prints the exact number."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from segments import selectors
from user360.conditions import ConditionErrors
from user360.models import Workspace
from user360.tenancy import workspace_scope


class Command(BaseCommand):
    help = "Prints how many users meet the conditions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """CONTRACT 1."""
        parser.add_argument("-w", "--workspace", required=True, metavar="SLUG", help="the workspace")
        parser.add_argument("--conditions", required=True, metavar="JSON", help="conditions, as a segment has them")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        """One number, exact."""
        workspace = Workspace.objects.filter(slug=options["workspace"]).first()
        if workspace is None:
            raise CommandError(f"There is no workspace {options['workspace']}.")
        try:
            with workspace_scope(workspace):
                self.stdout.write(str(selectors.count_matching(json.loads(options["conditions"]))))
        except json.JSONDecodeError as error:
            raise CommandError(f"The conditions are not JSON: {error}.") from error
        except ConditionErrors as fault:
            raise CommandError(json.dumps(fault.as_json())) from fault
