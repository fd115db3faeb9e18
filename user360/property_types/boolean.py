"""True or false."""

from typing import ClassVar, override

from .base import ALWAYS_OPERATORS, DisplayContext, ParseContext, PropertyType
from .reading import text_of
from .refusal import Refusal
from .sql import literal, sql_trim

WORDS = {
    **dict.fromkeys(("true", "t", "yes", "y", "on", "1"), True),
    **dict.fromkeys(("false", "f", "no", "n", "off", "0"), False),
}


def _sql_word_in(words: list[str]) -> str:
    # Collation "C" lower-cases ASCII letters alone; no other letter's lower case is in a word.
    return f'lower({{x}} COLLATE "C") IN ({", ".join(literal(word) for word in words)})'


class BooleanType(PropertyType):
    """True, false or unknown; unknown is the absence of a value."""

    key = "boolean"
    label = "Yes or no"
    widget = "checkbox"
    python_type = bool
    sql_type = "boolean"
    operators = ("is_true", "is_not_true", "is_false", "is_not_false", *ALWAYS_OPERATORS)
    _refusals: ClassVar[tuple[Refusal, ...]] = (
        Refusal(lambda text: text.lower() not in WORDS, f"NOT {_sql_word_in(list(WORDS))}", "Not true or false"),
    )

    @override
    def refusals(self, context: ParseContext) -> tuple[Refusal, ...]:
        return self._refusals

    @override
    def parse(self, raw: object, *, context: ParseContext) -> bool:
        if isinstance(raw, bool):
            return raw
        return WORDS[self.check(text_of(raw, "true or false"), self.refusals(context)).lower()]

    @override
    def to_json(self, value: bool) -> bool:
        return value

    @override
    def format(self, value: bool, context: DisplayContext) -> str:
        return "Yes" if value else "No"

    @override
    def csv_text(self, value: bool, context: DisplayContext) -> str:
        return "true" if value else "false"

    @override
    def sql_value(self, expr: str, context: ParseContext) -> str:
        true_words = [word for word, meaning in WORDS.items() if meaning]
        return "(" + _sql_word_in(true_words).replace("{x}", sql_trim(expr)) + ")"
