"""PostgreSQL and Python give the same verdict, the same sentence and the same stored value for any text."""

import json
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from user360.property_types import PROPERTY_TYPES, InvalidValue, ParseContext, PropertyType, is_empty, sql_is_empty
from user360.property_types.infer import Inference, inference_of, sql_inference

from .strings import contexts, dirty, sql_judged

pytestmark = pytest.mark.django_db
with_database = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def rows(select: str, texts: list[str]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {select} FROM unnest(%s::text[]) WITH ORDINALITY AS s (c3, n) ORDER BY n", [texts])  # noqa: S608
        return list(cursor.fetchall())


def python_says(kind: PropertyType, text: str, context: ParseContext) -> tuple[bool, str | None, Any, Any]:
    try:
        value = kind.parse(text, context=context)
    except InvalidValue as error:
        return False, error.message, None, None
    return True, None, value, kind.to_json(value)


def sql_says(kind: PropertyType, texts: list[str], context: ParseContext) -> list[tuple[bool, str | None, Any, Any]]:
    check = kind.sql_check("c3", context)
    value, stored = kind.sql_value("c3", context), kind.sql_json("c3", context)
    select = f"""{check}, {kind.sql_error("c3", context)}, CASE WHEN {check} THEN {value} END,
        CASE WHEN {check} THEN {stored} END"""
    answers = rows(select, texts)
    return [(valid, sentence, native, _loaded(stored)) for valid, sentence, native, stored in answers]


def _loaded(stored: Any) -> Any:
    return json.loads(stored) if isinstance(stored, str) else stored


@pytest.mark.parametrize("key", sql_judged)
@with_database
@given(texts=st.lists(dirty.filter(lambda text: not is_empty(text)), min_size=40, max_size=80), context=contexts)
def test_verdict_sentence_and_stored_value_are_the_same(key: str, texts: list[str], context: ParseContext) -> None:
    kind = PROPERTY_TYPES[key]
    for text, by_sql in zip(texts, sql_says(kind, texts, context), strict=True):
        assert (text, by_sql) == (text, python_says(kind, text, context))


@with_database
@given(texts=st.lists(dirty, min_size=50))
def test_the_same_texts_are_empty(texts: list[str]) -> None:
    assert [empty for (empty,) in rows(sql_is_empty("c3"), texts)] == [is_empty(text) for text in texts]


@pytest.mark.parametrize("style", ["ISO, DMY", "SQL, MDY", "German", "Postgres, DMY"])
@pytest.mark.parametrize("key", ["date", "datetime", "time"])
def test_the_date_style_of_the_session_changes_nothing(key: str, style: str) -> None:
    texts = ["2024-02-03", "2024-02-03 04:05", "2024-02-03T04:05:06.7+05:30", "04:05", "03/02/2024", "20240203"]
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL datestyle = {style}; SET LOCAL timezone = 'Asia/Tokyo'")
    kind, context = PROPERTY_TYPES[key], ParseContext()
    check = kind.sql_check("c3", context)
    select = f"{kind.sql_error('c3', context)}, CASE WHEN {check} THEN {kind.sql_json('c3', context)} END"
    for text, (sentence, stored) in zip(texts, rows(select, texts), strict=True):
        _, expected_sentence, _, expected = python_says(kind, text, context)
        assert (text, sentence, _loaded(stored)) == (text, expected_sentence, expected)


@with_database
@given(texts=st.lists(dirty, max_size=6))
def test_a_column_is_inferred_alike(texts: list[str]) -> None:
    by_hand = Inference()
    for text in texts:
        by_hand.add(text)
    aggregates = sql_inference("c3")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(aggregates.values())} FROM unnest(%s::text[]) AS s (c3)", [texts])  # noqa: S608
        row = dict(zip(aggregates, cursor.fetchone() or (), strict=True))
    assert inference_of(row) == by_hand


@pytest.mark.parametrize("key", sql_judged)
def test_the_expressions_hold_no_percent_sign_that_a_driver_would_read_as_a_parameter(key: str) -> None:
    kind, context = PROPERTY_TYPES[key], ParseContext()
    written = (kind.sql_error("c3", context), kind.sql_value("c3", context), kind.sql_json("c3", context))
    assert "%" not in "".join(map(str, written))
