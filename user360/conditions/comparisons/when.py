"""Comparisons of dates, moments and times of day."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, override
from zoneinfo import ZoneInfo

from django.db.models import DateTimeField, Func, IntegerField, Q, Value

from user360.conditions.comparisons.base import NO_VALUE, Comparison, passing
from user360.conditions.comparisons.spans import contains, date_value, next_change
from user360.conditions.periods import (
    ABSOLUTE,
    DAYS,
    MOMENTS,
    Axis,
    Clock,
    ComingDays,
    Day,
    Duration,
    Moment,
    Span,
    When,
    Yearly,
    days_of_year,
    microseconds,
    span,
    start_of_day,
)
from user360.conditions.predicates import NOBODY, Columns, Predicate, any_of
from user360.conditions.sql import any_test, infix, within
from user360.conditions.values import Stored
from user360.conditions.words import counted, listed
from user360.property_types import PROPERTY_TYPES, DisplayContext
from user360.property_types.operators import OPERATORS

AXES: dict[str, Axis] = {"date": DAYS, "datetime": MOMENTS}
DATE, DATETIME, TIME = (PROPERTY_TYPES[key] for key in ("date", "datetime", "time"))


@dataclass(frozen=True)
class WhenComparison(Comparison):
    """A date or moment (`type_key`) is in a period."""

    when: When
    type_key: str

    @property
    def axis(self) -> Axis:
        """Where values of the type lie."""
        return AXES[self.type_key]

    def span(self, clock: Clock) -> Span:
        """The period at the clock's instant."""
        return span(self.op, self.when, self.axis, clock)

    @override
    def positively(self, value: Stored, clock: Clock) -> Predicate:
        return _in_span(value, self.span(clock), self.axis)

    @property
    @override
    def moves(self) -> bool:
        return self.op not in ABSOLUTE

    @override
    def flips(self, value: Stored, since: Clock, until: Clock) -> Predicate:
        changed = self.span(since).apart_from(self.span(until))
        return any_of(_in_span(value, part, self.axis) for part in changed)

    @override
    def changes_after(self, value: Any, clock: Clock) -> dt.datetime | None:
        if value is None or not self.moves:
            return None
        point = value.toordinal() if self.axis is DAYS else microseconds(value)
        return next_change(self.span, point, clock)

    @override
    def dump(self) -> Any:
        return dump_when(self.when)

    @override
    def operator_words(self) -> str:
        return OPERATORS[self.op].label.partition(" …")[0]

    @override
    def value_words(self, display: DisplayContext) -> str:
        if isinstance(self.when, Duration):
            return counted(self.when.n, self.when.unit) + OPERATORS[self.op].label.partition("…")[2]
        return when_words(self.when, display)


def _in_span(value: Stored, period: Span, axis: Axis) -> Predicate:
    test = date_value(value.sortable, period, axis, value.literal)
    return NOBODY if test is None else passing(value, test, indexed=value.indexed)


def dump_when(when: When) -> Any:
    """The value of a date operator in JSON."""
    match when:
        case None:
            return NO_VALUE
        case Day() | Moment():
            return DATE.to_json(when.day) if isinstance(when, Day) else DATETIME.to_json(when.at)
        case Duration(n, unit):
            return {"n": n, "unit": unit}
        case Yearly(month, day):
            return {"month": month, "day": day}
        case ComingDays(n):
            return {"next": {"n": n, "unit": "days"}}
        case (first, last):
            return [dump_when(first), dump_when(last)]


def when_words(when: When, display: DisplayContext) -> str:
    """The value of a date operator for people; durations are written with their operator."""
    match when:
        case Day(day):
            return DATE.format(day, display)
        case Moment(at):
            return DATETIME.format(at, display)
        case Yearly(month, day):
            return f"on {dt.date(2000, month, day):%-d %B}"
        case ComingDays(n):
            return f"in the next {counted(n, 'days')}" if n else "today"
        case (first, last):
            return f"{when_words(first, display)} and {when_words(last, display)}"
        case _:
            return ""


