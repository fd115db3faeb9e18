"""The narrowest type that every value of a column fits: boolean, number, date, datetime, then string.

Narrower than what the types accept when told, because here a guess must not lose anything:
- `0` and `1` alone are numbers: nobody can tell a flag from a count that happens to be small;
- digits with leading zeros, a plus sign, or 12 digits and more are identifiers and stay strings;
- scientific notation is a number with a negative exponent only: `12E5` may be a code;
- dates are ISO dates. `likely_date_format` proposes another order of day and month, for a person to confirm.
A column without any value is a string.
"""

from collections import Counter
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
    "datetime": Candidate(DateTimeType(), doubts=(require_match("[0-9]{4}-[0-9TZUC :.+-]+", ""),)),
    "string": Candidate(StringType()),
    **{
        f"date_{key}": Candidate(
            DateType(), ParseContext(date_format=key), doubts=(require_match(written.pattern, ""),)
        )
        for key, written in DATE_FORMATS.items()
    },
}
# Real columns of dates hold a few impossible days; they are reported, and do not hide the format.
MOSTLY = 0.9
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
    """What is known of a column so far: how many values it has, and how many of them fit each candidate."""

    values: int = 0
    fitting: Counter[str] = field(default_factory=Counter)

    def add(self, text: str) -> None:
        """Look at one more value; empty ones say nothing."""
        if not is_empty(text):
            self.values += 1
            self.fitting.update(name for name, candidate in CANDIDATES.items() if candidate.fits(text))

    def merge(self, other: "Inference") -> None:
        """Take in what was seen of another part of the column."""
        self.values += other.values
        self.fitting.update(other.fitting)

    @property
    def type_key(self) -> str:
        """The narrowest type that every value fits."""
        if not self.values:
            return "string"
        return next((type_key for name, type_key in ORDER if self.fitting[name] == self.values), "text")

    @property
    def date_format(self) -> str | None:
        """The one date format to propose for a column of dates: it fits nine values of ten, and more than any other.

        None when the column holds no dates, or when day and month could be either way round.
        """
        counts = {key: self.fitting[f"date_{key}"] for key in DATE_FORMATS}
        most = max(counts.values())
        best = [key for key, count in counts.items() if count == most]
        return best[0] if len(best) == 1 and most >= self.values * MOSTLY else None


def narrowest_type(values: Iterable[str]) -> str:
    """Key of the narrowest type that every value fits."""
    return _inferred(values).type_key


def likely_date_format(values: Iterable[str]) -> str | None:
    """Key of the date format to propose, see `Inference.date_format`."""
    return _inferred(values).date_format


def _inferred(values: Iterable[str]) -> Inference:
    inference = Inference()
    for value in values:
        inference.add(value)
    return inference


def sql_inference(expr: str) -> dict[str, str]:
    """SQL aggregates over a text column, by name; their row goes to `inference_of`. Safe on any text."""
    present = f"NOT {sql_is_empty(expr)}"
    counts = {
        name: f"count(*) FILTER (WHERE {present} AND {each.sql_fits(expr)})" for name, each in CANDIDATES.items()
    }
    return {"values": f"count(*) FILTER (WHERE {present})"} | counts


def inference_of(row: Mapping[str, int]) -> Inference:
    """What the aggregates of `sql_inference` say."""
    return Inference(values=row["values"], fitting=Counter({name: row[name] for name in CANDIDATES}))
