"""Measures the product on a workspace of made-up customers."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo.bench import counts, exports, imports, lists, segments
from demo.bench.figures import Figure, machine
from user360.models import Workspace
from user360.tenancy import workspace_scope


class Command(BaseCommand):
    """Prints figure, limit measured in the same run, and ratio."""

    help = "Measure imports, counts, the list, exports or segments on a workspace of made-up customers."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to measure, where, and how large an import."""
        parser.add_argument("what", choices=("import", "counts", "list", "export", "segments"))
        parser.add_argument("-w", "--workspace", default="demo", metavar="SLUG")
        parser.add_argument("--rows", type=int, default=100_000, metavar="N", help="rows of the imported file")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Prints one line a figure."""
        workspace = Workspace.objects.filter(slug=options["workspace"]).first()
        if workspace is None:
            raise CommandError(f"There is no workspace {options['workspace']}.")
        measures: dict[str, Callable[[], Iterator[Figure]]] = {
            "import": partial(imports.figures, options["rows"]),
            "counts": counts.figures,
            "list": lists.figures,
            "export": exports.figures,
            "segments": segments.figures,
        }
        self.stdout.write(f"{machine()} · {workspace.slug}")
        with workspace_scope(workspace):
            for figure in measures[options["what"]]():
                self.stdout.write(figure.line())
