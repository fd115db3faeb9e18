"""A marketer imports users, groups them, corrects one and takes the group away as a file; a worker does the work."""

import csv
import io
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.db import connection
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import Trouble
from tests.browser.test_condition_builder import Editor
from tests.browser.worker import forget_old_messages
from tests.factories import PASSWORD, WorkspaceFactory, member
from user360.models import Member, Role, Workspace
from user360.tenancy import workspace_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# How long a busy machine may take to do what the worker is asked; nothing waits longer than it has to.
PATIENCE = 30_000
TOWNS = ("Paris", "Lyon", "Oslo")


@pytest.fixture
def marketer(transactional_db: None) -> Member:
    """A marketer who may also export."""
    workspace: Workspace = WorkspaceFactory.create(slug="lune", name="Maison Lune")
    made = member(workspace, "Marketer", email="chiara@example.com", username="chiara@example.com")
    with workspace_scope(workspace):
        made.roles.add(Role.objects.create(name="Exports", permissions=["insight.user360.export"]))
    return made


@pytest.fixture
def worker(transactional_db: None) -> Iterator[None]:
    """A worker of its own process."""
    forget_old_messages()
    command = [sys.executable, "-m", "tests.browser.worker", str(connection.settings_dict["NAME"])]
    process = subprocess.Popen(command)
    yield
    process.terminate()
    process.wait(30)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Thirty customers, ten of each town."""
    path = tmp_path / "customers.csv"
    rows = [[f"C{n}", f"Ann{n}", "Lee", f"ann{n}@example.com", TOWNS[n % 3]] for n in range(30)]
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows([["user_id", "first_name", "last_name", "email", "city"], *rows])
    return path


def test_from_a_file_to_a_file(
    marketer: Member, worker: None, file: Path, page: Page, live_server: LiveServer, trouble: Trouble
) -> None:
    trouble.watch(page)
    page.set_default_timeout(PATIENCE)
    page.goto(f"{live_server.url}/")
    signs_in(page)
    imports(page, file)
    makes_a_segment(page)
    moves_somebody_to_paris(page)
    sees_who_entered(page)
    names = downloads_the_segment(page)
    assert sorted(names) == sorted(["C1", *(f"C{n}" for n in range(0, 30, 3))])


def signs_in(page: Page) -> None:
    page.get_by_role("textbox", name=re.compile("E-?mail", re.IGNORECASE)).fill("chiara@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile("/w/lune/users/"))


def imports(page: Page, file: Path) -> None:
    page.get_by_role("button", name="Add user").click()
    page.locator("#add-user").get_by_role("link", name="Import users").click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Upload and continue").click()
    expect(page.locator("[data-mapping-row]")).to_have_count(5)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/conflicts/")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/tags/")
    page.get_by_role("button", name="Check the whole file").click()
    page.get_by_role("button", name="Import 30 users").click(timeout=PATIENCE)
    page.wait_for_url("**/logs/*/")
    expect(page.locator("#log")).to_contain_text("Completed", timeout=PATIENCE)


def makes_a_segment(page: Page) -> None:
    page.get_by_role("link", name="Segments").click()
    page.get_by_role("link", name="New segment").first.click()
    page.get_by_label("Name").fill("Parisians")
    editor = Editor(page)
    editor.choose(editor.row(0), "city")
    value = editor.row(0).get_by_label("Add a value")
    value.fill("Paris")
    value.press("Enter")
    editor.counted("10", "10")
    page.get_by_role("button", name="Create segment").click()
    page.wait_for_url("**/segments/parisians/")


def moves_somebody_to_paris(page: Page) -> None:
    page.get_by_role("link", name="Users", exact=True).click()
    search = page.locator("#search")
    search.fill("ann1@example.com")
    search.press("Enter")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    page.get_by_role("link", name="Ann1 Lee", exact=True).click()
    page.get_by_role("link", name="Edit City").first.click()
    box = page.locator("[data-inline-edit]").get_by_label("City")
    box.fill("Paris")
    box.press("Enter")
    expect(page.get_by_role("link", name="Edit City, now Paris").first).to_be_visible()


def sees_who_entered(page: Page) -> None:
    page.get_by_role("link", name="Segments").first.click()
    page.get_by_role("link", name="Parisians").click()
    entered = page.get_by_role("row", name=re.compile("Ann1 Lee.*Entered"))
    for _ in range(PATIENCE // 500):
        if entered.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(entered).to_be_visible()


def downloads_the_segment(page: Page) -> list[str]:
    """The user IDs in the file."""
    page.get_by_role("link", name="Show users").click()
    expect(page.locator("tr[data-row]")).to_have_count(11)
    page.get_by_role("link", name="Export User").click()
    page.get_by_role("dialog").get_by_role("button", name="Download").click()
    page.wait_for_url("**/logs/*/")
    with page.expect_download(timeout=PATIENCE) as download:
        page.get_by_role("link", name="Download").click(timeout=PATIENCE)
    with ZipFile(io.BytesIO(download.value.path().read_bytes())) as archive:
        (name,) = archive.namelist()
        rows = list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))
    return [row["User ID"] for row in rows]
