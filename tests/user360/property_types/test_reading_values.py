"""What each type reads, what it refuses, and in which words."""

import datetime as dt
import zoneinfo
from decimal import Decimal
from typing import Any

import pytest

from user360.property_types import InvalidValue, ParseContext, is_empty, property_type
from user360.property_types.reading import SPREADSHEET_SENTENCE

FRANCE = ParseContext(default_country="FR", time_zone=zoneinfo.ZoneInfo("Europe/Paris"))
COMPACT = "19081209 looks like a date written YYYYMMDD; choose that date format for the column, or write 1908-12-09"
SLASHED = "31/12/1999 can be read day first or month first; choose the date format of the column, or write YYYY-MM-DD"
PARIS_NOON = dt.datetime(2024, 7, 1, 10, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("key", "raw", "value"),
    [
        ("string", "  Ada  ", "Ada"),
        ("string", 94105, "94105"),
        ("text", " a\r\nb\rc ", "a\nb\nc"),
        ("number", "1.50", Decimal("1.5")),
        ("number", "-0", Decimal(0)),
        ("number", 0.1, Decimal("0.1")),
        ("number", 10**21, Decimal(10) ** 21),
        ("number", "1e+05", Decimal(100000)),
        ("boolean", "Yes", True),
        ("boolean", "off", False),
        ("boolean", 0, False),
        ("boolean", True, True),
        ("date", "2024-02-29", dt.date(2024, 2, 29)),
        ("datetime", "2024-07-01 12:00", PARIS_NOON),
        ("datetime", "2024-07-01T12:00:00+02:00", PARIS_NOON),
        ("datetime", "2024-07-01T10:00:00.000000999Z", PARIS_NOON),
        ("datetime", "2024-07-01", dt.datetime(2024, 6, 30, 22, 0, tzinfo=dt.UTC)),
        ("time", "18:02", dt.time(18, 2)),
        ("list", "a; b;a;", ["a", "b"]),
        ("list", ["b", " a ", "b", ""], ["b", "a"]),
        ("phone", "06 12 34 56 78", "+33612345678"),
        ("phone", "0044 20 7946 0018", "+442079460018"),
        ("phone", 33612345678, "+33612345678"),
        ("email", " Ada.Lovelace@EXAMPLE.com", "ada.lovelace@example.com"),
        ("email", "ada@bücher.example.de", "ada@bücher.example.de"),
        ("url", "https://example.com/a?b=1", "https://example.com/a?b=1"),
    ],
)
def test_a_value_is_read(key: str, raw: object, value: Any) -> None:
    read = property_type(key).parse(raw, context=FRANCE)
    assert read == value
    assert isinstance(read, property_type(key).python_type)


@pytest.mark.parametrize(
    ("key", "raw", "sentence"),
    [
        ("string", "a\0b", "Contains a NUL character"),
        ("string", "a\ud800b", "Contains half a character (an unpaired surrogate)"),
        ("string", "a\nb", "Contains a line break or another control character"),
        ("string", "x" * 256, "Longer than 255 characters"),
        ("string", True, "Expected a text, not true or false"),
        ("string", {"a": 1}, "Expected a text, not an object"),
        ("text", "x" * 10_001, "Longer than 10,000 characters"),
        ("number", "12,5", "Write 12.5 with a point"),
        ("number", "1,234", "Write the number without thousands separators, such as 1234567.89"),
        ("number", "1.234,50", "Write the number without thousands separators, such as 1234567.89"),
        ("number", "9.19E+11", SPREADSHEET_SENTENCE),
        ("number", float("nan"), "Not a number"),
        ("number", "Infinity", "Not a number"),
        ("number", "1234567890123456", "More than 15 significant digits; keep such numbers in a text property"),
        ("boolean", "maybe", "Not true or false"),
        ("date", "2023-02-29", "There is no such day in the calendar"),
        ("date", "5 March", "Not a date (expected YYYY-MM-DD)"),
        ("date", "20260230", "Not a date (expected YYYY-MM-DD)"),
        (
            "date",
            "19081209",
            "19081209 looks like a date written YYYYMMDD; choose that date format for the column, or write 1908-12-09",
        ),
        ("date", "31/12/1999", SLASHED),
        ("datetime", "2024-01-05 24:00", "Not a date and time (expected YYYY-MM-DD HH:MM)"),
        ("datetime", "0001-01-01T00:00+05", "Outside the years 1 to 9999 in UTC"),
        ("time", "9:30", "Not a time (expected HH:MM or HH:MM:SS)"),
        ("list", " ; ", "No value between the separators"),
        ("list", ["a;b"], "A value contains “;”, which separates the values of a list"),
        ("list", ["x" * 256], "A value is longer than 255 characters"),
        ("list", list(map(str, range(1001))), "More than 1,000 values"),
        ("phone", "9.19E+11", SPREADSHEET_SENTENCE),
        ("phone", "612345678.0", "A program turned this phone number into a decimal number"),
        ("phone", "12", "Not a phone number of FR"),
        ("phone", "call me", "Not a phone number"),
        ("phone", "+999 123", "Not a phone number"),
        ("email", "ada@", "Not an e-mail address (expected name@example.com)"),
        ("email", "a b@example.com", "Not an e-mail address (expected name@example.com)"),
        ("url", "javascript:alert(1)", "Not a web address (expected https://…)"),
    ],
)
def test_a_value_is_refused_with_one_clear_sentence(key: str, raw: object, sentence: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        property_type(key).parse(raw, context=FRANCE)
    assert (refused.value.code, refused.value.message) == ("invalidDataType", sentence)


def test_a_phone_without_country_is_refused() -> None:
    with pytest.raises(InvalidValue, match="with \\+ and its country code"):
        property_type("phone").parse("06 12 34 56 78", context=ParseContext())


@pytest.mark.parametrize(
    ("date_format", "raw", "day"),
    [
        ("yyyymmdd", "19081209", dt.date(1908, 12, 9)),
        ("dmy", "1/2/2024", dt.date(2024, 2, 1)),
        ("dmy", "31.12.1999", dt.date(1999, 12, 31)),
        ("mdy", "12-31-1999", dt.date(1999, 12, 31)),
    ],
)
def test_a_column_may_say_how_it_writes_dates(date_format: str, raw: str, day: dt.date) -> None:
    assert property_type("date").parse(raw, context=ParseContext(date_format=date_format)) == day


def test_a_column_of_another_date_format_does_not_take_iso_dates() -> None:
    with pytest.raises(InvalidValue, match="Not a date \\(expected DD/MM/YYYY\\)"):
        property_type("date").parse("2024-01-05", context=ParseContext(date_format="dmy"))


@pytest.mark.parametrize("raw", [None, "", " \t\u00a0\ufeff", []])
def test_nothing_is_empty(raw: object) -> None:
    assert is_empty(raw)


@pytest.mark.parametrize("raw", [0, False, "0", [""], {}])
def test_something_is_not_empty(raw: object) -> None:
    assert not is_empty(raw)
