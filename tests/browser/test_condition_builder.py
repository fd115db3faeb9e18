"""Conditions are built with the mouse, with the keyboard alone and on a narrow screen; counts follow."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it ships no types
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SETTLING = 200
PARIS = {"property": "city", "op": "is", "value": "Paris"}
GOLD = {"tag": "Tier", "op": "is", "value": "Gold"}
OPTED = {"any": [{"property": "emailOptin", "op": "is_true"}, {"property": "smsOptin", "op": "is_true"}]}


class Editor:
    """The rule builder on a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.root = page.locator("[data-condition-editor]")

    @property
    def definition(self) -> Any:
        """What the form would send."""
        return json.loads(self.root.locator("textarea").input_value())

    def row(self, place: int) -> Locator:
        """The conditions in the order in which they are seen."""
        return self.root.locator(".rule").nth(place)

    def choose(self, row: Locator, subject: str) -> None:
        """Finds the subject of a condition by typing and takes the first that is found."""
        row.get_by_role("button", name="Choose what it is about").click()
        self.page.get_by_role("combobox", name="Search").fill(subject)
        self.page.locator(".picker [role='option']").first.click()

    def add(self, what: str, within: Locator | None = None) -> None:
        """Presses + Condition or + Group of a group, the outermost by default."""
        (within or self.root).locator(".rule-add").last.get_by_role("button", name=what).click()

    def counted(self, *counts: str) -> None:
        """Waits for the counts of header and rows from top to bottom."""
        found = self.root.locator(".rule-group-header > .count, .rule > .count")
        expect(found).to_have_text([f"{count} user" if count == "1" else f"{count} users" for count in counts])


@pytest.fixture
def open_editor(page_as, live_server, page: Page) -> Iterator[Callable[..., Editor]]:
    """The dialog over the list, with these conditions."""

    def opened(definition: object = None, role: str = "Marketer", more: str = "") -> Editor:
        page = page_as(role)
        page.emulate_media(reduced_motion="reduce")
        c = f"c={quote(json.dumps(definition))}" if definition else ""
        page.goto(f"{live_server.url}/w/acme/users/?{c}{more}")
        page.locator("#query-bar").get_by_role("link", name="Condition").click()
        expect(page.locator("[data-condition-tree] > .rule-group")).to_be_visible()
        return Editor(page)

    yield opened
    # Nothing may still be counted when the database is emptied.
    expect(page.locator(".is-counting")).to_have_count(0)
    page.goto("about:blank")
    page.wait_for_timeout(SETTLING)


def test_a_nested_tree_is_built_with_the_mouse_and_queried(open_editor, live_server) -> None:
    editor = open_editor(more="&sort=city&size=25")
    editor.choose(editor.row(0), "city")
    value = editor.row(0).get_by_label("Add a value")
    value.fill("par")
    editor.page.locator(".options [role='option']", has_text="Paris").click()
    editor.counted("2", "2")
    editor.add("Group")
    editor.choose(editor.row(1), "tier")
    editor.row(1).get_by_label("Add a value").fill("Gold")
    editor.row(1).get_by_label("Add a value").press("Enter")
    editor.add("Condition", editor.root.locator(".rule-group .rule-group"))
    editor.choose(editor.row(2), "sms opt")
    assert editor.definition == {"all": [PARIS, {"any": [GOLD, {"property": "smsOptin", "op": "is_true"}]}]}
    editor.counted("2", "2", "4", "2", "2")
    expect(editor.root.locator("[data-condition-words]")).to_have_text(
        "City is Paris, and (Tier is Gold, or SMS opt-in is true)."
    )
    editor.root.locator(".rule-group .rule-group").get_by_role("radio", name="None").check()
    editor.counted("0", "2", "2", "2", "2")
    expected = editor.definition
    assert expected["all"][1] == {"not": {"any": [GOLD, {"property": "smsOptin", "op": "is_true"}]}}
    editor.page.get_by_role("dialog").get_by_role("button", name="Query").click()
    editor.page.wait_for_url("**/users/?*c=*")
    sent = parse_qs(urlsplit(editor.page.url).query)
    assert json.loads(sent["c"][0]) == expected
    assert (sent["sort"], sent["size"]) == (["city"], ["25"])
    assert set(sent) == {"c", "sort", "size"}


