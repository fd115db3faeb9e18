"""One line of text."""

from typing import ClassVar, override

from .base import ParseContext, PropertyType
from .reading import ONE_LINE, text_of
from .refusal import Refusal, refuse_longer_than
from .sql import sql_is_plain_line

MAX_STRING = 255
TOO_LONG = refuse_longer_than(MAX_STRING, f"Longer than {MAX_STRING} characters")


class StringType(PropertyType):
    """A line of at most 255 characters, kept as written but for the white space around it."""

    key = "string"
    label = "Text"
    widget = "text"
    choices_allowed = True
    _refusals: ClassVar[tuple[Refusal, ...]] = (ONE_LINE, TOO_LONG)

    @override
    def refusals(self, context: ParseContext) -> tuple[Refusal, ...]:
        return self._refusals

    @override
    def sql_plain(self, expr: str, context: ParseContext) -> str:
        return sql_is_plain_line(expr, MAX_STRING)

    @override
    def parse(self, raw: object, *, context: ParseContext) -> str:
        return self.check(text_of(raw, "a text"), self.refusals(context))
