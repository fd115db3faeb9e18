"""The log pages and the export dialog in a browser: readable on every width, usable by everybody, live."""

import os

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it ships no types
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from user360.models import Job
from user360.services import jobs

# Playwright keeps an event loop in this thread, in which nothing of ours runs.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def signed_in(workspace, live_server, page: Page) -> Page:
    """A page of an administrator of the workspace."""
    user = User.objects.create_superuser("root", "root@example.com")
    client = Client()
    client.force_login(user)
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    return page


@pytest.fixture
def work(make_job, give_file) -> list[Job]:
    """One job of each kind of ending, and one that goes on."""
    now = timezone.now()
    long = "customers-of-the-whole-of-europe-" * 6 + ".csv"
    done = make_job(
        state="completed_with_errors",
        subject=long,
        counts={"total": 1000, "new": 988, "failed": 12},
        started_at=now,
        finished_at=now,
    )
    give_file(done)
    return [
        make_job(state="failed", error="The file has no header.", started_at=now, finished_at=now),
        done,
        make_job(state="running", started_at=now, processed=40, total=100),
    ]


def addresses(work: list[Job]) -> list[str]:
    return ["logs/", "logs/?state=undone", *(f"logs/{job.pk}/" for job in work), "exports/new/"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_fit_every_width_and_pass_axe(signed_in, live_server, work, scheme) -> None:
    signed_in.emulate_media(color_scheme=scheme)
    for width in (360, 1024, 1440):
        signed_in.set_viewport_size({"width": width, "height": 800})
        for address in addresses(work):
            signed_in.goto(f"{live_server.url}/w/acme/{address}")
            assert signed_in.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
            result = Axe().run(signed_in, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
            assert result.violations_count == 0, (address, width, result.generate_report())


def test_a_job_is_followed_without_reloading(signed_in, live_server, work) -> None:
    job = work[-1]
    for address, row in ((f"logs/{job.pk}/", "#log"), ("logs/", f"#log-{job.pk}")):
        Job.objects.filter(pk=job.pk).update(state="running", finished_at=None)
        signed_in.goto(f"{live_server.url}/w/acme/{address}")
        expect(signed_in.locator(row)).to_contain_text("In progress")
        jobs.transition(Job.objects.get(pk=job.pk), "running", "completed", finished_at=timezone.now())
        expect(signed_in.locator(row)).to_contain_text("Completed", timeout=10_000)
        assert signed_in.locator(row).get_attribute("hx-trigger") is None
