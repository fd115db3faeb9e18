"""What conditions mean, in plain Python over plain people: the judge of what is compiled and explained.

Nothing here is shared with the product: periods are found by asking each value for its calendar day, week or month.
"""

import calendar
import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

UTC = dt.UTC
MICROSECOND = dt.timedelta(microseconds=1)


@dataclass
class Person:
    """One user: property values by key (known ones only), tag values, IDs as (encryption, value), source."""

    pk: int = 0
    values: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, set[str]] = field(default_factory=dict)
    identities: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    source: str | None = None


@dataclass(frozen=True)
class Moment:
    """When and where a condition is judged; `types` are the property types by key."""

    now: dt.datetime
    zone: ZoneInfo
    types: dict[str, str]

    @property
    def today(self) -> dt.date:
        return self.now.astimezone(self.zone).date()


NEGATIVE = {
    "is_not": "is",
    "not_contains": "contains",
    "not_in": "in",
    "ne": "eq",
    "has_none": "has_any",
    "is_not_true": "is_true",
    "is_not_false": "is_false",
}
TEXT: dict[str, Callable[[str, str], bool]] = {
    "is": lambda mine, given: mine == given,
    "in": lambda mine, given: mine == given,
    "contains": lambda mine, given: given in mine,
    "starts_with": lambda mine, given: mine.startswith(given),
    "ends_with": lambda mine, given: mine.endswith(given),
}
NUMBER: dict[str, Callable[[Decimal, Any], bool]] = {
    "eq": lambda mine, given: mine == given,
    "lt": lambda mine, given: mine < given,
    "lte": lambda mine, given: mine <= given,
    "gt": lambda mine, given: mine > given,
    "gte": lambda mine, given: mine >= given,
    "between": lambda mine, given: given[0] <= mine <= given[1],
}


def holds(condition: dict[str, Any], person: Person, at: Moment) -> bool:
    """Whether the person satisfies the condition, given as JSON."""
    if "all" in condition:
        return all(holds(child, person, at) for child in condition["all"])
    if "any" in condition:
        return any(holds(child, person, at) for child in condition["any"])
    if "not" in condition:
        return not holds(condition["not"], person, at)
    op = condition["op"]
    if op in NEGATIVE:
        return not _leaf({**condition, "op": NEGATIVE[op]}, person, at)
    if op == "unknown":
        return not _leaf({**condition, "op": "known"}, person, at)
    return _leaf(condition, person, at)


def _leaf(condition: dict[str, Any], person: Person, at: Moment) -> bool:
    op, value = condition["op"], condition.get("value")
    if "tag" in condition:
        return _items(op, person.tags.get(condition["tag"], set()), value)
    if "source" in condition:
        return bool(person.source == condition["source"])
    if "identity" in condition:
        return any(_identity(op, *each, value) for each in person.identities.get(condition["identity"], set()))
    key = condition["property"]
    mine = value_of(key, person, at.today)
    if mine is None or mine == []:
        return False
    if op == "known":
        return True
    return by_type(at.types[key], op, mine, value, at)


def value_of(key: str, person: Person, today: dt.date) -> Any:
    """The value, with those that follow from others."""
    born, names = person.values.get("dob"), [person.values.get(key) for key in ("firstName", "lastName")]
    if key == "age" and born is not None:
        return Decimal(age(born, today))
    if key == "name" and "name" not in person.values and any(names):
        return " ".join(name for name in names if name)
    if key == "source":
        return person.source
    return person.values.get(key)


def age(born: dt.date, today: dt.date) -> int:
    """Birthdays gone by; one born on 29 February has it on 1 March of other years."""
    return sum(1 for year in range(born.year + 1, today.year + 1) if birthday(born, year) <= today)


def birthday(born: dt.date, year: int) -> dt.date:
    """The anniversary in a year."""
    try:
        return born.replace(year=year)
    except ValueError:
        return dt.date(year, 3, 1)


def by_type(kind: str, op: str, mine: Any, value: Any, at: Moment) -> bool:
    """One positive operator on one known value."""
    if kind in JUDGES:
        return JUDGES[kind](op, mine, value, at)
    return any(TEXT[op](mine.lower(), each.lower()) for each in _list(value))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _identity(op: str, encryption: str, mine: str, value: Any) -> bool:
    if op == "known":
        return True
    if encryption == "none":
        return any(TEXT[op](mine.lower(), each.lower()) for each in _list(value))
    return op in ("is", "in") and any(
        hashlib.new(encryption, each.encode()).hexdigest() == mine for each in _list(value)
    )


def _items(op: str, mine: set[str], value: Any) -> bool:
    folded = {each.lower() for each in mine}
    if op == "known":
        return bool(folded)
    wanted = {each.lower() for each in _list(value)}
    return wanted <= folded if op == "has_all" else bool(wanted & folded)


def _time(op: str, mine: dt.time, value: Any) -> bool:
    given = [dt.time.fromisoformat(each) for each in _list(value)]
    if op == "before":
        return mine < given[0]
    if op == "after":
        return mine > given[0]
    first, last = given
    return first <= mine <= last if first <= last else (mine >= first or mine <= last)


def _date(op: str, mine: dt.date, value: Any, at: Moment) -> bool:
    if isinstance(value, dict) and value.get("unit") in ("minutes", "hours"):
        return _datetime(op, midnight(mine, at.zone), value, at)
    if op in ROLLING_DAYS:
        return ROLLING_DAYS[op](mine, at.today, value)
    return calendar_day(op, mine, value, at.today)


