"""Fills a workspace with made-up customers."""

from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from demo.audience import SEGMENTS
from demo.history import add_events
from demo.labels import add_tags
from demo.people import add_people
from demo.schema import add_schema, make_searchable
from segments import services as segments
from user360.models import IdentityType, Profile, Workspace
from user360.tenancy import workspace_scope

TOUCHED = ("profile", "identity", "change", "profile_tag", "event", "event_total", "segment_member")


class Command(BaseCommand):
    """Deterministic for a seed and a day: the same people, tags, events and segments every time."""

    help = "Fill an empty workspace with made-up customers, tags, events and segments."

    def add_arguments(self, parser: CommandParser) -> None:
        """The options of the contract."""
        parser.add_argument("-w", "--workspace", required=True, metavar="SLUG")
        parser.add_argument("--users", type=int, default=10_000, metavar="N")
        parser.add_argument("--events", type=int, default=0, metavar="M")
        parser.add_argument("--seed", type=int, default=1, metavar="S")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Adds everything, the segments last since they are counted at once."""
        workspace = Workspace.objects.filter(slug=options["workspace"]).first()
        if workspace is None:
            raise CommandError(f"There is no workspace {options['workspace']}.")
        with workspace_scope(workspace):
            if Profile.objects.exists():
                raise CommandError(f"The workspace {workspace.slug} has users already; demo data needs an empty one.")
            self._fill(workspace, options)

    def _fill(self, workspace: Workspace, options: dict[str, Any]) -> None:
        types = dict(IdentityType.objects.values_list("key", "pk"))
        facts = {
            "workspace": workspace.pk,
            "seed": options["seed"],
            "now": _end_of_yesterday(),
            "sources": add_schema(),
            "user_id_type": types["userId"],
            "mobile_type": types["mobile"],
            "email_type": types["email"],
        }
        facts["lowest"] = add_people(options["users"], facts)
        add_tags(facts)
        add_events(options["events"], options["users"], facts)
        make_searchable()
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM (ANALYZE) {', '.join(TOUCHED)}")
        for name, conditions in SEGMENTS.items():
            segments.create_segment(name=name, conditions=conditions, actor=None)


def _end_of_yesterday() -> datetime:
    """Everything made up lies before today, so that a day always gives the same data."""
    return timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(seconds=1)
