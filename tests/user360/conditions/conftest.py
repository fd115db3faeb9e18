"""One population for all tests of a module: nothing here writes after it is made."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.factories import WorkspaceFactory
from tests.oracles import Moment, Person
from tests.user360.conditions.population import TYPES, Population, store
from user360.conditions import Schema, load_schema
from user360.models import Workspace
from user360.tenancy import workspace_scope

# 00:30 on 1 April in Paris, still March in UTC and in New York; the clocks went forward two days before.
NOW = dt.datetime(2026, 3, 31, 22, 30, tzinfo=dt.UTC)
PARIS = ZoneInfo("Europe/Paris")


@dataclass
class World:
    """A workspace, its people and what conditions on them may name."""

    def __repr__(self) -> str:
        return f"World({len(self.people)} people)"  # a failing example prints its arguments

    workspace: Workspace
    people: list[Person]

    def schema(self, zone: ZoneInfo = PARIS) -> Schema:
        """The schema as if the workspace were in this zone."""
        self.workspace.time_zone = zone.key
        return load_schema()

    def moment(self, now: dt.datetime = NOW, zone: ZoneInfo = PARIS) -> Moment:
        """When the oracle judges."""
        return Moment(now, zone, TYPES)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        workspace: Workspace = WorkspaceFactory.create(default_country="FR")
        with workspace_scope(workspace):
            people = Population(NOW, PARIS, size=400).people
            store(people)
            yield World(workspace, people)
        transaction.set_rollback(True)
