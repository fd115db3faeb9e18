"""`manage.py refresh_segments -w SLUG [SEGMENT]`: full rebuild by diff."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from segments import rebuild
from segments.models import Segment
from user360.models import Workspace
from user360.tenancy import workspace_scope


class Command(BaseCommand):
    help = (
        "Compares all users with the definition of one segment, or of every dynamic segment, and writes what differs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """CONTRACT 1."""
        parser.add_argument("-w", "--workspace", required=True, metavar="SLUG", help="the workspace")
        parser.add_argument("segment", nargs="?", metavar="SEGMENT", help="slug of the one segment to refresh")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        """One line a segment: entered, left, size."""
        workspace = Workspace.objects.filter(slug=options["workspace"]).first()
        if workspace is None:
            raise CommandError(f"There is no workspace {options['workspace']}.")
        with workspace_scope(workspace):
            segments = Segment.objects.filter(kind=Segment.Kind.DYNAMIC, archived_at=None)
            if options["segment"]:
                segments = segments.filter(slug=options["segment"])
                if not segments:
                    raise CommandError(f"There is no dynamic segment {options['segment']} in use.")
            failed = [segment.slug for segment in segments if not self._refresh(segment)]
        if failed:
            raise CommandError(f"Not refreshed: {', '.join(failed)}.")

    def _refresh(self, segment: Segment) -> bool:
        difference = rebuild.refresh_now(segment)
        segment.refresh_from_db()
        if segment.state == Segment.State.FAILED:
            self.stderr.write(f"{segment.slug}: {segment.error}")
            return False
        self.stdout.write(
            f"{segment.slug}: {difference.entered} entered, {difference.left} left, {segment.size} in the segment"
        )
        return True
