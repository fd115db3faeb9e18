"""The values of date operators in JSON."""

import datetime as dt

from user360.conditions.periods import (
    FIXED_UNITS,
    MONTHS_OF_UNIT,
    ComingDays,
    Day,
    Duration,
    Moment,
    When,
    Yearly,
)
from user360.conditions.place import INVALID_VALUE, Place, unreadable
from user360.property_types import PROPERTY_TYPES, InvalidValue, PropertyType
from user360.property_types.operators import OPERATORS

DATE, DATETIME = PROPERTY_TYPES["date"], PROPERTY_TYPES["datetime"]
UNITS = (*FIXED_UNITS, *MONTHS_OF_UNIT)
MOST_UNITS = 10_000_000
MOST_DAYS_AHEAD = 366
# In the last nothing is nobody, but exactly no days ago is today and more than no days ago is the past.
NEEDS_ONE = frozenset({"last", "next"})
LEAP_YEAR = 2000


def read_when(op: str, raw: object, kind: PropertyType, place: Place) -> When:
    """The value of a date operator that takes one; None after noting a fault."""
    match OPERATORS[op].shape:
        case "duration":
            return _duration(raw, place, lowest=1 if op in NEEDS_ONE else 0)
        case "pair":
            return _pair(raw, kind, place)
        case _:
            return _point(raw, DATE if op == "on" else kind, place)


def _point(raw: object, kind: PropertyType, place: Place) -> Day | Moment | None:
    """A day; where the type is datetime also an instant."""
    if kind is DATETIME and not unreadable(raw):
        try:
            return Day(DATE.parse(raw, context=place.schema.parsing))
        except InvalidValue:
            at: dt.datetime | None = place.value(raw, DATETIME)
            return None if at is None else Moment(at)
    day: dt.date | None = place.value(raw, DATE)
    return None if day is None else Day(day)


def _pair(raw: object, kind: PropertyType, place: Place) -> tuple[Day | Moment, Day | Moment] | None:
    if not isinstance(raw, list) or len(raw) != 2:  # noqa: PLR2004 - from and to
        return place.refuse(INVALID_VALUE, "A list of two days is expected: from and to")
    first, last = (_point(item, kind, place.at(position)) for position, item in enumerate(raw))
    if first is None or last is None:
        return None
    if _sortable(first, place) > _sortable(last, place):
        return place.refuse(INVALID_VALUE, "The first day is after the second")
    return first, last


def _sortable(point: Day | Moment, place: Place) -> dt.date:
    return point.day if isinstance(point, Day) else point.at.astimezone(place.schema.zone).date()


def _duration(raw: object, place: Place, *, lowest: int) -> Duration | None:
    fields = place.fields(raw, ("n", "unit"))
    if fields is None:
        return None
    n = place.at("n").whole_number(fields["n"], lowest, MOST_UNITS)
    unit = fields["unit"]
    if unit not in UNITS:
        return place.at("unit").refuse(INVALID_VALUE, f"One of {', '.join(UNITS)} is expected")
    return None if n is None else Duration(n, unit)


def read_anniversary(raw: object, place: Place) -> Yearly | ComingDays | None:
    """`{"month": M, "day": D}` or `{"next": {"n": N, "unit": "days"}}`; None after noting a fault."""
    if isinstance(raw, dict) and "next" in raw:
        return _coming(raw, place)
    fields = place.fields(raw, ("month", "day"))
    if fields is None:
        return None
    month = place.at("month").whole_number(fields["month"], 1, 12)
    day = place.at("day").whole_number(fields["day"], 1, 31)
    if month is None or day is None:
        return None
    try:
        dt.date(LEAP_YEAR, month, day)
    except ValueError:
        return place.at("day").refuse(INVALID_VALUE, "There is no such day in the calendar")
    return Yearly(month, day)


def _coming(raw: dict[str, object], place: Place) -> ComingDays | None:
    fields = place.fields(raw, ("next",))
    coming = None if fields is None else place.at("next").fields(fields["next"], ("n", "unit"))
    if coming is None:
        return None
    if coming["unit"] != "days":
        return place.at("next", "unit").refuse(INVALID_VALUE, "Only days can be counted to an anniversary")
    n = place.at("next", "n").whole_number(coming["n"], 0, MOST_DAYS_AHEAD)
    return None if n is None else ComingDays(n)
