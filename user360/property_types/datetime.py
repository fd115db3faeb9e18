"""Moments in time."""

import datetime as dt
import re
import zoneinfo
from functools import cache
from typing import override

from .base import ALWAYS_OPERATORS, UTC, DisplayContext, ParseContext, PropertyType, refuse
from .dates import DATE_FORMATS, date_in_words, refuse_no_such_day, refuse_other_orders
from .operators import DATE_OPERATORS
from .reading import text_of
from .refusal import Refusal, require_match
from .sql import literal, sql_trim

TIME = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?"
ZONE = r"(Z|UTC|[+-](0[0-9]|1[0-5])(:?[0-5][0-9])?)"
REST = rf"([T ]{TIME}( ?{ZONE})?)?"
# ISO moments of years far from both ends, to the microsecond: PostgreSQL reads them as they are.
PLAIN = r"^[12][0-9]{3}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?"
SHORT_ZONE = r"(Z|[+-](0[0-9]|1[0-5])(:[0-5][0-9])?)?$"
UTC_TO_THE_SECOND = "^[12][0-9]{3}-[0-9]{2}-[0-9]{2}[T ][0-9:]{8}Z$"
OUT_OF_RANGE = "Outside the years 1 to 9999 in UTC"
_ZONE_AT_END = re.compile(f" ?{ZONE}$")


class DateTimeType(PropertyType):
    """A moment, kept in UTC to the microsecond.

    Without a zone it is the context's; a date alone is its midnight. A local time that occurs twice (clocks go back)
    is the second one, one that is skipped (clocks go forward) counts from before: as PostgreSQL reads them.
    """

    key = "datetime"
    label = "Date and time"
    widget = "datetime-local"
    python_type = dt.datetime
    sql_type = "timestamptz"
    operators = (*DATE_OPERATORS, *ALWAYS_OPERATORS)

    @override
    def refusals(self, context: ParseContext) -> tuple[Refusal, ...]:
        return _refusals(context.date_format, context.time_zone)

    @override
    def parse(self, raw: object, *, context: ParseContext) -> dt.datetime:
        text = self.check(text_of(raw, "a date and time"), self.refusals(context))
        moment = _moment(text, context.date_format, context.time_zone)
        if moment is None:
            raise refuse(OUT_OF_RANGE)
        return moment

    @override
    def to_json(self, value: dt.datetime) -> str:
        return value.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"

    @override
    def from_json(self, stored: str) -> dt.datetime:
        return dt.datetime.fromisoformat(stored)

    @override
    def format(self, value: dt.datetime, context: DisplayContext) -> str:
        local = value.astimezone(context.time_zone)
        return f"{date_in_words(local, context.locale)}, {local:%H:%M}"

    @override
    def csv_text(self, value: dt.datetime, context: DisplayContext) -> str:
        local = value.astimezone(context.time_zone)
        offset = local.utcoffset() or dt.timedelta()
        # Before standard time zones had odd seconds, which ISO 8601 cannot say.
        return (local if offset.seconds % 60 == 0 else value.astimezone(UTC)).isoformat()

    @override
    def input_value(self, value: dt.datetime, context: DisplayContext) -> str:
        local = value.astimezone(context.time_zone).replace(tzinfo=None)
        return local.isoformat(timespec="seconds" if local.second else "minutes")

    @override
    def sql_plain(self, expr: str, context: ParseContext) -> str:
        if context.date_format != "iso":
            return "false"
        return f"({expr} ~ {literal(PLAIN + SHORT_ZONE)} AND pg_input_is_valid({expr}, 'timestamptz'))"

    @override
    def sql_value(self, expr: str, context: ParseContext) -> str:
        return _sql_moment(sql_trim(expr), context.date_format, context.time_zone)

    @override
    def sql_json(self, expr: str, context: ParseContext) -> str:
        x, moment = sql_trim(expr), self.sql_value(expr, context)
        return (
            # Written in UTC to the second it need not become a moment and a text again.
            f"(CASE WHEN {x} ~ {literal(UTC_TO_THE_SECOND)}"
            f" THEN to_jsonb(substr({x}, 1, 10) || 'T' || substr({x}, 12, 8) || '.000000Z')"
            f""" ELSE to_jsonb(to_char({moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) END)"""
        )


@cache
def _refusals(date_format: str, time_zone: zoneinfo.ZoneInfo) -> tuple[Refusal, ...]:
    expected = DATE_FORMATS[date_format]
    moment = _sql_moment("{x}", date_format, time_zone)
    return (
        *(refuse_other_orders(REST) if date_format == "iso" else ()),
        require_match(expected.pattern + REST, f"Not a date and time (expected {expected.label} HH:MM)"),
        refuse_no_such_day(expected, _date_part, _sql_date_part("{x}")),
        Refusal(
            lambda text: _moment(text, date_format, time_zone) is None,
            f"NOT {moment} BETWEEN '0001-01-01T00:00:00Z'::timestamptz AND '9999-12-31T23:59:59.999999Z'::timestamptz",
            OUT_OF_RANGE,
        ),
    )


def _date_part(text: str) -> str:
    return re.split("[T ]", text, maxsplit=1)[0]


def _sql_date_part(x: str) -> str:
    return f"substring({x} from '^[^T ]+')"


def _moment(text: str, date_format: str, time_zone: zoneinfo.ZoneInfo) -> dt.datetime | None:
    """The moment in UTC; None outside the years 1 to 9999. `text` has passed the other refusals."""
    day = _date_part(text)
    clock = text[len(day) + 1 :]
    zone = _ZONE_AT_END.search(clock)
    clock = clock[: zone.start()] if zone else clock or "00:00"
    local = dt.datetime.fromisoformat(f"{DATE_FORMATS[date_format].iso_text(day)}T{clock}")
    try:
        return (local - (_offset(zone[1]) if zone else _offset_at(local, time_zone))).replace(tzinfo=UTC)
    except OverflowError:
        return None


def _offset(zone: str) -> dt.timedelta:
    if zone in ("Z", "UTC"):
        return dt.timedelta()
    digits = zone[1:].replace(":", "").ljust(4, "0")
    size = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -size if zone[0] == "-" else size


def _offset_at(local: dt.datetime, time_zone: zoneinfo.ZoneInfo) -> dt.timedelta:
    """The zone's offset. Of two readings the smaller: it is PostgreSQL's choice for skipped and for repeated hours."""
    readings = (local.replace(tzinfo=time_zone, fold=fold).utcoffset() for fold in (0, 1))
    return min(reading or dt.timedelta() for reading in readings)


def _sql_moment(x: str, date_format: str, time_zone: zoneinfo.ZoneInfo) -> str:
    day = DATE_FORMATS[date_format].sql_iso_text(_sql_date_part(x))
    # PostgreSQL rounds the seventh digit of a second; we cut it off.
    clock = rf"regexp_replace(coalesce(substring({x} from '[T ](.*)$'), '00:00'), '([.][0-9]{{6}})[0-9]+', '\1')"
    written = f"({day} || ' ' || {clock})"
    plain = f"WHEN {x} ~ {literal(PLAIN + '$')} THEN {x}::timestamp AT TIME ZONE {literal(time_zone.key)} "
    return (
        f"(CASE {plain if date_format == 'iso' else ''}"
        f"WHEN {x} ~ {literal(f':[0-9.]+ ?{ZONE}$')} THEN {written}::timestamptz"
        f" ELSE {written}::timestamp AT TIME ZONE {literal(time_zone.key)} END)"
    )