def test_a_nested_tree_is_built_with_the_keyboard_alone(open_editor) -> None:
    editor = open_editor({"all": [PARIS, GOLD]})
    keyboard = editor.page.keyboard
    expect(editor.row(0).locator(".rule-pick")).to_be_focused()
    editor.row(1).get_by_role("button", name="Move condition on Tier", exact=True).focus()
    keyboard.press("Alt+ArrowRight")
    assert editor.definition == {"all": [PARIS, {"any": [GOLD]}]}
    keyboard.press("Alt+ArrowUp")
    assert editor.definition == {"all": [PARIS, GOLD]}
    keyboard.press("Alt+ArrowUp")
    assert editor.definition == {"all": [GOLD, PARIS]}
    expect(editor.root.get_by_role("status")).to_contain_text("Moved up, now 1 of 2")
    keyboard.press("Alt+ArrowUp")
    expect(editor.root.get_by_role("status")).to_contain_text("It cannot go further")
    keyboard.press("Enter")
    for _ in range(3):
        keyboard.press("ArrowDown")
    keyboard.press("Enter")
    expect(editor.row(0).locator(".rule-grip")).to_be_focused()
    editor.root.locator(".rule-add").last.get_by_role("button", name="Condition").focus()
    keyboard.press("Enter")
    expect(editor.row(2).locator(".rule-pick")).to_be_focused()
    keyboard.press("Enter")
    keyboard.type("age")
    keyboard.press("Enter")
    expect(editor.row(2).get_by_label("Value")).to_be_focused()
    keyboard.press("Shift+Tab")
    keyboard.type("is bet")
    keyboard.press("Tab")
    keyboard.type("30")
    keyboard.press("Tab")
    keyboard.type("40")
    between = {"property": "age", "op": "between", "value": [30, 40]}
    assert editor.definition["all"][-1] == between
    editor.row(2).get_by_role("button", name="Remove").focus()
    keyboard.press("Enter")
    assert between not in editor.definition["all"]
    keyboard.press("Escape")
    expect(editor.page.get_by_role("dialog")).to_have_count(0)


def test_conditions_and_groups_are_dragged(open_editor) -> None:
    editor = open_editor({"all": [PARIS, OPTED, GOLD]})
    grips = editor.root.locator(".rule-grip")

    def drag(grip: Locator, target: Locator, *, lower: bool) -> None:
        from_, to = grip.bounding_box(), target.bounding_box()
        assert from_
        assert to
        mouse = editor.page.mouse
        mouse.move(from_["x"] + 8, from_["y"] + 8)
        mouse.down()
        mouse.move(to["x"] + 60, to["y"] + to["height"] / 2, steps=4)
        mouse.move(to["x"] + 60, to["y"] + (to["height"] - 3 if lower else 3), steps=2)
        mouse.up()

    drag(grips.last, editor.row(0), lower=False)
    assert editor.definition == {"all": [GOLD, PARIS, OPTED]}
    drag(editor.row(0).locator(".rule-grip"), editor.row(2), lower=True)
    first, second = OPTED["any"]
    assert editor.definition == {"all": [PARIS, {"any": [first, GOLD, second]}]}
    drag(editor.root.locator(".rule-group .rule-group-header .rule-grip").first, editor.row(0), lower=False)
    assert editor.definition == {"all": [{"any": [first, GOLD, second]}, PARIS]}
    expect(editor.page.locator(".menu:popover-open")).to_have_count(0)


