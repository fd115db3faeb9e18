"""The dialog over the list, with and without scripts."""

import json
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

PARIS = json.dumps({"all": [{"property": "city", "op": "is", "value": "Paris"}]})


@pytest.fixture
def shown_page(workspace, client_as: Callable[[str], Client]) -> Callable[..., str]:
    def shown(*, htmx: bool = False, **query: str) -> str:
        headers = {"HX-Request": "true"} if htmx else {}
        url = reverse("user360:condition_editor", args=[workspace.slug])
        response = client_as("Marketer").get(url, query, headers=headers)
        assert response.status_code == 200
        return str(response.content.decode())

    return shown


def test_it_is_a_dialog_by_htmx_and_else_a_page(shown_page):
    assert shown_page(htmx=True).lstrip().startswith("<dialog")
    assert "<!doctype html>" in shown_page()


def test_it_keeps_the_rest_of_the_list(shown_page):
    html = shown_page(c=PARIS, q="ana", sort="city", size="25", segment="vip")
    for field in ('name="q" value="ana"', 'name="sort" value="city"', 'name="size" value="25"', 'value="vip"'):
        assert field in html
    assert html.count('name="c"') == 1


def test_without_scripts_the_conditions_stand_in_words_and_can_be_edited_as_json(shown_page):
    html = shown_page(c=PARIS)
    assert "data-condition-words>City is Paris.</p>" in html
    assert "&quot;city&quot;" in html.split("<textarea", 1)[1]


@pytest.mark.parametrize("broken", ["{", '{"all": [{"property": "nothing", "op": "is", "value": 1}]}', "<script>"])
def test_a_broken_definition_is_shown_as_it_is_with_what_is_wrong(shown_page, broken):
    html = shown_page(c=broken)
    assert "This definition cannot be read:" in html
    assert "<script>" not in html.split("<textarea", 1)[1].split("</textarea>")[0]


def test_what_the_segment_page_needs_is_its_form_alone(workspace, client_as):
    html = client_as("Marketer").get(reverse("segments:new", args=[workspace.slug]), {"c": PARIS}).content.decode()
    assert "data-condition-editor" in html
    assert '<noscript><p class="condition-words">City is Paris.</p></noscript>' in html
