"""Relative and absolute periods: what each date operator means at an instant, in the zone of the workspace.

A period is a half-open span on an axis of whole numbers: days (proleptic ordinals) for dates, microseconds since 1970
for moments. Whole numbers neither overflow nor leave a gap between "up to and including" and "after".
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)
FIRST_DAY, LAST_DAY = dt.date.min.toordinal(), dt.date.max.toordinal()
FIXED_UNITS = {"minutes": 60_000_000, "hours": 3_600_000_000, "days": 86_400_000_000, "weeks": 604_800_000_000}
DAYS_OF_UNIT = {"days": 1, "weeks": 7}
MONTHS_OF_UNIT = {"months": 1, "years": 12}
ROLLING_UNITS = frozenset({"minutes", "hours"})
LEAP_DAY, MARCH_FIRST = 229, 301


@dataclass(frozen=True)
class Clock:
    """An instant as the workspace sees it."""

    now: dt.datetime
    zone: ZoneInfo

    @cached_property
    def local(self) -> dt.datetime:
        return self.now.astimezone(self.zone)

    @cached_property
    def today(self) -> dt.date:
        return self.local.date()


class Span(NamedTuple):
    """From `start` up to but without `end`; None is unbounded. Empty when end <= start."""

    start: int | None
    end: int | None

    def apart_from(self, other: "Span") -> list["Span"]:
        """Spans that together hold whatever is in one of the two and not in the other, and little else."""
        found: list[Span] = []
        if self.start != other.start:
            found.append(_between(self.start, other.start, absent=_lowest))
        if self.end != other.end:
            found.append(_between(self.end, other.end, absent=_highest))
        return found


def _lowest(bounds: list[int]) -> Span:
    return Span(None, bounds[0])


def _highest(bounds: list[int]) -> Span:
    return Span(bounds[0], None)


def _between(one: int | None, other: int | None, *, absent: Callable[[list[int]], Span]) -> Span:
    bounds = sorted(bound for bound in (one, other) if bound is not None)
    return Span(*bounds) if len(bounds) == 2 else absent(bounds)  # noqa: PLR2004 - both are given


@dataclass(frozen=True)
class Day:
    """A calendar day of the workspace."""

    day: dt.date


@dataclass(frozen=True)
class Moment:
    """An instant."""

    at: dt.datetime


@dataclass(frozen=True)
class Duration:
    """So many units: `minutes`, `hours`, `days`, `weeks`, `months` or `years`."""

    n: int
    unit: str


@dataclass(frozen=True)
class Yearly:
    """A day of every year."""

    month: int
    day: int


@dataclass(frozen=True)
class ComingDays:
    """Today and the next `n` days."""

    n: int


type When = Day | Moment | tuple[Day | Moment, Day | Moment] | Duration | Yearly | ComingDays | None


def microseconds(moment: dt.datetime) -> int:
    """A moment on its axis."""
    return (moment - EPOCH) // MICROSECOND


def start_of_day(ordinal: int, zone: ZoneInfo) -> int:
    """The first instant of a local day, also where its midnight is skipped; beyond the calendar it is extrapolated."""
    inside = min(max(ordinal, FIRST_DAY + 1), LAST_DAY - 1)
    start = dt.datetime.combine(dt.date.fromordinal(inside), dt.time(), tzinfo=zone)
    return microseconds(start) + (ordinal - inside) * FIXED_UNITS["days"]


def shift_months(day: dt.date, months: int) -> tuple[int, bool]:
    """The ordinal of the same day of another month, and whether that month has it; if not, of its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        return (FIRST_DAY - 1 if months < 0 else LAST_DAY + 1), True
    last = 31 if month == 11 else (dt.date(year, month + 2, 1) - dt.timedelta(days=1)).day  # noqa: PLR2004 - December
    return dt.date(year, month + 1, min(day.day, last)).toordinal(), day.day <= last


def shift_day(day: dt.date, duration: Duration, sign: int) -> int:
    """The ordinal of the day so long before (-1) or after (+1); a day its month lacks becomes the month's last."""
    if duration.unit in MONTHS_OF_UNIT:
        return shift_months(day, sign * duration.n * MONTHS_OF_UNIT[duration.unit])[0]
    return day.toordinal() + sign * duration.n * DAYS_OF_UNIT[duration.unit]


