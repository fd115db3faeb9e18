"""Calendar days."""

import datetime as dt
from functools import cache
from typing import override

from .base import ALWAYS_OPERATORS, DisplayContext, ParseContext, PropertyType
from .dates import DATE_FORMATS, date_in_words, refuse_no_such_day, refuse_other_orders, sql_is_day
from .operators import DATE_OPERATORS
from .reading import text_of
from .refusal import Refusal, require_match
from .sql import literal, sql_trim


class DateType(PropertyType):
    """A day of the calendar, years 1 to 9999. Read in the one format the context names, never guessed."""

    key = "date"
    label = "Date"
    widget = "date"
    python_type = dt.date
    sql_type = "date"
    operators = (*DATE_OPERATORS, *ALWAYS_OPERATORS)

    @override
    def refusals(self, context: ParseContext) -> tuple[Refusal, ...]:
        return _refusals(context.date_format)

    @override
    def parse(self, raw: object, *, context: ParseContext) -> dt.date:
        text = self.check(text_of(raw, "a date"), self.refusals(context))
        return dt.date.fromisoformat(DATE_FORMATS[context.date_format].iso_text(text))

    @override
    def to_json(self, value: dt.date) -> str:
        return value.isoformat()

    @override
    def from_json(self, stored: str) -> dt.date:
        return dt.date.fromisoformat(stored)

    @override
    def format(self, value: dt.date, context: DisplayContext) -> str:
        return date_in_words(value, context.locale)

    @override
    def csv_text(self, value: dt.date, context: DisplayContext) -> str:
        return value.isoformat()

    @override
    def sql_plain(self, expr: str, context: ParseContext) -> str:
        written = DATE_FORMATS[context.date_format]
        return f"({expr} ~ {literal(f'^{written.pattern}$')} AND {sql_is_day(expr)})" if written.native else "false"

    @override
    def sql_value(self, expr: str, context: ParseContext) -> str:
        native = DATE_FORMATS[context.date_format].native
        return f"{sql_trim(expr) if native else self.sql_json_text(expr, context)}::date"

    @override
    def sql_json_text(self, expr: str, context: ParseContext) -> str:
        return DATE_FORMATS[context.date_format].sql_iso_text(sql_trim(expr))


@cache
def _refusals(date_format: str) -> tuple[Refusal, ...]:
    expected = DATE_FORMATS[date_format]
    return (
        *(refuse_other_orders() if date_format == "iso" else ()),
        require_match(expected.pattern, f"Not a date (expected {expected.label})"),
        refuse_no_such_day(expected, lambda text: text, "{x}"),
    )
