"""A workspace, its marketer, and the way of a file through the wizard as their browser goes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from imports.models import UserImport
from tests.factories import WorkspaceFactory, member
from user360.models import Job, Workspace
from user360.services import jobs
from user360.tenancy import workspace_scope

SENT = {"target": "target", "date": "date_format", "type": "type", "label": "label", "key": "key"}


@dataclass
class Walk:
    """One browser in one workspace, and the import it is at."""

    workspace: Workspace
    client: Client
    draft_id: int = 0

    @property
    def draft(self) -> UserImport:
        """The import as it is stored now."""
        with workspace_scope(self.workspace):
            found: UserImport = UserImport.objects.select_related("source").get(pk=self.draft_id)
            return found

    def at(self, step: str) -> str:
        """The address of a step."""
        return reverse(f"imports:{step}", args=[self.workspace.slug, self.draft_id])

    def get(self, step: str, **query: str) -> Any:
        """The page of a step."""
        return self.client.get(self.at(step), query)

    def post(self, step: str, sent: dict[str, object] | None = None) -> Any:
        """Sends a step's form."""
        return self.client.post(self.at(step), sent or {})

    def upload(self, content: bytes, name: str = "users.csv") -> Any:
        """Sends a file; what it becomes is the import this walk is at."""
        address = reverse("imports:new", args=[self.workspace.slug])
        answer = self.client.post(address, {"file": SimpleUploadedFile(name, content), "source": "CRM"})
        if answer.status_code == 302:
            self.draft_id = int(answer["Location"].split("/")[-3])
        return answer

    def proposed(self) -> dict[str, object]:
        """What the mapping page proposes, as its form would send it."""
        rows = self.get("map").context["rows"]
        return {f"{name}-{row.position}": getattr(row, field) for row in rows for name, field in SENT.items()}

    def check(self, content: bytes, policy: str = "update", **changed: str) -> None:
        """From the file to the finished dry run, with these answers to the mapping instead of the proposed ones."""
        self.upload(content)
        assert self.post("map", self.proposed() | changed).status_code == 302
        assert self.post("conflicts", {"on_conflict": policy}).status_code == 302
        assert self.post("tags", {"tags": ""}).status_code == 302
        assert self.work().state == Job.State.COMPLETED

    def work(self) -> Job:
        """Does the newest job as a worker would."""
        with workspace_scope(self.workspace):
            key = Job.objects.latest("pk").pk
        jobs.run(key)
        with workspace_scope(self.workspace):
            done: Job = Job.objects.get(pk=key)
            return done


def walk_of(workspace: Workspace, role: str = "Marketer") -> Walk:
    """The walk of a new member in this role."""
    client = Client()
    client.force_login(member(workspace, role).user)
    return Walk(workspace, client)


@pytest.fixture
def walk(db: None) -> Walk:
    """A marketer of a workspace in France, before anything was uploaded."""
    return walk_of(WorkspaceFactory.create(default_country="FR"))
