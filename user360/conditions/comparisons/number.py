"""Comparisons of numbers, and of age, which follows from the date of birth."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, NamedTuple, override

from django.db.models import F, Q, Value

from user360.conditions.comparisons.base import Comparison, Known, passing
from user360.conditions.comparisons.spans import date_value, next_change
from user360.conditions.periods import DAYS, MONTHS_OF_UNIT, Clock, Span, shift_months
from user360.conditions.predicates import NOBODY, Columns, Predicate, any_of
from user360.conditions.sql import infix, is_known, is_null, within
from user360.conditions.values import Stored
from user360.conditions.words import listed
from user360.property_types import PROPERTY_TYPES, DisplayContext

NUMBER = PROPERTY_TYPES["number"]
INTEGER_LIMIT = 2**31


class Bounds(NamedTuple):
    """Numbers from `low` to `high`; None is unbounded. `strict`: the bounds themselves are out."""

    low: Decimal | None
    high: Decimal | None
    strict: bool = False

    def whole(self) -> tuple[int | None, int | None]:
        """The first and the last integer within."""
        low = high = None
        if self.low is not None:
            low = int(self.low.to_integral_value(ROUND_FLOOR)) + 1 if self.strict else _ceiling(self.low)
        if self.high is not None:
            high = _ceiling(self.high) - 1 if self.strict else int(self.high.to_integral_value(ROUND_FLOOR))
        return low, high


def _ceiling(number: Decimal) -> int:
    return int(number.to_integral_value(ROUND_CEILING))


BOUNDS: dict[str, Callable[..., Bounds]] = {
    "eq": lambda number: Bounds(number, number),
    "lt": lambda number: Bounds(None, number, strict=True),
    "lte": lambda number: Bounds(None, number),
    "gt": lambda number: Bounds(number, None, strict=True),
    "gte": lambda number: Bounds(number, None),
    "between": Bounds,
}


@dataclass(frozen=True)
class NumberComparison(Comparison):
    """`numbers`: one, or two for `between`."""

    numbers: tuple[Decimal, ...]

    @property
    def bounds(self) -> Bounds:
        """What the positive operator allows."""
        return BOUNDS[self.positive](*self.numbers)

    @override
    def positively(self, value: Stored, clock: Clock) -> Predicate:
        test = _whole_test(value, self.bounds) if value.whole else _exact_test(value, self.bounds)
        return NOBODY if test is None else passing(value, test, indexed=value.indexed)

    @override
    def dump(self) -> Any:
        numbers = [NUMBER.to_json(number) for number in self.numbers]
        return numbers if self.op == "between" else numbers[0]

    @override
    def value_words(self, display: DisplayContext) -> str:
        return listed([NUMBER.format(number, display) for number in self.numbers], "and")


def _exact_test(value: Stored, bounds: Bounds) -> Q:
    if bounds.low is not None and bounds.low == bounds.high:
        return infix(value.sortable, "=", Value(bounds.low))
    above, below = (">", "<") if bounds.strict else (">=", "<=")
    tests = [infix(value.sortable, above, Value(bounds.low))] if bounds.low is not None else []
    if bounds.high is not None:
        tests.append(infix(value.sortable, below, Value(bounds.high)))
    return Q(*tests)


def _whole_test(value: Stored, bounds: Bounds) -> Q | None:
    """The test of an integer column in integers, so that its index serves; None when no integer passes."""
    low, high = bounds.whole()
    low = None if low is None else max(low, -INTEGER_LIMIT)
    high = None if high is None else min(high, INTEGER_LIMIT - 1)
    if (low is not None and low >= INTEGER_LIMIT) or (high is not None and high < -INTEGER_LIMIT):
        return None
    if low is not None and high is not None and low > high:
        return None
    if low is not None and low == high:
        return infix(value.sortable, "=", Value(low))
    return within(value.sortable, low, None if high is None else high + 1)


@dataclass(frozen=True)
class AgeComparison(NumberComparison):
    """Age at the workspace's today, from the date of birth where that is known, else as it was given."""

    @override
    def positively(self, value: Stored, clock: Clock) -> Predicate:
        given = _whole_test(value, self.bounds)
        born = born_within(self._birthdays(clock))
        tests = (born, given and is_null(F("dob")) & is_known(F("age")) & given)
        return any_of(Columns(test, indexed=True) for test in tests if test is not None)

    def _birthdays(self, clock: Clock) -> Span:
        low, high = self.bounds.whole()
        return birthdays(low, high, clock.today)

    @property
    @override
    def moves(self) -> bool:
        return True

    @override
    def flips(self, value: Stored, since: Clock, until: Clock) -> Predicate:
        spans = self._birthdays(since).apart_from(self._birthdays(until))
        tests = (born_within(span) for span in spans)
        return any_of(Columns(test) for test in tests if test is not None)

    @override
    def changes_after(self, value: Any, clock: Clock) -> dt.datetime | None:
        """`value` is the date of birth; an age that was given stays."""
        if not isinstance(value, dt.date):
            return None
        return next_change(self._birthdays, value.toordinal(), clock)


@dataclass(frozen=True)
class AgeKnown(Known):
    """Age is known when the date of birth or the age is."""

    @override
    def positively(self, value: Stored, clock: Clock) -> Predicate:
        return Columns(is_known(F("dob")) | is_known(F("age")))


def birthdays(low: int | None, high: int | None, today: dt.date) -> Span:
    """The dates of birth of those who are at least `low` and at most `high` years old today."""
    return Span(
        None if high is None else _years_before(today, high + 1) + 1,
        None if low is None else _years_before(today, low) + 1,
    )


def _years_before(today: dt.date, years: int) -> int:
    """The last date of birth of somebody so many years old."""
    return shift_months(today, -years * MONTHS_OF_UNIT["years"])[0]


def born_within(span: Span) -> Q | None:
    """The date of birth is known and in the span; None when that cannot be."""
    test = date_value(F("dob"), span, DAYS, lambda day: day)
    return None if test is None else is_known(F("dob")) & test
