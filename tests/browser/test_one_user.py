"""One user in the browser: values edited in their place, tags, neighbours, a new user judged field by field."""

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.factories import profile, prop, tag
from user360.models import Profile, Source, Workspace
from user360.services.profiles import Origin, update_profile
from user360.services.tags import tag_profile

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ann(workspace: Workspace) -> Profile:
    prop("spent", "number")
    crm = Origin(source=Source.objects.create(name="CRM"))
    values = {"firstName": "Ann", "lastName": "Lee", "city": "Paris", "email": f"ann.{'l' * 60}@example.com"}
    return profile(values, user_id="C-1", tags={"Interest": "Running"}, origin=crm)


@pytest.fixture
def see(page_as, live_server, ann: Profile) -> Callable[..., Page]:
    """Ann's page."""

    def opened(query: str = "", role: str = "Marketer") -> Page:
        page = page_as(role)
        page.emulate_media(reduced_motion="reduce")
        page.goto(f"{live_server.url}/w/acme/users/{ann.pk}/{query}")
        return page  # type: ignore[no-any-return]

    return opened


def fact(page: Page, key: str) -> Locator:
    """A value on the left."""
    return page.locator(f"#profile-about [data-fact='{key}']")


def row(page: Page, key: str) -> Locator:
    """A value in the table of properties."""
    return page.locator(f"#properties [data-fact='{key}']")


def edit(place: Locator) -> Locator:
    """Opens the input, which then has the focus."""
    place.get_by_role("link").click()
    box = place.locator("input:not([type=hidden]), select, textarea")
    expect(box).to_be_focused()
    return box


def saved_meanwhile(ann: Profile, **values: object) -> None:
    update_profile(profile_id=ann.pk, values=values, origin=Origin())


def test_enter_saves_and_every_place_follows(see: Callable[..., Page]) -> None:
    page = see("?tab=properties")
    edit(fact(page, "firstName")).fill("Zoe")
    page.keyboard.press("Enter")
    expect(fact(page, "firstName").get_by_role("link")).to_have_text("Zoe")
    expect(fact(page, "firstName").get_by_role("link")).to_be_focused()
    expect(fact(page, "firstName").get_by_role("img", name=re.compile("Edited by hand"))).to_be_visible()
    expect(row(page, "firstName")).to_contain_text("CRM says Ann")
    expect(page.get_by_role("heading", level=1)).to_have_text("Zoe Lee")


def test_escape_leaves_the_value_alone(see: Callable[..., Page], ann: Profile) -> None:
    page = see()
    edit(fact(page, "city")).fill("Nowhere")
    page.keyboard.press("Escape")
    expect(fact(page, "city").get_by_role("link")).to_have_text("Paris")
    ann.refresh_from_db()
    assert (ann.city, ann.version) == ("Paris", 1)


def test_leaving_the_input_saves_without_calling_the_focus_back(see: Callable[..., Page]) -> None:
    page = see()
    edit(fact(page, "city")).fill("Nice")
    page.get_by_role("link", name="Properties").focus()
    expect(fact(page, "city").get_by_role("link")).to_have_text("Nice")
    expect(page.get_by_role("link", name="Properties")).to_be_focused()


def test_a_choice_and_a_date_are_edited_by_their_type(see: Callable[..., Page]) -> None:
    page = see()
    edit(fact(page, "smsOptin")).select_option("true")
    page.keyboard.press("Tab")
    expect(fact(page, "smsOptin").get_by_role("link")).to_have_text("Yes")
    edit(fact(page, "dob")).fill("1900-01-01")
    page.keyboard.press("Enter")
    expect(fact(page, "age")).to_contain_text(re.compile("1[0-9]{2}"))


def test_a_wrong_value_says_so_in_its_place_and_holds_nobody(see: Callable[..., Page]) -> None:
    page = see("?tab=properties")
    box = edit(row(page, "spent"))
    box.fill("much")
    page.keyboard.press("Enter")
    expect(row(page, "spent")).to_contain_text("Not a number")
    expect(row(page, "spent").locator("input:not([type=hidden])")).to_be_focused()
    page.get_by_role("link", name="Timeline").focus()
    expect(page.get_by_role("link", name="Timeline")).to_be_focused()
    row(page, "spent").locator("input:not([type=hidden])").press("Escape")
    expect(row(page, "spent").get_by_role("link")).to_be_visible()


@pytest.mark.parametrize(("answer", "kept"), [("Save mine", "Lyon"), ("Keep theirs", "Nice")])
def test_of_two_values_somebody_chooses(see: Callable[..., Page], ann: Profile, answer: str, kept: str) -> None:
    page = see()
    box = edit(fact(page, "city"))
    saved_meanwhile(ann, city="Nice")
    box.fill("Lyon")
    page.keyboard.press("Enter")
    expect(fact(page, "city")).to_contain_text("Somebody else saved “Nice”")
    fact(page, "city").get_by_role("button", name=answer).click()
    expect(fact(page, "city").get_by_role("link")).to_have_text(kept)
    ann.refresh_from_db()
    assert ann.city == kept


