"""The mapping page says at each column what it is, whether its values fit, and what is wrong with it."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import prop
from tests.imports.wizard.conftest import Walk
from user360.models import Property
from user360.tenancy import workspace_scope

FILE = b"customer_id,city,birthday,plan,mobile\nC1,Lyon,19800131,gold,0612345678\nC2,Oslo,19751231,silver,12\n"


@pytest.fixture
def uploaded(walk: Walk) -> Walk:
    walk.upload(FILE)
    return walk


def fragment(client: Client, address: str, position: int, **choices: str) -> str:
    """The one row that htmx fetches."""
    headers = {"HX-Request": "true", "HX-Target": f"column-{position}"}
    return client.get(address, choices, headers=headers).content.decode()


def test_a_row_says_that_dates_are_written_otherwise_and_offers_to_read_them(uploaded: Walk) -> None:
    row = fragment(uploaded.client, uploaded.at("map"), 2, **{"target-2": "dob", "date-2": "iso"})
    assert row.lstrip().startswith("<tr")
    assert "19800131 looks like a date written YYYYMMDD" in row
    assert "Read this column as YYYYMMDD" in row
    assert "looks like" not in fragment(uploaded.client, uploaded.at("map"), 2, **{"date-2": "yyyymmdd"})


def test_an_ambiguous_date_offers_both_orders(walk: Walk) -> None:
    walk.upload(b"customer_id,birthday\nC1,01/02/1999\n")
    row = walk.get("map", **{"date-1": "iso"}).context["rows"][1]
    assert [key for key, _ in row.misfit.remedies] == ["dmy", "mdy"]


def test_values_are_judged_as_what_was_chosen(uploaded: Walk) -> None:
    rows = uploaded.get("map").context["rows"]
    assert "“12”" in rows[4].misfit.sentence
    assert rows[1].misfit is None
    assert "Lyon" in uploaded.get("map", **{"target-1": "age"}).context["rows"][1].misfit.sentence


def test_looking_at_choices_changes_nothing(uploaded: Walk) -> None:
    uploaded.get("map", **{"target-1": "-"})
    assert uploaded.draft.mapping == []


def test_a_new_property_gets_the_key_label_and_type_that_were_chosen(uploaded: Walk) -> None:
    sent = uploaded.proposed() | {"key-3": "tariff", "label-3": "Tariff", "type-3": "string"}
    assert uploaded.post("map", sent).status_code == 302
    stored = uploaded.draft.mapping[3]
    assert (stored["target"], stored["create"]) == ("tariff", {"label": "Tariff", "type": "string"})


@pytest.mark.parametrize(
    ("changed", "column", "words"),
    [
        ({"target-1": "nonsense"}, "city", "no property"),
        ({"target-1": "dob"}, "birthday", "in two columns"),
        ({"key-3": "city"}, "plan", "There is a property with the key"),
        ({"key-3": "Not a key"}, "plan", "cannot be the key"),
        ({"target-1": "userId"}, "city", "cannot be in “city” as well"),
        ({"target-1": "createdAt"}, "city", "kept by the product"),
    ],
)
def test_a_refused_column_says_so_at_its_row_and_nothing_is_kept(
    uploaded: Walk, changed: dict[str, str], column: str, words: str
) -> None:
    answer = uploaded.post("map", uploaded.proposed() | changed)
    assert answer.status_code == 422
    (wrong,) = [row for row in answer.context["rows"] if row.error]
    assert wrong.name == column
    assert words in wrong.error
    assert uploaded.draft.mapping == []


def test_a_property_made_meanwhile_is_used(uploaded: Walk) -> None:
    uploaded.post("map", uploaded.proposed())
    with workspace_scope(uploaded.workspace):
        prop("plan")
    assert uploaded.get("map").context["rows"][3].target == "plan"


def test_an_archived_propertys_key_is_not_taken(uploaded: Walk) -> None:
    with workspace_scope(uploaded.workspace):
        made = prop("tariff")
        Property.objects.filter(pk=made.pk).update(archived_at=made.created_at)
    answer = uploaded.post("map", uploaded.proposed() | {"key-3": "tariff"})
    assert "an archived property" in str(answer.context["refusal"])


def test_what_is_left_out_is_listed(uploaded: Walk) -> None:
    uploaded.post("map", uploaded.proposed() | {"target-1": "-", "target-3": "-"})
    assert uploaded.get("map").context["left_out"] == ["city", "plan"]
    assert "Not imported: city, plan" in uploaded.get("conflicts").content.decode()


def test_another_delimiter_reads_the_file_anew(uploaded: Walk) -> None:
    uploaded.post("map", uploaded.proposed())
    uploaded.post("reading", {"encoding": "utf-8", "delimiter": ";", "header": "on"})
    assert (len(uploaded.draft.columns), uploaded.draft.mapping) == (1, [])


def test_an_unknown_encoding_changes_nothing(uploaded: Walk) -> None:
    before = uploaded.draft.columns
    uploaded.post("reading", {"encoding": "rot13", "delimiter": ";", "header": "on"})
    assert (uploaded.draft.columns, uploaded.draft.encoding) == (before, "utf-8")
