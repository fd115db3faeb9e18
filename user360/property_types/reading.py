"""From what was sent to the text that a type judges."""

from decimal import Decimal

from .base import refuse
from .refusal import refuse_containing, refuse_matching
from .whitespace import trim

SPREADSHEET_SENTENCE = "A spreadsheet shortened this number; its last digits are gone"
NUL_SENTENCE = "Contains a NUL character"
UNICODE_SENTENCE = "Contains half a character (an unpaired surrogate)"

# Spreadsheets shorten from the 12th digit on: 919876543210 becomes 9.19877E+11.
SHORTENED_NUMBER = refuse_matching(
    r"[+-]?[0-9]+([.,][0-9]+)?[eE][+]?0*(1[1-9]|[2-9][0-9]|[1-9][0-9][0-9]+)", SPREADSHEET_SENTENCE
)
ONE_LINE = refuse_containing(r"[\u0001-\u001f\u007f-\u009f]", "Contains a line break or another control character")
NO_CONTROLS = refuse_containing(
    r"[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]", "Contains a control character"
)


def text_of(raw: object, expected: str) -> str:
    """The trimmed text of a text or a number; `expected` names the type for the sentence: "a text".

    Raises InvalidValue for other kinds and for what PostgreSQL cannot store as text.
    """
    match raw:
        case str():
            text = trim(raw)
        case bool() | list() | dict() | None:
            raise refuse(f"Expected {expected}, not {_KINDS[type(raw)]}")
        case int() | Decimal() | float():
            text = number_text(raw)
        case _:
            raise refuse(f"Expected {expected}")
    if "\0" in text:
        raise refuse(NUL_SENTENCE)
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise refuse(UNICODE_SENTENCE)
    return text


_KINDS = {bool: "true or false", list: "a list", dict: "an object", type(None): "nothing"}


def number_text(number: float | Decimal) -> str:
    """A number in plain digits without trailing zeros: `0.5`, `1200`, `-3`. `NaN` and `Infinity` stay words."""
    exact = number if isinstance(number, Decimal) else Decimal(repr(number))
    if not exact.is_finite():
        return str(exact)
    plain = f"{exact:f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain == "-0" else plain
