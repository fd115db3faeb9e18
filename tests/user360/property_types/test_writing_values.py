"""Values as they are stored, shown, exported and put into inputs."""

import datetime as dt
import json
import zoneinfo
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from user360.property_types import PROPERTY_TYPES, DisplayContext, InvalidValue, ParseContext, is_empty, property_type
from user360.property_types.operators import OPERATORS

from .strings import contexts, dirty

INDIA = DisplayContext(locale="en", time_zone=zoneinfo.ZoneInfo("Asia/Kolkata"))
EVENING = dt.datetime(2026, 3, 12, 12, 32, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("key", "value", "shown", "exported", "in_input", "stored"),
    [
        ("number", Decimal("1234567.5"), "1,234,567.5", "1234567.5", "1234567.5", 1234567.5),
        ("number", Decimal(1200), "1,200", "1200", "1200", 1200),
        ("number", Decimal("0.0000001"), "0.0000001", "0.0000001", "0.0000001", 1e-7),
        ("boolean", True, "Yes", "true", "true", True),
        ("date", dt.date(2026, 3, 12), "12 Mar 2026", "2026-03-12", "2026-03-12", "2026-03-12"),
        (
            "datetime",
            EVENING,
            "12 Mar 2026, 18:02",
            "2026-03-12T18:02:00+05:30",
            "2026-03-12T18:02",
            "2026-03-12T12:32:00.000000Z",
        ),
        ("time", dt.time(18, 2), "18:02", "18:02:00", "18:02:00", "18:02:00"),
        ("list", ["a", "b"], "a, b", "a;b", "a; b", ["a", "b"]),
        ("phone", "+33612345678", "+33 6 12 34 56 78", "+33612345678", "+33612345678", "+33612345678"),
        ("email", "ada@example.com", "ada@example.com", "ada@example.com", "ada@example.com", "ada@example.com"),
    ],
)
def test_a_value_is_written(key: str, value: Any, shown: str, exported: str, in_input: str, stored: Any) -> None:
    kind = property_type(key)
    assert kind.format(value, INDIA) == shown
    assert kind.csv_text(value, INDIA) == exported
    assert kind.input_value(value, INDIA) == in_input
    assert kind.to_json(value) == stored
    assert type(kind.to_json(value)) is type(stored)


def test_numbers_and_months_follow_the_locale() -> None:
    germany = DisplayContext(locale="de")
    assert property_type("number").format(Decimal("1234.5"), germany) == "1.234,5"
    assert "Mär" in property_type("date").format(dt.date(2026, 3, 12), germany)


@given(
    text=dirty.filter(lambda text: not is_empty(text)), context=contexts, key=st.sampled_from(sorted(PROPERTY_TYPES))
)
def test_what_is_stored_exported_or_edited_reads_back_the_same(text: str, context: ParseContext, key: str) -> None:
    kind = property_type(key)
    try:
        value = kind.parse(text, context=context)
    except InvalidValue:
        return
    assert kind.from_json(json.loads(json.dumps(kind.to_json(value)))) == value
    display = DisplayContext(time_zone=context.time_zone)
    assert kind.parse(kind.csv_text(value, display), context=ParseContext(time_zone=context.time_zone)) == value
    assert kind.format(value, display)


@given(moments=st.lists(st.datetimes(timezones=st.just(dt.UTC)), max_size=5))
def test_stored_moments_sort_as_text(moments: list[dt.datetime]) -> None:
    to_json = property_type("datetime").to_json
    assert [to_json(moment) for moment in sorted(moments)] == sorted(map(str, map(to_json, moments)))


@given(number=st.decimals(allow_nan=False, allow_infinity=False, places=5, min_value=-(10**9), max_value=10**9))
def test_fifteen_digits_survive_storage(number: Decimal) -> None:
    kind = property_type("number")
    assert kind.from_json(json.loads(json.dumps(kind.to_json(number)))) == number


@pytest.mark.parametrize("key", PROPERTY_TYPES)
def test_every_operator_of_a_type_has_words(key: str) -> None:
    operators = property_type(key).operators
    assert {"known", "unknown"} <= set(operators) <= set(OPERATORS)
    assert len(operators) == len(set(operators))
