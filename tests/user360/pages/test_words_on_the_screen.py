"""How names, figures and moments read."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from user360.templatetags import ui

PARIS = ZoneInfo("Europe/Paris")
NOON = dt.datetime(2026, 3, 12, 12, 0, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Amélie Laurent", "AL"), ("Fatima Zahra El Idrissi", "FI"), ("madonna", "M"), ("jo@acme.eu", "JA"), ("", "?")],
)
def test_an_avatar_shows_the_first_letters_of_first_and_last_name(name: str, letters: str) -> None:
    assert ui.initials(name) == letters


@given(st.one_of(st.integers(min_value=0), st.text()))
def test_every_key_has_one_of_eight_colours_and_keeps_it(key: int | str) -> None:
    assert ui.colour_index(key) == ui.colour_index(key)
    assert 1 <= ui.colour_index(key) <= ui.COLOURS


def test_a_name_is_escaped_in_its_avatar() -> None:
    assert "<b" not in ui.avatar("<b>", 1)


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (dt.timedelta(seconds=20), "just now"),
        (dt.timedelta(minutes=1), "1 minute ago"),
        (dt.timedelta(minutes=59), "59 minutes ago"),
        (dt.timedelta(hours=3), "today 09:00"),
        (dt.timedelta(hours=13), "yesterday 23:00"),
        (dt.timedelta(days=-1), "tomorrow 12:00"),
        (dt.timedelta(days=2), "10 Mar 2026"),
    ],
)
def test_a_moment_is_told_in_words_of_the_workspace_time_zone(before: dt.timedelta, words: str) -> None:
    with timezone.override(PARIS):
        assert ui.in_words((NOON - before).astimezone(dt.UTC), NOON) == words


def test_a_late_evening_belongs_to_the_day_of_the_time_zone() -> None:
    with timezone.override(PARIS):
        assert ui.moment(dt.datetime(2026, 3, 11, 23, 30, tzinfo=dt.UTC)) == "12 Mar 2026, 00:30"


def test_what_is_missing_is_a_dash() -> None:
    assert ui.day(None) == ui.moment(None) == ui.number(None) == ui.when(None) == ui.DASH


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(4318, 1_004_212, "0.43\xa0%"), (82, 100, "82\xa0%"), (0, 10, "0\xa0%"), (5, 0, "0\xa0%")],
)
def test_a_small_share_keeps_two_digits(part: int, whole: int, text: str) -> None:
    assert ui.percent_of(part, whole) == text


def test_figures_are_grouped_by_thousands() -> None:
    assert ui.number(1_004_212) == "1,004,212"
