"""Spans of time in SQL, and when the march of time carries a value into or out of one."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import Q

from user360.conditions.periods import EPOCH, FIRST_DAY, LAST_DAY, MICROSECOND, Axis, Clock, Days, Span, microseconds
from user360.conditions.sql import Expr, within

FIRST_MOMENT = microseconds(dt.datetime(1, 1, 1, tzinfo=dt.UTC))
LAST_MOMENT = microseconds(dt.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=dt.UTC))
# How far explanations look ahead.
HORIZON = dt.timedelta(days=200 * 366)


def date_value(value: Expr, span: Span, axis: Axis, literal: Callable[[Any], Any]) -> Q | None:
    """A known date or moment is in the span; None when nothing can be, an empty Q when everything is."""
    first, last = (FIRST_DAY, LAST_DAY) if isinstance(axis, Days) else (FIRST_MOMENT, LAST_MOMENT)
    start, end = span
    if (start is not None and start > last) or (end is not None and end <= first):
        return None
    if start is not None and end is not None and start >= end:
        return None
    point = _date if isinstance(axis, Days) else _moment
    return (
        within(
            value,
            None if start is None or start <= first else literal(point(start)),
            None if end is None or end > last else literal(point(end)),
        )
        or Q()
    )


def _date(point: int) -> dt.date:
    return dt.date.fromordinal(point)


def _moment(point: int) -> dt.datetime:
    return EPOCH + point * MICROSECOND


def contains(span: Span, point: int) -> bool:
    """Whether the point is in the span."""
    return (span.start is None or span.start <= point) and (span.end is None or point < span.end)


def next_change(span_at: Callable[[Clock], Span], point: int, clock: Clock) -> dt.datetime | None:
    """When the span, which moves forward with time, next takes the point in or leaves it behind.

    Found by halving: the bounds of a span never move backwards, so each passes the point once.
    """
    instants = (_passing(bound, span_at, point, clock) for bound in ("start", "end"))
    return min((instant for instant in instants if instant is not None), default=None)


def _passing(bound: str, span_at: Callable[[Clock], Span], point: int, clock: Clock) -> dt.datetime | None:
    """The first instant after the clock's at which this bound is beyond the point; None within the horizon."""

    def passed(instant: int) -> bool:
        edge: int | None = getattr(span_at(Clock(_moment(instant), clock.zone)), bound)
        return edge is not None and edge > point

    low = microseconds(clock.now)
    high = min(low + HORIZON // MICROSECOND, LAST_MOMENT)
    if passed(low) or not passed(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if passed(middle) else (middle, high)
    return _moment(high)
