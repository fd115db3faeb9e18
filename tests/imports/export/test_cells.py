"""A cell of the file holds exactly what the property's type writes for a file, masked or made harmless where due."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imports.export.columns import harmless, harmless_text, property_column
from user360.masking import mask, sql_mask
from user360.models import Property
from user360.property_types import PROPERTY_TYPES, DisplayContext
from user360.property_types.sql import literal

pytestmark = pytest.mark.django_db
with_database = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
zones = st.sampled_from(
    ["UTC", "Europe/Paris", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia", "Africa/Monrovia"]
)
text = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=30)
days = st.dates(dt.date(2, 1, 1), dt.date(9998, 12, 31))
FIRST, LAST = dt.datetime(2, 1, 1), dt.datetime(9998, 12, 31)  # noqa: DTZ001  # hypothesis wants them so
moments = st.datetimes(FIRST, LAST, timezones=st.just(dt.UTC)) | st.datetimes(
    FIRST.replace(1880), LAST.replace(2040), timezones=st.just(dt.UTC)
).map(lambda moment: moment.replace(microsecond=0))
numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=4).map(
    lambda value: Decimal(f"{value:.15g}")
) | st.sampled_from([Decimal("1E-99"), Decimal("1.5E-7"), Decimal("1E+24"), Decimal(0), Decimal(-1)])
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "string": text,
    "text": text,
    "number": numbers,
    "boolean": st.booleans(),
    "date": days,
    "datetime": moments,
    "time": st.times().map(lambda value: value.replace(microsecond=0)),
    "list": st.lists(text.filter(lambda item: ";" not in item), min_size=1, max_size=5, unique=True),
    "phone": st.from_regex(r"\A\+[1-9][0-9]{6,14}\Z"),
    "url": text,
    "email": text,
}
# A column of a type that system properties have, and a value of it.
COLUMNS = {
    "userId": text,
    "age": st.integers(0, 150).map(Decimal),
    "dob": days,
    "registeredAt": moments,
    "emailOptin": st.booleans(),
    "email": text,
    "phone": VALUES["phone"],
    "channels": st.lists(text.filter(lambda item: ";" not in item), min_size=1, max_size=4),
}


def cell(sql: str, *, zone: str = "UTC", source: str = "(SELECT 1) p", parameters: list[Any] | None = None) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL TIME ZONE {literal(zone)}")
        cursor.execute(f"SELECT {sql} FROM {source}", parameters)  # noqa: S608
        return cursor.fetchone()[0]


def test_every_type_is_tested() -> None:
    assert VALUES.keys() == PROPERTY_TYPES.keys()


@pytest.mark.parametrize("key", sorted(VALUES))
@with_database
@given(data=st.data(), zone=zones)
def test_a_custom_property_is_written_as_its_type_writes_it(key: str, data: st.DataObject, zone: str) -> None:
    kind, value = PROPERTY_TYPES[key], data.draw(VALUES[key])
    stored = json.loads(json.dumps(kind.to_json(value)))
    column = property_column(Property(key="k", label="K", type=key), masked=False, formula_safe=False)
    # A statement that copies has no parameters, hence none here.
    source = f"(SELECT {literal(json.dumps({'k': stored}))}::jsonb AS attributes) p"
    expected = kind.csv_text(kind.from_json(stored), DisplayContext(time_zone=ZoneInfo(zone)))
    assert cell(column.sql, zone=zone, source=source) == expected


@pytest.mark.parametrize("key", sorted(COLUMNS))
@with_database
@given(data=st.data(), zone=zones)
def test_a_system_property_is_written_as_its_type_writes_it(key: str, data: st.DataObject, zone: str) -> None:
    prop = Property(key=key, label="K", is_system=True)
    assert prop.system is not None
    prop.type = prop.system.type
    value = data.draw(COLUMNS[key])
    column = property_column(prop, masked=False, formula_safe=False)
    expected = prop.kind.csv_text(value, DisplayContext(time_zone=ZoneInfo(zone)))
    casts = {"list": "text[]", "number": "smallint"}
    cast = casts.get(prop.type, prop.kind.sql_type)
    source = f"(SELECT %s::{cast} AS {prop.system.column}) p"
    assert cell(column.sql, zone=zone, source=source, parameters=[value]) == expected


@pytest.mark.parametrize("key", sorted(VALUES))
def test_an_unknown_value_is_an_empty_cell(key: str) -> None:
    for formula_safe in (True, False):
        column = property_column(Property(key="k", label="K", type=key), masked=False, formula_safe=formula_safe)
        assert cell(column.sql, source="(SELECT '{}'::jsonb AS attributes) p") is None


cells = st.text("=+-@\t\r\n;ab1.\uff1d\uff20 '", min_size=1, max_size=12) | text


@with_database
@given(value=cells)
def test_statement_and_header_are_made_harmless_alike(value: str) -> None:
    made = cell(harmless("p.v"), source=f"(SELECT {literal(value)}::text AS v) p")
    assert made == harmless_text(value)


@pytest.mark.parametrize(
    ("value", "harmless"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("\uff1d1", "'\uff1d1"),
        ("plain;=1", "plain;'=1"),
        ("=1;=2", "'=1;'=2"),
        ("+33612345678", "+33612345678"),
        ("-12.50", "-12.50"),
        ("+33612345678;+33612345679", "+33612345678;+33612345679"),
        ("+33612345678;=1", "+33612345678;'=1"),
        ("+1\n", "'+1\n"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_what_a_spreadsheet_would_run_is_made_harmless(value: str, harmless: str) -> None:
    assert harmless_text(value) == harmless


@pytest.mark.parametrize("kind", ["email", "phone", "text", "string", "date"])
@with_database
@given(value=text.filter(lambda value: ";" not in value) | st.from_regex(r"\A[a-z.@]{1,12}\Z"))
def test_pages_and_files_mask_alike(kind: str, value: str) -> None:
    assert cell(sql_mask(kind, "p.v"), source=f"(SELECT {literal(value)}::text AS v) p") == mask(kind, value)


@pytest.mark.parametrize("key", sorted(VALUES))
def test_personal_data_is_masked_whatever_its_type(key: str) -> None:
    kind = PROPERTY_TYPES[key]
    examples: dict[str, Any] = {"email": "ann@example.com", "phone": "+33612345678", "number": 12345, "boolean": True}
    examples |= {"list": ["alpha", "beta"], "date": "2026-03-10", "time": "11:22:33"}
    stored = examples.get(key, "2026-03-10T11:22:33.000000Z")
    column = property_column(Property(key="k", label="K", type=key, is_personal=True), masked=True, formula_safe=True)
    source = f"(SELECT {literal(json.dumps({'k': stored}))}::jsonb AS attributes) p"
    plain = kind.csv_text(kind.from_json(stored), DisplayContext())
    shown = cell(column.sql, source=source)
    assert "•••" in shown
    assert plain not in shown


def test_an_unknown_value_stays_unknown_when_masked() -> None:
    prop = Property(key="k", label="K", type="email", is_personal=True)
    column = property_column(prop, masked=True, formula_safe=True)
    assert cell(column.sql, source="(SELECT '{}'::jsonb AS attributes) p") is None


def test_a_masked_value_that_begins_as_a_formula_is_harmless_too() -> None:
    prop = Property(key="k", label="K", type="string", is_personal=True)
    column = property_column(prop, masked=True, formula_safe=True)
    assert cell(column.sql, source="""(SELECT '{"k": "=1"}'::jsonb AS attributes) p""") == "'=•••"
