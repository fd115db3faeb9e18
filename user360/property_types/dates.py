"""Written dates: the orders of day, month and year, shared by dates and datetimes."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import dateformat, translation

from .refusal import Refusal
from .sql import literal


@dataclass(frozen=True, slots=True)
class DateFormat:
    """How a column writes dates. `pattern` has three groups; `iso` puts them in the order year, month, day.

    `native`: PostgreSQL reads it as it is, under every DateStyle.
    """

    key: str
    label: str
    pattern: str
    iso: str
    native: bool = False

    def iso_text(self, text: str) -> str:
        """The date as YYYY-MM-DD, though maybe of no real day; `text` matches the pattern."""
        return re.sub(f"^{self.pattern}$", self.iso, _PAD.sub(r"\g<1>0\2", text))

    def sql_iso_text(self, x: str) -> str:
        """SQL text: the same."""
        if self.key == "iso":
            return x
        padded = f"regexp_replace({x}, {literal(_PAD.pattern)}, '\\10\\2', 'g')"
        return f"regexp_replace({padded}, {literal(f'^{self.pattern}$')}, {literal(self.iso)})"


# A day or month of one digit before a separator: 1/2/2024.
_PAD = re.compile(r"(^|[/.-])([0-9])(?=[/.-])")
_PARTS = r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})"

DATE_FORMATS: dict[str, DateFormat] = {
    date_format.key: date_format
    for date_format in (
        DateFormat("iso", "YYYY-MM-DD", r"([0-9]{4})-([0-9]{2})-([0-9]{2})", r"\1-\2-\3", native=True),
        DateFormat("yyyymmdd", "YYYYMMDD", r"([0-9]{4})([0-9]{2})([0-9]{2})", r"\1-\2-\3", native=True),
        DateFormat("dmy", "DD/MM/YYYY", _PARTS, r"\3-\2-\1"),
        DateFormat("mdy", "MM/DD/YYYY", _PARTS, r"\3-\1-\2"),
    )
}


def is_day(iso_text: str) -> bool:
    """Whether YYYY-MM-DD is a day of the calendar, years 1 to 9999."""
    try:
        dt.date.fromisoformat(iso_text)
    except ValueError:
        return False
    return True


def sql_is_day(x: str) -> str:
    """SQL boolean: the same. The ISO order is read alike under every DateStyle."""
    return f"pg_input_is_valid({x}, 'date')"


def refuse_no_such_day(date_format: DateFormat, date_part: Callable[[str], str], sql_date_part: str) -> Refusal:
    """Refuse 30 February; `date_part` (and its SQL over `{x}`) cut the date out of the text."""
    return Refusal(
        lambda text: not is_day(date_format.iso_text(date_part(text))),
        f"NOT {sql_is_day(date_format.sql_iso_text(sql_date_part))}",
        "There is no such day in the calendar",
    )


def refuse_other_orders(rest: str = "") -> tuple[Refusal, ...]:
    """Name the format of well-known dates that are not ISO, instead of guessing. `rest`: what may follow the date."""
    compact, slashed = DATE_FORMATS["yyyymmdd"], r"([0-9]{1,2}[/.-][0-9]{1,2}[/.-]([0-9]{4}|[0-9]{2}))" + rest
    compact_pattern = re.compile(compact.pattern)
    slashed_pattern = re.compile(slashed)
    return (
        Refusal(
            lambda text: bool(compact_pattern.fullmatch(text)) and is_day(compact.iso_text(text)),
            f"{{x}} ~ {literal(f'^{compact.pattern}$')} AND {sql_is_day(compact.sql_iso_text('{x}'))}",
            r"\1\2\3 looks like a date written YYYYMMDD; "
            r"choose that date format for the column, or write \1-\2-\3",
            quoted=compact.pattern,
        ),
        Refusal(
            lambda text: bool(slashed_pattern.fullmatch(text)),
            f"{{x}} ~ {literal(f'^(?:{slashed})$')}",
            r"\1 can be read day first or month first; choose the date format of the column, or write YYYY-MM-DD",
            quoted=slashed,
        ),
    )


def date_in_words(value: dt.date, locale: str) -> str:
    """`12 Mar 2026` in the language of the locale."""
    with translation.override(locale):
        return dateformat.format(value, "j M Y")
