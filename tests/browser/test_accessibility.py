"""Every page and dialog: usable by everybody, readable on every width, nothing refused by the content policy."""

from typing import Any, Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]  # it ships no types
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import sign_in
from tests.browser.looks import AREAS, Look
from tests.factories import UserFactory, WorkspaceFactory, member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Colours are weighed where everything is seen, in both schemes; the other rules on a wide and on a narrow window.
ROUNDS: tuple[tuple[Literal["light", "dark"], int, dict[str, Any]], ...] = (
    ("light", 1440, {"runOnly": WCAG}),
    ("dark", 1440, {"runOnly": ["color-contrast"]}),
    ("dark", 360, {"runOnly": WCAG, "rules": {"color-contrast": {"enabled": False}}}),
)
# Colours follow a change of scheme with the next frame.
PAINTED = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
# Behind a modal dialog nothing can be reached; its own page is looked at without it.
WEIGH = """async (options) => {
  const found = await axe.run(document.querySelector("dialog[open]") ?? document, options);
  const told = (rule) => rule.nodes.map((node) => `${rule.id}: ${node.html}: ${node.failureSummary}`);
  return found.violations.flatMap(told);
}"""


def faults(page: Page) -> list[str]:
    """What is wrong with what the page shows now, in both schemes and widths."""
    found = []
    page.evaluate(AXE_SCRIPT)
    for scheme, width, rules in ROUNDS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        page.evaluate(PAINTED)
        reach = page.evaluate("document.documentElement.scrollWidth")
        if reach > width:
            found.append(f"{width}: the page scrolls sideways to {reach}")
        said = page.evaluate(WEIGH, rules | {"resultTypes": ["violations"]})
        found += [f"{scheme} {width}: {fault[:500]}" for fault in said]
    page.set_viewport_size({"width": 1440, "height": 800})
    page.emulate_media(color_scheme="light")
    return found


def show(page: Page, base: str, look: Look) -> None:
    page.goto(f"{base}{look.address}")
    for step in look.steps:
        step(page)


@pytest.mark.parametrize("area", AREAS)
def test_every_page_is_for_everybody(signed_in: Page, live_server: LiveServer, area: str) -> None:
    wrong = {}
    for number, look in enumerate(AREAS[area]()):
        show(signed_in, f"{live_server.url}/w/lune/", look)
        if found := faults(signed_in):
            wrong[f"{number} {look.address}"] = found
    assert not wrong, "\n".join(f"{address}\n  {fault}" for address, found in wrong.items() for fault in found)


def test_the_doors_are_for_everybody(quiet_page: Page, live_server: LiveServer) -> None:
    wrong = []
    base = live_server.url
    for address in ("/accounts/login/", "/accounts/password/reset/"):
        quiet_page.goto(base + address)
        wrong += faults(quiet_page)
    sign_in(quiet_page, live_server, UserFactory.create())
    quiet_page.goto(f"{base}/")
    wrong += faults(quiet_page)
    for page in ("password/change", "email", "2fa", "sessions", "logout"):
        quiet_page.goto(f"{base}/accounts/{page}/")
        wrong += [f"{page} {fault}" for fault in faults(quiet_page)]
    sign_in(quiet_page, live_server, member(WorkspaceFactory.create(slug="bare"), "Viewer").user)
    for address in ("/w/bare/users/", "/w/bare/users/new/", "/w/bare/segments/", "/w/other/users/"):
        quiet_page.goto(base + address)
        wrong += faults(quiet_page)
    assert not wrong, "\n".join(wrong)
