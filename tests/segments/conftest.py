"""A workspace with a scope around the test, and short ways to what segments need."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from segments import rebuild, services
from segments.models import Segment
from tests.segments.steps import touch
from user360.models import Profile, Workspace
from user360.services.workspaces import create_workspace
from user360.tenancy import workspace_scope

type Conditions = dict[str, Any]


@pytest.fixture
def workspace(db: None) -> Iterator[Workspace]:
    """A new workspace in Paris, entered."""
    made = create_workspace(name="Acme", slug="acme")
    made.time_zone = "Europe/Paris"
    made.save()
    with workspace_scope(made):
        yield made


@pytest.fixture
def make_profile(workspace: Workspace) -> Callable[..., Profile]:
    """Adds a profile and tells of it, as the services do."""
    count = 0

    def make(**values: Any) -> Profile:
        nonlocal count
        count += 1
        profile: Profile = Profile.objects.create(**{"user_id": f"u{count}"} | values)
        touch(profile)
        return profile

    return make


@pytest.fixture
def make_segment(workspace: Workspace) -> Callable[..., Segment]:
    """Adds a dynamic segment that is up to date."""

    def make(name: str, conditions: Conditions) -> Segment:
        segment = services.create_segment(name=name, conditions=conditions, actor=None)
        rebuild.refresh_now(segment)
        segment.refresh_from_db()
        return segment

    return make
