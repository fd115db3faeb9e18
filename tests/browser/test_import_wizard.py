"""A member leads a file through all steps of an import, and the rows that failed through it once more."""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import PageAs, Trouble
from tests.browser.test_accessibility import faults
from user360.models import Job, Profile, Workspace
from user360.services import jobs

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HEADER = ["customer_id", "birthday", "city", "plan", "mobile"]
ROWS = [
    ["C1", "19800131", "Lyon", "gold", "+33612345678"],
    ["C2", "19751231", "Oslo", "gold", "+4740612345"],
    ["C3", "19801301", "Nice", "silver", "+33612345679"],
    ["C4", "20000229", "Rome", "silver", "9.19E+11"],
    ["C5", "19991231", "Bonn", "gold", "0612345678"],
]
CORRECTED = {"C3": {"birthday": "19800113"}, "C4": {"mobile": "+919876543210"}, "C5": {"mobile": "+33698765432"}}


def written(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


def does_the_work() -> Job:
    """Does what was asked for last, as a worker would."""
    job: Job = Job.objects.latest("pk")
    jobs.run(job.pk)
    job.refresh_from_db()
    return job


def uploads(page: Page, file: Path) -> None:
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Upload and continue").click()
    page.wait_for_url("**/map/")


def goes_on_to_the_review(page: Page) -> None:
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/conflicts/")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/tags/")
    page.get_by_role("button", name="Check the whole file").click()
    expect(page.get_by_text("Nothing is written yet.")).to_be_visible()
    does_the_work()


def figures(page: Page) -> dict[str, int]:
    page.locator(".tiles").wait_for()
    return {
        tile.locator("dt").inner_text(): int(tile.locator("dd").inner_text())
        for tile in page.locator(".tiles .tile").all()
    }


def test_a_file_is_imported_and_its_failed_rows_corrected(
    page_as: PageAs, workspace: Workspace, live_server: LiveServer, tmp_path: Path, trouble: Trouble
) -> None:
    page = page_as("Marketer")
    trouble.watch(page)
    page.emulate_media(reduced_motion="reduce")
    before = Profile.objects.count()
    page.goto(f"{live_server.url}/w/acme/imports/new/")
    uploads(page, written(tmp_path / "fair.csv", [HEADER, *ROWS]))

    birthday = page.locator("#column-1")
    birthday.get_by_label("How dates of birthday are written").select_option("iso")
    expect(birthday).to_contain_text("looks like a date written YYYYMMDD")
    assert faults(page) == []
    birthday.get_by_role("link", name="Read this column as YYYYMMDD").click()
    expect(birthday.get_by_label("How dates of birthday are written")).to_have_value("yyyymmdd")
    page.get_by_label("plan goes to").select_option("-")
    expect(page.locator("[data-mapping-out]")).to_have_text("Not imported: plan")

    goes_on_to_the_review(page)
    assert figures(page) == {
        "New": 2, "Updated": 0, "Unchanged": 0, "Joined to one user": 0, "Failed": 3, "Empty": 0,
    }  # fmt: skip
    expect(page.get_by_role("row", name=re.compile("4 birthday 19801301"))).to_be_visible()
    expect(page.get_by_text("a number that a spreadsheet shortened")).to_be_visible()
    assert faults(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Download to correct").click()
    page.get_by_role("button", name="Import 2 users").click()
    page.wait_for_url("**/logs/*/")
    assert does_the_work().counts["new"] == 2
    expect(page.locator("#log")).to_contain_text("Completed")
    assert Profile.objects.count() == before + 2

    with download.value.path().open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["customer_id"] for row in rows] == ["C3", "C4", "C5"]
    mended = [{**row, **CORRECTED[row["customer_id"]]} for row in rows]
    page.goto(f"{live_server.url}/w/acme/imports/new/")
    uploads(page, written(tmp_path / "errors.csv", [list(mended[0]), *(list(row.values()) for row in mended)]))
    expect(page.locator("[data-mapping-out]")).to_contain_text("line, result, error_code, error_column, error_message")
    goes_on_to_the_review(page)
    assert figures(page)["New"] == 3
    page.get_by_role("button", name="Import 3 users").click()
    page.wait_for_url("**/logs/*/")
    assert does_the_work().state == Job.State.COMPLETED
    assert set(Profile.objects.filter(user_id__in=CORRECTED).values_list("city", flat=True)) == {
        "Nice",
        "Rome",
        "Bonn",
    }


def test_a_refused_file_says_why_and_stays_chosen(
    page_as: PageAs, workspace: Workspace, live_server: LiveServer, tmp_path: Path, trouble: Trouble
) -> None:
    page = page_as("Marketer")
    trouble.watch(page)
    page.goto(f"{live_server.url}/w/acme/imports/new/")
    page.locator("input[type=file]").set_input_files(written(tmp_path / "bare.csv", [HEADER]))
    page.get_by_role("button", name="Upload and continue").click()
    expect(page.get_by_role("alert")).to_contain_text("nothing to import")
    expect(page.get_by_role("button", name="Upload and continue")).to_be_enabled()
    uploads(page, written(tmp_path / "fair.csv", [HEADER, *ROWS]))
    expect(page.locator("[data-mapping-row]")).to_have_count(len(HEADER))


def test_a_review_that_was_overtaken_is_checked_again_by_itself(
    page_as: PageAs, workspace: Workspace, live_server: LiveServer, tmp_path: Path, trouble: Trouble
) -> None:
    page = page_as("Marketer")
    trouble.watch(page)
    page.goto(f"{live_server.url}/w/acme/imports/new/")
    uploads(page, written(tmp_path / "fair.csv", [HEADER, *ROWS]))
    goes_on_to_the_review(page)
    figures(page)
    page.get_by_role("link", name="Conflicts").click()
    page.get_by_role("radio", name="Skip existing users").check()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/tags/")
    page.get_by_role("link", name="Review").click()
    expect(page.get_by_text("Nothing is written yet.")).to_be_visible()
    does_the_work()
    assert "Skipped" in figures(page)