def test_pasted_lines_become_values_and_each_can_be_removed(open_editor) -> None:
    editor = open_editor({"all": [{"property": "city", "op": "in", "value": ["Oslo"]}]})
    lines = "\n".join(["Oslo", "Paris", "", " Lyon ", "paris", *(f"Town {n}" for n in range(2100))])
    editor.row(0).get_by_label("Add a value").evaluate(
        """(input, text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text", text);
            input.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}));
        }""",
        lines,
    )
    values = editor.definition["all"][0]["value"]
    assert len(values) == 2000
    assert values[:4] == ["Oslo", "Paris", "Lyon", "Town 0"]
    expect(editor.root.locator("[data-condition-note]")).to_contain_text("103 were left out")
    editor.counted("4", "4")
    editor.row(0).get_by_role("button", name="Remove Oslo").click()
    assert editor.definition["all"][0]["value"][0] == "Paris"
    editor.counted("3", "3")
    editor.row(0).locator(".rule-operator").select_option("is")
    assert len(editor.definition["all"][0]["value"]) == 1999
    editor.row(0).locator(".rule-operator").select_option("known")
    assert editor.definition == {"all": [{"property": "city", "op": "known"}]}
    editor.counted("5", "5")


@pytest.mark.parametrize(
    ("leaf", "filled"),
    [
        ({"property": "dob", "op": "last", "value": {"n": 3, "unit": "weeks"}}, {"How many": "3", "Unit": "weeks"}),
        ({"property": "dob", "op": "between", "value": ["1990-01-01", "1999-12-31"]}, {"To": "1999-12-31"}),
        ({"property": "dob", "op": "anniversary", "value": {"month": 2, "day": 29}}, {"Month": "2"}),
        (
            {"property": "dob", "op": "anniversary", "value": {"next": {"n": 7, "unit": "days"}}},
            {"How many days": "7"},
        ),
        ({"property": "createdAt", "op": "before", "value": "2026-01-02T10:00:00+00:00"}, {}),
        ({"property": "age", "op": "eq", "value": 31.5}, {"Value": "31.5"}),
        ({"source": "Manual entry", "op": "is_not"}, {}),
        ({"identity": "mobile", "op": "starts_with", "value": ["+33", "+49"]}, {}),
        ({"property": "gone", "op": "is", "value": "x"}, {}),
        ({"event": "purchase", "op": "occurred"}, {}),
        ({"property": "city", "op": "eq", "value": "x", "strange": 1}, {}),
    ],
)
def test_what_was_written_is_shown_and_stays_as_it_was(open_editor, leaf, filled) -> None:
    editor = open_editor({"any": [leaf, {"not": {"all": [PARIS]}}, {"not": PARIS}, {"any": []}]})
    for label, value in filled.items():
        expect(editor.row(0).get_by_label(label, exact=True)).to_have_value(value)
    editor.row(1).locator(".rule-operator").select_option("is_not")
    changed = PARIS | {"op": "is_not"}
    assert editor.definition == {"any": [leaf, {"not": {"all": [changed]}}, {"not": {"any": [PARIS]}}, {"any": []}]}


def test_an_error_stands_at_its_row_and_the_others_are_counted(open_editor) -> None:
    editor = open_editor({"all": [PARIS, {"identity": "email", "op": "is", "value": "no address"}]})
    row = editor.row(1)
    expect(row.locator(".rule-error")).to_be_visible()
    described = row.get_by_label("Add a value").get_attribute("aria-describedby")
    assert described == row.locator(".rule-error").get_attribute("id")
    expect(row.get_by_label("Add a value")).to_have_attribute("aria-invalid", "true")
    expect(editor.row(0).locator(".count")).to_have_text("2 users")
    row.get_by_role("button", name="Remove condition").click()
    editor.counted("2", "2")


def test_an_unfinished_condition_is_left_out_until_the_form_is_sent(open_editor) -> None:
    editor = open_editor({"all": [PARIS]})
    editor.add("Condition")
    editor.choose(editor.row(1), "country")
    editor.add("Group")
    assert editor.definition == {"all": [PARIS]}
    expect(editor.row(0).locator(".count")).to_have_text("2 users")
    expect(editor.row(1).locator(".count")).to_have_text("unfinished")
    before = editor.page.url
    editor.page.get_by_role("dialog").get_by_role("button", name="Query").click()
    expect(editor.row(1).locator(".rule-error")).to_have_text("Give a value, or remove this condition.")
    expect(editor.row(1).get_by_label("Add a value")).to_be_focused()
    assert editor.page.url == before