def calendar_day(op: str, mine: dt.date, value: Any, today: dt.date) -> bool:
    """The operators that speak of whole days."""
    if op in ("on", "before", "after", "between"):
        given = [dt.date.fromisoformat(each) for each in _list(value)]
        return {
            "on": mine == given[0],
            "before": mine < given[0],
            "after": mine > given[0],
            "between": given[0] <= mine <= given[-1],
        }[op]
    if op == "anniversary":
        return _anniversary(mine, value, today)
    return CALENDAR[op](mine, today, value)


def _anniversary(mine: dt.date, value: Any, today: dt.date) -> bool:
    if "next" not in value:
        return (mine.month, mine.day) == (value["month"], value["day"])
    coming = [today + dt.timedelta(days=n) for n in range(value["next"]["n"] + 1)]
    return any(birthday(mine, day.year) == day for day in coming)


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def _month(day: dt.date, offset: int = 0) -> tuple[int, int]:
    for _ in range(offset):
        day = day.replace(day=1) - dt.timedelta(days=1)
    return day.year, day.month


DAY, WEEK = dt.timedelta(days=1), dt.timedelta(days=7)
CALENDAR: dict[str, Callable[[dt.date, dt.date, Any], bool]] = {
    "today": lambda mine, today, _: mine == today,
    "yesterday": lambda mine, today, _: mine + DAY == today,
    "tomorrow": lambda mine, today, _: mine - DAY == today,
    "this_week": lambda mine, today, _: _monday(mine) == _monday(today),
    "last_week": lambda mine, today, _: _monday(mine) + WEEK == _monday(today),
    "this_month": lambda mine, today, _: _month(mine) == _month(today),
    "last_month": lambda mine, today, _: _month(mine) == _month(today, 1),
    "this_year": lambda mine, today, _: mine.year == today.year,
    "last_year": lambda mine, today, _: mine.year == today.year - 1,
    "exactly_ago": lambda mine, today, value: mine == shifted(today, value, -1),
    "exactly_ahead": lambda mine, today, value: mine == shifted(today, value, 1),
}
ROLLING_DAYS: dict[str, Callable[[dt.date, dt.date, Any], bool]] = {
    "last": lambda mine, today, value: shifted(today, value, -1) < mine <= today,
    "next": lambda mine, today, value: today < mine <= shifted(today, value, 1),
    "more_than_ago": lambda mine, today, value: mine < shifted(today, value, -1),
    "more_than_ahead": lambda mine, today, value: mine > shifted(today, value, 1),
}


def shifted(day: dt.date, value: dict[str, Any], sign: int) -> dt.date:
    """So many days, weeks, months or years away; the last day of a month that lacks the day."""
    n, unit = sign * value["n"], value["unit"]
    if unit in ("days", "weeks"):
        return day + dt.timedelta(**{unit: n})
    month = day.year * 12 + day.month - 1 + n * (12 if unit == "years" else 1)
    year, month = month // 12, month % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """The first instant of a day."""
    return dt.datetime.combine(day, dt.time(), tzinfo=zone).astimezone(UTC)


def _datetime(op: str, mine: dt.datetime, value: Any, at: Moment) -> bool:
    unit = value.get("unit") if isinstance(value, dict) else None
    if unit in ("minutes", "hours") and op in ("exactly_ago", "exactly_ahead"):
        distance = at.now - mine if op == "exactly_ago" else mine - at.now
        return bool(distance // dt.timedelta(**{unit: 1}) == value["n"])
    if op in ("last", "more_than_ago"):
        past = moment_shifted(at, value, -1)
        return past < mine <= at.now if op == "last" else mine < past
    if op in ("next", "more_than_ahead"):
        ahead = moment_shifted(at, value, 1)
        return at.now < mine <= ahead if op == "next" else mine > ahead
    if op in ("before", "after", "between") and any("T" in each for each in _list(value)):
        first, *rest = (_instant(each, at) for each in _list(value))
        last = [first, *rest][-1]
        return {"before": mine < first, "after": mine > first, "between": first <= mine <= last}[op]
    return calendar_day(op, mine.astimezone(at.zone).date(), value, at.today)


def _instant(text: str, at: Moment) -> dt.datetime:
    """An instant, or the start of a day; cases put days last, where they stand for their last microsecond."""
    if "T" in text:
        return dt.datetime.fromisoformat(text)
    return midnight(dt.date.fromisoformat(text) + DAY, at.zone) - MICROSECOND


def moment_shifted(at: Moment, value: dict[str, Any], sign: int) -> dt.datetime:
    """Fixed lengths up to weeks; months and years away, as long after midnight as now, but within that day."""
    if value["unit"] not in ("months", "years"):
        return at.now + sign * dt.timedelta(**{value["unit"]: value["n"]})
    day = shifted(at.today, value, sign)
    past_day = midnight(day + DAY, at.zone)
    if day.day < at.today.day:
        return past_day
    return min(midnight(day, at.zone) + (at.now - midnight(at.today, at.zone)), past_day)


def _number(op: str, mine: Decimal, value: Any, at: Moment) -> bool:
    return NUMBER[op](mine, [Decimal(str(each)) for each in value] if op == "between" else Decimal(str(value)))


def _phone(op: str, mine: str, value: Any, _: Moment) -> bool:
    """Whole numbers are read as numbers, of France where they name no country; parts of them are text."""
    given = _list(value)
    if op in ("is", "in"):
        plain = [each.replace(" ", "") for each in given]
        given = [f"+33{each[1:]}" if each.startswith("0") else each for each in plain]
    return any(TEXT[op](mine, each) for each in given)


JUDGES: dict[str, Callable[[str, Any, Any, Moment], bool]] = {
    "number": _number,
    "boolean": lambda op, mine, _, __: bool(mine) == (op == "is_true"),
    "list": lambda op, mine, value, _: _items(op, set(mine), value),
    "date": _date,
    "datetime": _datetime,
    "phone": _phone,
    "time": lambda op, mine, value, _: _time(op, mine, value),
}