def test_a_pin_is_released_in_its_row(see: Callable[..., Page], ann: Profile) -> None:
    saved_meanwhile(ann, city="Nice")
    page = see("?tab=properties")
    row(page, "city").get_by_role("button", name="Follow the source again").click()
    expect(row(page, "city").get_by_role("link")).to_have_text("Paris")
    expect(fact(page, "city").get_by_role("link")).to_have_text("Paris")
    expect(page.locator(".toast")).to_contain_text("follows its source again")


def test_properties_are_found_by_their_words(see: Callable[..., Page]) -> None:
    page = see("?tab=properties")
    page.get_by_role("searchbox", name="Find a property").fill("opt-in sms")
    expect(page.locator("#properties tbody tr:visible")).to_have_count(1)
    page.get_by_role("searchbox", name="Find a property").fill("zzz")
    expect(page.get_by_text("No property or value holds these words.")).to_be_visible()


def test_a_long_value_shows_whole_when_pointed_at_or_focused(see: Callable[..., Page], ann: Profile) -> None:
    page = see()
    fact(page, "email").get_by_role("link").focus()
    expect(fact(page, "email").get_by_role("link")).to_have_attribute("data-tooltip", str(ann.email))
    fact(page, "city").get_by_role("link").hover()
    expect(fact(page, "city").get_by_role("link")).not_to_have_attribute("data-tooltip", re.compile("."))


def test_tabs_are_addresses_and_back_leads_through_them(see: Callable[..., Page]) -> None:
    page = see("?tab=properties")
    page.locator("#profile-tab .tabs").get_by_role("link", name="Timeline").click()
    expect(page).to_have_url(re.compile("tab=timeline"))
    expect(page.locator("#timeline")).to_be_visible()
    page.go_back()
    expect(page.locator("#properties")).to_be_visible()
    page.get_by_role("link", name=re.compile("Identity information")).click()
    expect(page.locator("#profile-about").get_by_text("C-1", exact=True)).to_be_visible()
    expect(page.locator("#properties")).to_be_visible()


def test_older_records_come_below_the_newer_ones(see: Callable[..., Page], ann: Profile) -> None:
    for number in range(12):
        saved_meanwhile(ann, city=f"Place {number}")
    page = see()
    records = page.locator("#timeline > li:not(.timeline-day, .timeline-older)")
    expect(records).to_have_count(10)
    page.get_by_role("link", name="Older").click()
    expect(records).to_have_count(14)
    expect(records.nth(13)).to_contain_text("User created")


def test_values_picked_and_typed_are_listed_before_ok(see: Callable[..., Page], ann: Profile) -> None:
    tag_profile(profile_id=profile().pk, add=[(tag("Interest"), "Books")], origin=Origin())
    page = see()
    page.get_by_role("link", name="Tag", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Tag", exact=True).select_option(label="Interest")
    dialog.get_by_role("button", name="Books").click()
    dialog.get_by_role("textbox", name="Value").fill("running")
    page.keyboard.press("Enter")
    dialog.get_by_role("textbox", name="Value").fill("Chess")
    page.keyboard.press("Enter")
    chosen = dialog.locator("[data-tag-chosen] > .tag")
    expect(chosen).to_have_text(["Interest: Books", "Interest: Running", "Interest: Chess"])
    dialog.get_by_role("button", name="Do not add Interest: Books").click()
    dialog.get_by_role("checkbox", name="Interest: Running").check()
    dialog.get_by_role("button", name="OK", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(page.locator("#profile-tab .tag", has_text="Interest: Chess")).to_be_visible()
    expect(page.locator("#profile-tab .tag", has_text="Books")).to_have_count(0)


def test_the_dialog_keeps_what_was_typed_beside_what_is_wrong(see: Callable[..., Page], ann: Profile) -> None:
    page = see()
    page.get_by_role("link", name="Edit", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.locator("[name=city]").fill("Kyiv")
    dialog.locator("[name=email]").fill("not one")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.locator("[name=email]")).to_be_focused()
    expect(dialog.locator("[name=city]")).to_have_value("Kyiv")
    dialog.locator("[name=email]").fill("ann@example.com")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(fact(page, "city")).to_contain_text("Kyiv")


def test_a_new_user_is_judged_field_by_field(see: Callable[..., Page], ann: Profile) -> None:
    page = see()
    page.goto(re.sub(r"/users/.*", "/users/new/", page.url))
    page.get_by_label("User ID").fill("C-1")
    page.keyboard.press("Tab")
    expect(page.get_by_role("alert")).to_contain_text("belongs to a user already")
    expect(page.get_by_label("Mobile")).to_be_focused()
    page.get_by_role("link", name="Open that user").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ann Lee")


def test_next_leads_through_the_list_one_came_from(see: Callable[..., Page]) -> None:
    page = see()
    conditions = quote('{"property": "city", "op": "is", "value": "Paris"}')
    page.goto(re.sub("/users/.*", f"/users/?c={conditions}", page.url))
    page.locator("[data-row-open]").first.click()
    first = page.get_by_role("heading", level=1).inner_text()
    expect(page.get_by_role("link", name="Next user")).to_be_visible()
    page.keyboard.press("j")
    expect(page.get_by_role("heading", level=1)).not_to_have_text(first)
    expect(page.get_by_role("link", name="Previous user")).to_be_visible()
    page.keyboard.press("k")
    expect(page.get_by_role("heading", level=1)).to_have_text(first)
