"""`manage.py export_users`: the export without the browser."""

import json
import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from imports.export.scope import Scope
from imports.services.exports import Content, chosen, exportable, prepare_export
from user360.conditions import ConditionErrors, load_schema, parse
from user360.models import Job, Workspace
from user360.services import jobs
from user360.services.jobs import JobRefused
from user360.tenancy import workspace_scope


class Command(BaseCommand):
    help = "Exports users to a ZIP with one CSV file. The last line is a JSON object: the job and how many users."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The arguments of the contract."""
        parser.add_argument("-w", "--workspace", required=True, metavar="SLUG")
        whose = parser.add_mutually_exclusive_group()
        whose.add_argument("--segment", metavar="SLUG", help="the members of a segment; otherwise all users")
        whose.add_argument("--conditions", metavar="JSON", help="the users who meet the conditions")
        parser.add_argument(
            "--fields", metavar="a,b,…", help="property keys, id:TYPE, tag:NAME, tags; otherwise everything"
        )
        parser.add_argument("--out", type=Path, required=True, metavar="FILE.zip")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        """Makes the file in the foreground; whoever runs this sees everything."""
        workspace = Workspace.objects.filter(slug=options["workspace"]).first()
        if workspace is None:
            raise CommandError(f"There is no workspace {options['workspace']}.")
        with workspace_scope(workspace):
            try:
                job = prepare_export(
                    scope=_scope(options["segment"], options["conditions"]),
                    content=_content(options["fields"]),
                    formula_safe=True,
                    actor=None,
                    member=None,
                    address=None,
                )
            except JobRefused as refusal:
                raise CommandError(str(refusal)) from refusal
            jobs.run(job.pk)
            job.refresh_from_db()
            if job.state != Job.State.COMPLETED:
                raise CommandError(job.error or f"The export ended as {job.get_state_display().lower()}.")
            with job.files.get().file.open("rb") as made, options["out"].open("wb") as out:
                shutil.copyfileobj(made, out)
        self.stdout.write(json.dumps({"job": job.pk, "users": job.counts["users"]}))


def _scope(segment: str | None, conditions: str | None) -> Scope:
    if segment is None and conditions is None:
        return Scope.everyone()
    try:
        asked = {"segment": segment, "op": "in"} if conditions is None else json.loads(conditions)
        parse(asked, load_schema())
    except ValueError as error:
        raise CommandError("The conditions are not JSON.") from error
    except ConditionErrors as broken:
        raise CommandError("; ".join(error.message for error in broken.errors)) from broken
    return Scope.conditions(asked) if segment is None else Scope.segment(segment)


def _content(fields: str | None) -> Content:
    everything = exportable()
    if fields is None:
        return everything
    tags = {f"tag:{tag.name}": tag.pk for tag in everything.tags}
    labels = [tag.pk for tag in everything.tags if tag.is_labels]
    asked = [field.strip() for field in fields.split(",") if field.strip()]
    return chosen(
        properties=[field for field in asked if not field.startswith(("id:", "tag:")) and field != "tags"],
        id_types=[field.removeprefix("id:") for field in asked if field.startswith("id:")],
        tags=[tags.get(field, 0) for field in asked if field.startswith("tag:")] + (labels if "tags" in asked else []),
    )