class Days:
    """The axis of dates. Now is today."""

    def first(self, value: Day | Moment, clock: Clock) -> int:
        """The first point of a value."""
        return (value.day if isinstance(value, Day) else value.at.astimezone(clock.zone).date()).toordinal()

    def past(self, value: Day | Moment, clock: Clock) -> int:
        """The point after the last of a value."""
        return self.first(value, clock) + 1

    def of_day(self, ordinal: int, clock: Clock) -> int:  # noqa: ARG002 - the other axis needs the zone
        """The first point of a day."""
        return ordinal

    def present(self, clock: Clock) -> int:
        """Now."""
        return clock.today.toordinal()

    def rolled(self, duration: Duration, sign: int, clock: Clock) -> int:
        """So long before (-1) or after (+1) now."""
        return shift_day(clock.today, duration, sign)


class Moments:
    """The axis of instants."""

    def first(self, value: Day | Moment, clock: Clock) -> int:
        """The first point of a value."""
        return self.of_day(value.day.toordinal(), clock) if isinstance(value, Day) else microseconds(value.at)

    def past(self, value: Day | Moment, clock: Clock) -> int:
        """The point after the last of a value."""
        return self.of_day(value.day.toordinal() + 1, clock) if isinstance(value, Day) else microseconds(value.at) + 1

    def of_day(self, ordinal: int, clock: Clock) -> int:
        """The first point of a day."""
        return start_of_day(ordinal, clock.zone)

    def present(self, clock: Clock) -> int:
        """Now."""
        return microseconds(clock.now)

    def rolled(self, duration: Duration, sign: int, clock: Clock) -> int:
        """So long before (-1) or after (+1) now.

        Days and weeks are of 24 hours. Months and years go by the calendar: the same time after midnight, and the end
        of the month where it lacks the day. So a window never moves backwards, whatever the clocks do.
        """
        present = self.present(clock)
        if duration.unit in FIXED_UNITS:
            return present + sign * duration.n * FIXED_UNITS[duration.unit]
        day, exists = shift_months(clock.today, sign * duration.n * MONTHS_OF_UNIT[duration.unit])
        next_day = start_of_day(day + 1, clock.zone)
        since_midnight = present - start_of_day(clock.today.toordinal(), clock.zone)
        return min(start_of_day(day, clock.zone) + since_midnight, next_day) if exists else next_day


DAYS, MOMENTS = Days(), Moments()
type Axis = Days | Moments


def span(op: str, value: When, axis: Axis, clock: Clock) -> Span:
    """The period that a date operator means at the clock's instant, on the axis of the property's type."""
    if isinstance(value, Duration) and value.unit in ROLLING_UNITS:
        if axis is DAYS:  # a date counts as the first instant of its day
            rolling = span(op, value, MOMENTS, clock)
            return Span(_day_from(rolling.start, clock.zone), _day_from(rolling.end, clock.zone))
        if op in EXACTLY:
            return _exactly_rolling(op, value, clock)
    return SPANS[op](value, axis, clock)


def _day_from(point: int | None, zone: ZoneInfo) -> int | None:
    """The first day that begins at or after this instant."""
    if point is None:
        return None
    day = (EPOCH + point * MICROSECOND).astimezone(zone).date().toordinal() if _in_calendar(point) else None
    if day is None:
        return FIRST_DAY - 1 if point < 0 else LAST_DAY + 1
    return day if start_of_day(day, zone) >= point else day + 1


def _in_calendar(point: int) -> bool:
    return start_of_day(FIRST_DAY + 1, ZoneInfo("UTC")) < point < start_of_day(LAST_DAY - 1, ZoneInfo("UTC"))


EXACTLY = {"exactly_ago": -1, "exactly_ahead": 1}


def _exactly_rolling(op: str, value: Duration, clock: Clock) -> Span:
    """So many whole minutes or hours: at least n, less than n + 1."""
    unit, now = FIXED_UNITS[value.unit], microseconds(clock.now)
    if op == "exactly_ago":
        return Span(now - (value.n + 1) * unit + 1, now - value.n * unit + 1)
    return Span(now + value.n * unit, now + (value.n + 1) * unit)


type SpanRule = Callable[[When, Axis, Clock], Span]