@dataclass(frozen=True)
class AnniversaryComparison(WhenComparison):
    """The day of the year of a date or moment; `when` is Yearly or ComingDays."""

    def days(self, clock: Clock) -> list[Span]:
        """The days of the year that it means at the clock's instant."""
        assert isinstance(self.when, Yearly | ComingDays)  # noqa: S101 - the parser gives it no other
        return days_of_year(self.when, clock)

    @override
    def positively(self, value: Stored, clock: Clock) -> Predicate:
        return self._on_days(value, self.days(clock), clock)

    def _on_days(self, value: Stored, days: list[Span], clock: Clock) -> Predicate:
        day = day_of_year(value, self.type_key, clock.zone.key)
        tests = [within(day, *part) for part in days]
        return Columns(value.known & any_test(test or Q() for test in tests)) if tests else NOBODY

    @property
    @override
    def moves(self) -> bool:
        return isinstance(self.when, ComingDays)

    @override
    def flips(self, value: Stored, since: Clock, until: Clock) -> Predicate:
        first, last = since.today.toordinal(), until.today.toordinal()
        if last - first >= len(DAYS_OF_YEAR):
            return Columns(value.known)
        changed: set[int] = set()
        for day in range(first, last):
            changed |= self._points(day, since.zone) ^ self._points(day + 1, since.zone)
        return self._on_days(value, [Span(point, point + 1) for point in sorted(changed)], until)

    def _points(self, day: int, zone: ZoneInfo) -> set[int]:
        days = self.days(Clock(_instant(start_of_day(day, zone)), zone))
        return {point for point in DAYS_OF_YEAR if _on(days, point)}

    @override
    def changes_after(self, value: Any, clock: Clock) -> dt.datetime | None:
        """Looked for day by day: the days of a year are few, and leap days make them irregular."""
        if value is None or not self.moves:
            return None
        local = value if self.type_key == "date" else value.astimezone(clock.zone)
        point = local.month * 100 + local.day
        today, held = clock.today.toordinal(), _on(self.days(clock), point)
        for ahead in range(1, DAYS_WITH_EVERY_CHANGE):
            midnight = start_of_day(today + ahead, clock.zone)
            later = Clock(_instant(midnight), clock.zone)
            if _on(self.days(later), point) != held:
                return later.now
        return None


DAYS_OF_YEAR = tuple(
    day.month * 100 + day.day for day in (dt.date(2000, 1, 1) + dt.timedelta(days=n) for n in range(366))
)
# Eight years lie between 29 February 1896 and 1904, the most between two leap days.
DAYS_WITH_EVERY_CHANGE = 8 * 366


def _on(days: list[Span], point: int) -> bool:
    return any(contains(part, point) for part in days)


def _instant(point: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(0, tz=dt.UTC) + dt.timedelta(microseconds=point)


def day_of_year(value: Stored, type_key: str, zone: str) -> Func:
    """month * 100 + day of a value, in the zone where it is a moment."""
    day = value.plain
    if type_key == "datetime":
        day = Func(Value(zone), day, template="timezone(%(expressions)s::timestamptz)", output_field=DateTimeField())
    return Func(day, template="to_char((%(expressions)s)::date, 'MMDD')::integer", output_field=IntegerField())


@dataclass(frozen=True)
class TimeComparison(Comparison):
    """A time of day is before, after or between; `between` 22:00 and 06:00 goes over midnight."""

    times: tuple[dt.time, ...]

    @override
    def positively(self, value: Stored, clock: Clock) -> Predicate:
        texts = [Value(value.literal(time)) for time in self.times]
        if self.op != "between":
            return passing(value, infix(value.sortable, {"before": "<", "after": ">"}[self.op], texts[0]))
        later, sooner = infix(value.sortable, ">=", texts[0]), infix(value.sortable, "<=", texts[1])
        return passing(value, later & sooner if self.times[0] <= self.times[1] else later | sooner)

    @override
    def dump(self) -> Any:
        texts = [TIME.to_json(time) for time in self.times]
        return texts if self.op == "between" else texts[0]

    @override
    def value_words(self, display: DisplayContext) -> str:
        return listed([TIME.format(time, display) for time in self.times], "and")
