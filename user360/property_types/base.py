"""What every property type offers, and the error all of them raise."""

import zoneinfo
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from .refusal import Refusal, first_sentence, sql_first_sentence
from .sql import sql_trim

INVALID_DATA_TYPE = "invalidDataType"
UTC = zoneinfo.ZoneInfo("UTC")
TEXT_OPERATORS = ("is", "is_not", "contains", "not_contains", "starts_with", "ends_with", "in", "not_in")
ALWAYS_OPERATORS = ("known", "unknown")

type Json = bool | int | float | str | list[str]


class InvalidValue(ValueError):  # noqa: N818 - it names a kind of value, as the error codes do
    """A value that its type refuses. `message` is one sentence for people, `code` a stable word for programs."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def refuse(message: str) -> InvalidValue:
    """The error for a value that does not fit its type."""
    return InvalidValue(INVALID_DATA_TYPE, message)


@dataclass(frozen=True, slots=True)
class ParseContext:
    """How text is to be read: ISO 3166 country of phone numbers, zone of times without one, order of date parts.

    `date_format` is a key of `dates.DATE_FORMATS`.
    """

    default_country: str = ""
    time_zone: zoneinfo.ZoneInfo = UTC
    date_format: str = "iso"


@dataclass(frozen=True, slots=True)
class DisplayContext:
    """For whom a value is written: locale (`en`, `fr-fr`) and the zone in which times are shown."""

    locale: str = "en"
    time_zone: zoneinfo.ZoneInfo = UTC


class PropertyType(ABC):
    """One type of user property: reading, storing, showing and searching its values.

    The defaults serve the types whose values are plain text; the others override them.
    Every SQL expression returned here is free of `%` and may stand in a statement with or without parameters.
    """

    key: ClassVar[str]
    label: ClassVar[str]
    widget: ClassVar[str]
    python_type: ClassVar[type] = str
    sql_type: ClassVar[str] = "text"
    sortable: ClassVar[bool] = True
    choices_allowed: ClassVar[bool] = False
    operators: ClassVar[tuple[str, ...]] = (*TEXT_OPERATORS, *ALWAYS_OPERATORS)

    @abstractmethod
    def parse(self, raw: object, *, context: ParseContext) -> Any:
        """The Python value of what a form, a file or the API sent; raises InvalidValue. Empty input is not for it."""

    def is_plain(self, text: str) -> bool:  # noqa: ARG002 - no text is plain for every type
        """Whether `parse` surely gives this trimmed text back, under any context. False says nothing."""
        return False

    def are_plain(self, texts: Sequence[str]) -> bool:  # noqa: ARG002 - as above
        """The same for all of several texts at once, of which some may be empty; quick, and therefore no loop."""
        return False

    def refusals(self, context: ParseContext) -> tuple[Refusal, ...] | None:
        """Why trimmed text is refused, in this order; None when only Python can judge."""
        raise NotImplementedError

    def to_json(self, value: Any) -> Json:
        """The one form in which a value is stored in `profile.attributes`."""
        return str(value)

    def from_json(self, stored: Any) -> Any:
        """The Python value of what `to_json` gave."""
        return stored

    def format(self, value: Any, context: DisplayContext) -> str:  # noqa: ARG002 - plain text looks alike everywhere
        """The value as people read it."""
        return str(value)

    def csv_text(self, value: Any, context: DisplayContext) -> str:  # noqa: ARG002 - plain text has no zone
        """The value in an exported file; `parse` reads it back to the same value."""
        return str(value)

    def input_value(self, value: Any, context: DisplayContext) -> str:
        """The text for the HTML input named by `widget`."""
        return self.csv_text(value, context)

    def sql_check(self, expr: str, context: ParseContext) -> str | None:
        """SQL boolean: the not-empty text `expr` is valid. None when only Python can judge."""
        sentence = self.sql_error(expr, context)
        return None if sentence is None else f"({sentence} IS NULL)"

    def sql_error(self, expr: str, context: ParseContext) -> str | None:
        """SQL text: the sentence `parse` gives for the not-empty text `expr`, NULL when it is valid."""
        refusals = self.refusals(context)
        if refusals is None:
            return None
        return sql_first_sentence(refusals, sql_trim(expr), unless=self.sql_plain(expr, context))

    def sql_plain(self, expr: str, context: ParseContext) -> str:  # noqa: ARG002 - no shape is plain for every type
        """SQL boolean: `expr` is valid at first sight. It spares nearly all rows the tests of `refusals`."""
        return "false"

    def sql_value(self, expr: str, context: ParseContext) -> str:  # noqa: ARG002 - text needs no context
        """SQL value of type `sql_type`. Only for rows that passed the check.

        For types that Python judges, `expr` holds what `to_json` gave.
        """
        return sql_trim(expr)

    def sql_json(self, expr: str, context: ParseContext) -> str:
        """SQL jsonb, the same as `to_json(parse(...))`. Only for rows that passed the check."""
        return f"to_jsonb({self.sql_json_text(expr, context) or self.sql_value(expr, context)})"

    def sql_json_text(self, expr: str, context: ParseContext) -> str | None:
        """SQL text of which `sql_json` is the JSON string; None where the JSON is none, or not made from a text."""
        return self.sql_value(expr, context) if self.sql_type == "text" else None

    def check(self, text: str, refusals: Iterable[Refusal]) -> str:
        """The trimmed text itself; raises InvalidValue with the first refusal's sentence."""
        sentence = first_sentence(refusals, text)
        if sentence is not None:
            raise refuse(sentence)
        return text
