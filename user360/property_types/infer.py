"""The narrowest type that every value of a column fits: boolean, number, date, datetime, then string.

Narrower than what the types accept when told, because here a guess must not lose anything:
- `0` and `1` alone are numbers: nobody can tell a flag from a count that happens to be small;
- digits with leading zeros, a plus sign, or 12 digits and more are identifiers and stay strings;
- scientific notation is a number with a negative exponent only: `12E5` may be a code;
- dates are ISO dates. `fitting_date_formats` says which other order of day and month would fit every value.
A column without any value is a string.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .base import InvalidValue, ParseContext, PropertyType
from .boolean import BooleanType
from .date import DateType
from .dates import DATE_FORMATS
from .datetime import DateTimeType
from .number import NumberType
from .refusal import Refusal, require_match
from .sql import sql_is_empty, sql_trim
from .string import StringType
from .whitespace import is_empty, trim

_PLAIN = ParseContext()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A type under a context, and what makes a value that fits it too doubtful for a guess."""

    kind: PropertyType
    context: ParseContext = _PLAIN
    doubts: tuple[Refusal, ...] = ()

    def fits(self, text: str) -> bool:
        """Whether the value is surely of this type."""
        if any(doubt.holds(trim(text)) for doubt in self.doubts):
            return False
        try:
            self.kind.parse(text, context=self.context)
        except InvalidValue:
            return False
        return True

    def sql_fits(self, expr: str) -> str:
        """SQL boolean: the same."""
        doubts = "".join(f"WHEN {doubt.sql_holds(sql_trim(expr))} THEN false " for doubt in self.doubts)
        return f"(CASE {doubts}WHEN {self.kind.sql_check(expr, self.context)} THEN true ELSE false END)"


CANDIDATES: dict[str, Candidate] = {
    "flag": Candidate(BooleanType(), doubts=(require_match("[^01]+", ""),)),
    "number": Candidate(
        NumberType(), doubts=(require_match("-?((0|[1-9][0-9]{0,10})([.][0-9]+)?|[.][0-9]+)([eE]-[0-9]{1,2})?", ""),)
    ),
    "datetime": Candidate(DateTimeType()),
    "string": Candidate(StringType()),
    **{f"date_{key}": Candidate(DateType(), ParseContext(date_format=key)) for key in DATE_FORMATS},
}
# The type of a column is the first of these whose candidate fits every value; else it is long text.
ORDER = (
    ("flag", "boolean"),
    ("number", "number"),
    ("date_iso", "date"),
    ("datetime", "datetime"),
    ("string", "string"),
)


@dataclass(slots=True)
class Inference:
    """What is known of a column so far: the candidates that fit every value met. Starts with all of them."""

    fitting: set[str] = field(default_factory=lambda: set(CANDIDATES))
    has_values: bool = False

    def add(self, text: str) -> None:
        """Look at one more value; empty ones say nothing."""
        if not is_empty(text):
            self.has_values = True
            self.fitting = {name for name in self.fitting if CANDIDATES[name].fits(text)}

    def merge(self, other: "Inference") -> None:
        """Take in what was seen of another part of the column."""
        self.fitting &= other.fitting
        self.has_values |= other.has_values

    @property
    def type_key(self) -> str:
        """The narrowest type so far."""
        if not self.has_values:
            return "string"
        return next((type_key for name, type_key in ORDER if name in self.fitting), "text")

    @property
    def date_formats(self) -> list[str]:
        """The date formats in which every value is a date; more than one when no day is above 12."""
        return [key for key in DATE_FORMATS if self.has_values and f"date_{key}" in self.fitting]


def narrowest_type(values: Iterable[str]) -> str:
    """Key of the narrowest type that every value fits."""
    return _inferred(values).type_key


def fitting_date_formats(values: Iterable[str]) -> list[str]:
    """Keys of the date formats in which every value is a date."""
    return _inferred(values).date_formats


def _inferred(values: Iterable[str]) -> Inference:
    inference = Inference()
    for value in values:
        inference.add(value)
    return inference


def sql_inference(expr: str) -> dict[str, str]:
    """SQL aggregates over a text column, by name; their row goes to `inference_of`. Safe on any text."""
    present = f"NOT {sql_is_empty(expr)}"
    aggregates = {
        name: f"bool_and({each.sql_fits(expr)}) FILTER (WHERE {present})" for name, each in CANDIDATES.items()
    }
    return aggregates | {"has_values": f"count(*) FILTER (WHERE {present}) > 0"}


def inference_of(row: Mapping[str, bool | None]) -> Inference:
    """What the aggregates of `sql_inference` say."""
    fitting = {name for name in CANDIDATES if row[name] is not False}
    return Inference(fitting=fitting, has_values=bool(row["has_values"]))
