"""Long text with line breaks."""

from typing import ClassVar, override

from .base import ParseContext, PropertyType
from .reading import NO_CONTROLS, text_of
from .refusal import Refusal, refuse_longer_than
from .sql import sql_trim

MAX_TEXT = 10_000


class TextType(PropertyType):
    """At most 10 000 characters; line breaks and tabs stay, a line break is one character however it was sent."""

    key = "text"
    label = "Long text"
    widget = "textarea"
    sortable = False
    _refusals: ClassVar[tuple[Refusal, ...]] = (
        NO_CONTROLS,
        refuse_longer_than(MAX_TEXT, f"Longer than {MAX_TEXT:,} characters"),
    )

    @override
    def refusals(self, context: ParseContext) -> tuple[Refusal, ...]:
        return self._refusals

    @override
    def parse(self, raw: object, *, context: ParseContext) -> str:
        text = text_of(raw, "a text").replace("\r\n", "\n").replace("\r", "\n")
        return self.check(text, self.refusals(context))

    @override
    def sql_error(self, expr: str, context: ParseContext) -> str | None:
        return super().sql_error(_one_kind_of_line_break(expr), context)

    @override
    def sql_value(self, expr: str, context: ParseContext) -> str:
        return sql_trim(_one_kind_of_line_break(expr))


def _one_kind_of_line_break(expr: str) -> str:
    return rf"replace(replace({expr}, E'\r\n', E'\n'), E'\r', E'\n')"
