"""The picture of the README: USER360_SCREENSHOT=1 pytest tests/browser/test_screenshot.py draws it anew."""

import json
import os
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import maison_lune, sign_in
from tests.factories import member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PUBLISHED = Path(__file__).resolve().parents[2] / "docs" / "screenshot-list.png"
WIDTH, HEIGHT = 1440, 860
PEOPLE = 300
OPTED_IN = json.dumps({"all": [{"property": "emailOptin", "op": "is_true"}]})


@pytest.fixture
def chiara() -> User:
    """A member of a workspace of some hundred customers."""
    workspace = maison_lune(PEOPLE)
    return member(workspace, first_name="Chiara", last_name="Rossi", email="chiara@example.com").user


def test_the_list_is_drawn(chiara: User, quiet_page: Page, live_server: LiveServer, tmp_path: Path) -> None:
    quiet_page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    sign_in(quiet_page, live_server, chiara)
    quiet_page.goto(f"{live_server.url}/w/lune/users/?segment=seen-in-the-last-30-days&c={OPTED_IN}")
    expect(quiet_page.locator("tr[data-row]").first).to_be_visible()
    quiet_page.wait_for_load_state("networkidle")
    path = PUBLISHED if os.environ.get("USER360_SCREENSHOT") else tmp_path / "list.png"
    picture = quiet_page.screenshot(path=path)
    assert picture.startswith(b"\x89PNG")
    assert (int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])) == (WIDTH, HEIGHT)
    assert 20_000 < len(picture) < 300_000
