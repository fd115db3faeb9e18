"""Times of day."""

import datetime as dt
from typing import ClassVar, override

from .base import ALWAYS_OPERATORS, DisplayContext, ParseContext, PropertyType
from .reading import text_of
from .refusal import Refusal, require_match
from .sql import literal, sql_trim

TIME = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?"


class TimeType(PropertyType):
    """A time of day to the second, without a zone."""

    key = "time"
    label = "Time of day"
    widget = "time"
    python_type = dt.time
    sql_type = "time"
    operators = ("before", "after", "between", *ALWAYS_OPERATORS)
    _refusals: ClassVar[tuple[Refusal, ...]] = (require_match(TIME, "Not a time (expected HH:MM or HH:MM:SS)"),)

    @override
    def refusals(self, context: ParseContext) -> tuple[Refusal, ...]:
        return self._refusals

    @override
    def parse(self, raw: object, *, context: ParseContext) -> dt.time:
        return dt.time.fromisoformat(self.check(text_of(raw, "a time"), self.refusals(context)))

    @override
    def to_json(self, value: dt.time) -> str:
        return value.isoformat(timespec="seconds")

    @override
    def from_json(self, stored: str) -> dt.time:
        return dt.time.fromisoformat(stored)

    @override
    def format(self, value: dt.time, context: DisplayContext) -> str:
        return value.isoformat(timespec="seconds" if value.second else "minutes")

    @override
    def csv_text(self, value: dt.time, context: DisplayContext) -> str:
        return value.isoformat(timespec="seconds")

    @override
    def sql_plain(self, expr: str, context: ParseContext) -> str:
        return f"{expr} ~ {literal(f'^{TIME}$')}"

    @override
    def sql_value(self, expr: str, context: ParseContext) -> str:
        return f"{sql_trim(expr)}::time"

    @override
    def sql_json(self, expr: str, context: ParseContext) -> str:
        return f"to_jsonb({self.sql_value(expr, context)}::text)"
