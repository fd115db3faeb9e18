"""Workspaces with customers in them, and browsers of their members that tell what goes wrong."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Response
from pytest_django.live_server_helper import LiveServer

from segments import rebuild
from segments.models import Segment
from tests.factories import WorkspaceFactory, member, profile
from user360.models import Workspace
from user360.services.workspaces import create_workspace
from user360.tenancy import workspace_scope

# Playwright keeps an event loop in this thread, in which nothing of ours runs.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
CUSTOMERS = 12

type PageAs = Callable[..., Page]

PEOPLE: list[tuple[dict[str, str], dict[str, str]]] = [
    ({"firstName": "Amélie", "city": "Lyon", "age": "31", "emailOptin": "true"}, {"Tier": "Gold"}),
    ({"firstName": "Noah", "city": "Oslo", "age": "44", "smsOptin": "true"}, {"Tier": "Platinum"}),
    ({"firstName": "Tunde", "city": "Lagos", "age": "27", "emailOptin": "true"}, {"Tier": "Silver"}),
    ({"firstName": "Emma", "city": "Paris", "age": "38"}, {"Tier": "Gold"}),
    ({"firstName": "Mia", "city": "Paris", "age": "52", "smsOptin": "true"}, {}),
    ({"firstName": "Lee", "age": "19"}, {}),
]


@dataclass
class Trouble:
    """What browsers complained of: console errors, refusals by the content policy, script errors, broken answers."""

    said: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Listen to this page from now on."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.said.append(f"script: {error}"))
        page.on("response", self._answer)

    def _console(self, message: ConsoleMessage) -> None:
        # A refused answer, such as a 404 that a test asks for, is judged as an answer.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.said.append(f"{message.type}: {message.text}")

    def _answer(self, answer: Response) -> None:
        if answer.status >= 500 or (answer.status == 404 and "/static/" in answer.url):
            self.said.append(f"{answer.status}: {answer.url}")


@pytest.fixture
def lune(transactional_db: None) -> Iterator[Workspace]:
    """Customers with tags, events and segments, entered."""
    made = maison_lune(CUSTOMERS)
    with workspace_scope(made):
        yield made


@pytest.fixture
def trouble() -> Iterator[Trouble]:
    """What the browsers of a test complained of; it fails the test at its end."""
    heard = Trouble()
    yield heard
    assert heard.said == []


@pytest.fixture
def quiet_page(context: BrowserContext, trouble: Trouble) -> Page:
    """A page without moving parts, nobody signed in."""
    page = context.new_page()
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    trouble.watch(page)
    return page


@pytest.fixture
def signed_in(quiet_page: Page, live_server: LiveServer, lune: Workspace) -> Page:
    """A page of an administrator of the workspace."""
    made = member(lune, first_name="Chiara", last_name="Rossi", email="chiara@example.com")
    sign_in(quiet_page, live_server, made.user)
    return quiet_page


def sign_in(page: Page, live_server: LiveServer, user: User) -> None:
    """Give the browser of this page a session of the user."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])


@pytest.fixture
def workspace(transactional_db: None) -> Iterator[Workspace]:
    """A workspace of six people, entered."""
    made = WorkspaceFactory.create(slug="acme", name="Acme Retail")
    with workspace_scope(made):
        for values, tags in PEOPLE:
            profile(values, tags=tags)
        yield made


@pytest.fixture
def page_as(workspace: Workspace, live_server, page: Page) -> PageAs:
    """Signs the page in as a new member in a preset role: `page_as("Marketer")`."""

    def signed_in(role: str = "Administrator") -> Page:
        client = Client()
        client.force_login(member(workspace, role).user)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
        return page

    return signed_in


def maison_lune(customers: int) -> Workspace:
    """A workspace of this many made-up customers, whose segments are up to date."""
    made = create_workspace(name="Maison Lune", slug="lune")
    call_command("demo", workspace="lune", users=customers, events=customers * 5, seed=1)
    with workspace_scope(made):
        for segment in Segment.objects.all():
            rebuild.refresh_now(segment)
    return made
