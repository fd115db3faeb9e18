"""Makers of test data: what is not said gets a sensible value."""

from typing import Any

from django.contrib.auth.models import User
from factory.declarations import SelfAttribute, Sequence
from factory.django import DjangoModelFactory

from user360.models import Workspace
from user360.services.workspaces import create_workspace


class UserFactory(DjangoModelFactory[User]):
    """A login account."""

    class Meta:
        model = User

    username = Sequence(lambda n: f"member{n}@example.com")
    email = SelfAttribute("username")


class WorkspaceFactory(DjangoModelFactory[Workspace]):
    """A workspace with everything it starts with; `time_zone` and other columns may be given."""

    class Meta:
        model = Workspace

    name = Sequence(lambda n: f"Workspace {n}")
    slug = Sequence(lambda n: f"workspace-{n}")

    @classmethod
    def _create(cls, *_: Any, name: str, slug: str, **columns: Any) -> Workspace:
        owner = columns.pop("owner", None)
        country = columns.pop("default_country", "")
        workspace = create_workspace(name=name, slug=slug, owner=owner, default_country=country)
        for column, value in columns.items():
            setattr(workspace, column, value)
        workspace.save()
        return workspace
