"""Patterns that most values match and that need no further look. Judging a million cells in full takes minutes.

Each is narrower than its type: what matches is valid, and `value` gives what `sql_json` or the spelling would.
A test compares them with the types.
"""

from dataclasses import dataclass

from user360.property_types import ParseContext


@dataclass(frozen=True, slots=True)
class Quick:
    """SQL over `{x}`, a trimmed text: `test` is true for surely valid ones, `value` is their text form."""

    test: str
    value: str = "{x}"

    def test_of(self, x: str) -> str:
        """The test of one expression."""
        return self.test.replace("{x}", x)

    def value_of(self, x: str) -> str:
        """The value of one expression."""
        return self.value.replace("{x}", x)


_ASCII_LOWER = 'lower({x} COLLATE "C")'
STRING = Quick("octet_length({x}) < 256 AND {x} !~ '[\\u0001-\\u001f\\u007f-\\u009f]'")
NUMBER = Quick("{x} ~ '^-?(0|[1-9][0-9]{0,8})([.][0-9]{1,5})?$'")
BOOLEAN = Quick("{x} IN ('true', 'false', 'yes', 'no', 'TRUE', 'FALSE', 'Yes', 'No', '1', '0')")
ISO_DATE = Quick("{x} ~ '^(19|20)[0-9][0-9]-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$'")
EMAIL = Quick(
    "octet_length({x}) < 64 AND {x} ~* "
    "'^[a-z0-9_+-]+([.][a-z0-9_+-]+)*@[a-z0-9](-?[a-z0-9])*([.][a-z0-9](-?[a-z0-9])*)*[.](com|net|org|edu|[a-z]{2})$'"
    " AND octet_length({x}) = length({x})",
    _ASCII_LOWER,
)
# Letters, digits and - _ alone; not digits around an E, which spreadsheets write for long numbers.
TEXT_ID = Quick("{x} ~ '^[A-Za-z0-9_-]{1,64}$' AND {x} !~ '^[0-9]+[eE]'")
# A letter or two and a number, or a number of several digits: no placeholder looks like that.
MEANS_SOMEBODY = "({x} ~ '^[A-Za-z]{0,12}[-_]?[1-9][0-9]{2,9}$' OR {x} ~ '^[A-Za-z]{1,12}[-_]?0*[1-9][0-9]{0,9}$')"

_BY_TYPE = {"string": STRING, "text": STRING, "number": NUMBER, "boolean": BOOLEAN, "email": EMAIL}


def quick_test(type_key: str, context: ParseContext) -> Quick | None:
    """The pattern of a property type under this context; None where there is none."""
    if type_key == "date":
        return ISO_DATE if context.date_format == "iso" else None
    return _BY_TYPE.get(type_key)