def _calendar(first: Callable[[dt.date], int], past: Callable[[dt.date], int]) -> SpanRule:
    """Whole days of the calendar, from and up to but without these ordinals, seen from today."""

    def rule(_: When, axis: Axis, clock: Clock) -> Span:
        return Span(axis.of_day(first(clock.today), clock), axis.of_day(past(clock.today), clock))

    return rule


def _day(offset: int) -> SpanRule:
    return _calendar(lambda today: today.toordinal() + offset, lambda today: today.toordinal() + offset + 1)


def _week(offset: int) -> SpanRule:
    def monday(today: dt.date) -> int:
        return today.toordinal() - today.weekday() + offset * 7

    return _calendar(monday, lambda today: monday(today) + 7)


def _months(unit: int, offset: int) -> SpanRule:
    """A month (unit 1) or a year (unit 12), `offset` of them from the one today is in."""

    def first(today: dt.date, offset: int) -> int:
        begun = today.replace(day=1) if unit == 1 else today.replace(month=1, day=1)
        return shift_months(begun, offset * unit)[0]

    return _calendar(lambda today: first(today, offset), lambda today: first(today, offset + 1))


def _on(value: When, axis: Axis, clock: Clock) -> Span:
    assert isinstance(value, Day | Moment)  # noqa: S101 - the parser gives each operator its kind of value
    return Span(axis.first(value, clock), axis.past(value, clock))


def _before(value: When, axis: Axis, clock: Clock) -> Span:
    return Span(None, _on(value, axis, clock).start)


def _after(value: When, axis: Axis, clock: Clock) -> Span:
    return Span(_on(value, axis, clock).end, None)


def _between_days(value: When, axis: Axis, clock: Clock) -> Span:
    assert isinstance(value, tuple)  # noqa: S101 - the parser gives each operator its kind of value
    return Span(axis.first(value[0], clock), axis.past(value[1], clock))


def _rolling(make: Callable[[int, int], Span], sign: int) -> SpanRule:
    """`make` gets now and the point so long before or after it."""

    def rule(value: When, axis: Axis, clock: Clock) -> Span:
        assert isinstance(value, Duration)  # noqa: S101 - the parser gives each operator its kind of value
        return make(axis.present(clock), axis.rolled(value, sign, clock))

    return rule


def _exactly(sign: int) -> SpanRule:
    def rule(value: When, axis: Axis, clock: Clock) -> Span:
        assert isinstance(value, Duration)  # noqa: S101 - the parser gives each operator its kind of value
        day = shift_day(clock.today, value, sign)
        return Span(axis.of_day(day, clock), axis.of_day(day + 1, clock))

    return rule


SPANS: dict[str, SpanRule] = {
    "on": _on,
    "before": _before,
    "after": _after,
    "between": _between_days,
    "today": _day(0),
    "yesterday": _day(-1),
    "tomorrow": _day(1),
    "this_week": _week(0),
    "last_week": _week(-1),
    "this_month": _months(1, 0),
    "last_month": _months(1, -1),
    "this_year": _months(12, 0),
    "last_year": _months(12, -1),
    "last": _rolling(lambda now, past: Span(past + 1, now + 1), -1),
    "next": _rolling(lambda now, ahead: Span(now + 1, ahead + 1), 1),
    "exactly_ago": _exactly(-1),
    "exactly_ahead": _exactly(1),
    "more_than_ago": _rolling(lambda _, past: Span(None, past), -1),
    "more_than_ahead": _rolling(lambda _, ahead: Span(ahead + 1, None), 1),
}
ABSOLUTE = frozenset({"on", "before", "after", "between"})


def days_of_year(value: Yearly | ComingDays, clock: Clock) -> list[Span]:
    """Which days of the year an anniversary means, as spans of month * 100 + day.

    Whoever was born on 29 February has the anniversary on 1 March of other years, when they turn a year older.
    """
    if isinstance(value, Yearly):
        return [Span(value.month * 100 + value.day, value.month * 100 + value.day + 1)]
    if value.n >= 365:  # noqa: PLR2004 - every day of every year
        return [Span(None, None)]
    last = dt.date.fromordinal(min(clock.today.toordinal() + value.n, LAST_DAY))
    first, past = clock.today.month * 100 + clock.today.day, last.month * 100 + last.day + 1
    if first == MARCH_FIRST and not _is_leap(clock.today.year):
        first = LEAP_DAY
    if last.year == clock.today.year:
        return [Span(first, past)]
    return [Span(first, None), Span(None, past)]


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
