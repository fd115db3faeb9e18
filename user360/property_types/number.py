"""Numbers."""

from decimal import Decimal
from typing import ClassVar, override

from django.utils import formats, numberformat

from .base import ALWAYS_OPERATORS, DisplayContext, ParseContext, PropertyType
from .reading import SHORTENED_NUMBER, number_text, text_of
from .refusal import Refusal, refuse_longer_than, refuse_matching, require_match
from .sql import sql_trim

MAX_DIGITS = 15
MAX_LENGTH = 64

# Scientific notation is read for exponents from -99 to 10. From 11 on it is what a spreadsheet makes of a long
# number, and nobody can tell whether the digits behind are zeros or lost.
PLAIN_OR_SMALL_EXPONENT = r"[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE]([+]?0?[0-9]|[+]?10|-[0-9]{1,2}))?"
THOUSANDS = (
    r"[+-]?[1-9][0-9]{0,2}"
    r"(([ \u00a0\u202f'\u2019_,][0-9]{3})+([.,][0-9]+)?|([.][0-9]{3})+,[0-9]+|([.][0-9]{3}){2,})"
)


def _significant_digits(text: str) -> int:
    return len(text.lower().partition("e")[0].lstrip("+-").replace(".", "").strip("0"))


class NumberType(PropertyType):
    """A decimal number of at most 15 significant digits (trailing and leading zeros do not count)."""

    key = "number"
    label = "Number"
    widget = "number"
    python_type = Decimal
    sql_type = "numeric"
    choices_allowed = True
    operators = ("eq", "ne", "lt", "lte", "gt", "gte", "between", *ALWAYS_OPERATORS)
    _refusals: ClassVar[tuple[Refusal, ...]] = (
        SHORTENED_NUMBER,
        refuse_matching(THOUSANDS, "Write the number without thousands separators, such as 1234567.89"),
        refuse_matching(r"([+-]?[0-9]*),([0-9]+)", r"Write \1.\2 with a point"),
        require_match(PLAIN_OR_SMALL_EXPONENT, "Not a number"),
        refuse_longer_than(MAX_LENGTH, f"A number has at most {MAX_LENGTH} characters"),
        Refusal(
            lambda text: _significant_digits(text) > MAX_DIGITS,
            "length(btrim(replace(ltrim(split_part(translate({x}, 'E', 'e'), 'e', 1), '+-'), '.', ''), '0'))"
            f" > {MAX_DIGITS}",
            f"More than {MAX_DIGITS} significant digits; keep such numbers in a text property",
        ),
    )

    @override
    def refusals(self, context: ParseContext) -> tuple[Refusal, ...]:
        return self._refusals

    @override
    def parse(self, raw: object, *, context: ParseContext) -> Decimal:
        exact = Decimal(self.check(text_of(raw, "a number"), self.refusals(context)))
        return Decimal(number_text(exact))

    @override
    def to_json(self, value: Decimal) -> int | float:
        return int(value) if value == value.to_integral_value() else float(value)

    @override
    def from_json(self, stored: float) -> Decimal:
        return Decimal(number_text(stored))

    @override
    def format(self, value: Decimal, context: DisplayContext) -> str:
        language = context.locale
        return numberformat.format(
            number_text(value),
            str(formats.get_format("DECIMAL_SEPARATOR", lang=language, use_l10n=True)),
            grouping=formats.get_format("NUMBER_GROUPING", lang=language, use_l10n=True) or 3,
            thousand_sep=str(formats.get_format("THOUSAND_SEPARATOR", lang=language, use_l10n=True)),
            force_grouping=True,
            use_l10n=True,
        )

    @override
    def csv_text(self, value: Decimal, context: DisplayContext) -> str:
        return number_text(value)

    @override
    def sql_plain(self, expr: str, context: ParseContext) -> str:
        return f"{expr} ~ '^-?[0-9]{{1,11}}([.][0-9]{{1,4}})?$'"

    @override
    def sql_value(self, expr: str, context: ParseContext) -> str:
        return f"trim_scale({sql_trim(expr)}::numeric)"