def test_groups_go_six_deep_and_no_deeper(open_editor) -> None:
    tree: dict[str, Any] = {"all": [PARIS]}
    for _ in range(5):
        tree = {"all": [tree, GOLD]}
    editor = open_editor(tree)
    editor.root.locator(".rule-add").first.get_by_role("button", name="Group").click()
    expect(editor.root.locator("[data-condition-note]")).to_contain_text("at most 6 deep")
    assert editor.definition == tree


def test_the_definition_can_be_written_by_hand(open_editor) -> None:
    editor = open_editor()
    editor.root.get_by_text("Definition (JSON)").click()
    text = editor.root.locator("textarea")
    text.fill(json.dumps(OPTED))
    text.press("Tab")
    editor.counted("4", "2", "2")
    text.fill('{"all": [')
    text.press("Tab")
    expect(editor.root.locator("[data-condition-note]")).to_contain_text("cannot be shown as rules")
    text.fill(json.dumps(PARIS))
    text.press("Tab")
    editor.counted("2", "2")
    expect(editor.root.locator("[data-condition-note]")).to_be_hidden()


def test_a_superseded_count_is_let_go(open_editor) -> None:
    editor = open_editor({"all": [PARIS]})
    editor.counted("2", "2")
    let_go: list[str] = []
    editor.page.on("requestfailed", lambda request: let_go.append(request.url))
    editor.page.route("**/conditions/counts/", lambda _: None, times=1)
    with editor.page.expect_request("**/conditions/counts/"):
        editor.row(0).locator(".rule-operator").select_option("is_not")
    editor.row(0).locator(".rule-operator").select_option("known")
    editor.counted("5", "5")
    assert len(let_go) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_every_width_and_passes_axe(open_editor, scheme) -> None:
    wrong = {"property": "age", "op": "between", "value": [60, 20]}
    editor = open_editor(
        {"all": [GOLD, wrong, {"event": "purchase", "op": "occurred"}, {"not": {"any": [OPTED, PARIS]}}]}
    )
    editor.page.emulate_media(color_scheme=scheme)
    editor.add("Condition")
    expect(editor.root.locator(".rule-error:visible")).to_have_count(2)
    for width in (360, 1024, 1440):
        editor.page.set_viewport_size({"width": width, "height": 860})
        body = editor.page.locator("#dialog .dialog-body")
        assert body.evaluate("body => body.scrollWidth <= body.clientWidth"), width
        assert violations(editor.page, "#dialog") == [], width
        for opener in (".rule-pick", ".rule-grip"):
            # What lies half below an open menu has no room of its own, so the menu alone is looked at.
            editor.row(0).locator(opener).click()
            assert violations(editor.page, ".menu:popover-open") == [], (width, opener)
            editor.page.keyboard.press("Escape")


def violations(page: Page, within: str) -> list[tuple[str, list[str]]]:
    found = Axe().run(page, context=within, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found.response["violations"]]


def test_without_scripts_the_definition_is_read_in_words_and_edited_as_json(page_as, live_server, browser) -> None:
    signed_in = page_as("Marketer")
    plain = browser.new_context(java_script_enabled=False, storage_state=signed_in.context.storage_state())
    page = plain.new_page()
    page.goto(f"{live_server.url}/w/acme/conditions/editor/?c={quote(json.dumps(PARIS))}")
    expect(page.get_by_text("City is Paris.")).to_be_visible()
    page.get_by_text("Definition (JSON)").click()
    page.get_by_label("Conditions as JSON").fill(json.dumps(GOLD))
    page.get_by_role("button", name="Query").click()
    assert json.loads(parse_qs(urlsplit(page.url).query)["c"][0]) == GOLD
    plain.close()
