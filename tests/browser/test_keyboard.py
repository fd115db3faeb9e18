"""The list, its columns and its conditions with the keyboard alone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PageAs

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def users(page_as: PageAs, live_server) -> Page:
    """The list of an administrator."""
    page = page_as()
    page.goto(f"{live_server.url}/w/acme/users/")
    expect(page.locator("tr[data-row]")).to_have_count(6)
    return page


def focused(page: Page) -> str:
    """The text of the row or control that has the focus."""
    return page.evaluate(  # type: ignore[no-any-return]
        "(document.activeElement.closest('tr[data-row]') ?? document.activeElement).textContent.trim()"
    )


def dialog_is_open(page: Page) -> None:
    expect(page.locator("dialog[open]")).to_be_visible()


def dialog_is_gone(page: Page) -> None:
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_one_goes_through_the_rows_ticks_and_opens_one(users: Page) -> None:
    rows = [row.strip() for row in users.locator("tr[data-row]").all_text_contents()]
    users.keyboard.press("j")
    assert focused(users) == rows[0]
    users.keyboard.press("j")
    users.keyboard.press("j")
    users.keyboard.press("k")
    assert focused(users) == rows[1]
    users.keyboard.press("x")
    expect(users.locator("[data-selection-count]")).to_have_text("1 selected")
    users.keyboard.press("j")
    users.keyboard.press("x")
    expect(users.locator("[data-selection-count]")).to_have_text("2 selected")
    users.keyboard.press("x")
    expect(users.locator("[data-selection-count]")).to_have_text("1 selected")
    users.keyboard.press("Enter")
    expect(users).to_have_url(re.compile(r"/users/\d+/"))


def test_one_searches_and_leaves_the_search(users: Page) -> None:
    users.keyboard.press("/")
    expect(users.get_by_role("searchbox", name="Search name")).to_be_focused()
    users.keyboard.type("Tunde")
    users.keyboard.press("Enter")
    expect(users.locator("tr[data-row]")).to_have_count(1)
    expect(users).to_have_url(re.compile("q=Tunde"))


def test_the_list_of_keys_names_those_of_the_page(users: Page) -> None:
    users.keyboard.press("?")
    dialog_is_open(users)
    for name in ("Search", "Conditions", "Columns"):
        expect(users.locator("dialog[open]")).to_contain_text(name)
    users.keyboard.press("Escape")
    dialog_is_gone(users)


def test_columns_are_chosen_and_put_in_order(users: Page) -> None:
    heads = [head.strip() for head in users.locator("thead th").all_text_contents()]
    users.keyboard.press("c")
    dialog_is_open(users)
    shown = users.locator("[data-columns-shown] [data-column-label]")
    before = shown.all_text_contents()
    users.locator("[data-columns-shown] input").nth(0).focus()
    users.keyboard.press("Alt+ArrowDown")
    users.keyboard.press("Alt+ArrowDown")
    users.keyboard.press("Alt+ArrowUp")
    assert shown.all_text_contents() == [before[1], before[0], *before[2:]]
    users.keyboard.press("Enter")
    dialog_is_gone(users)
    expect(users.locator("thead th").nth(2)).to_have_text(heads[3])
    expect(users.locator("thead th").nth(3)).to_have_text(heads[2])


def test_escape_closes_the_columns_and_gives_the_focus_back(users: Page) -> None:
    users.keyboard.press("c")
    dialog_is_open(users)
    users.keyboard.press("Escape")
    dialog_is_gone(users)
    expect(users.get_by_role("link", name="Column Display")).to_be_focused()
