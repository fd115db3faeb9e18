"""Lists of strings."""

from collections.abc import Iterable
from typing import ClassVar, override

from .base import ALWAYS_OPERATORS, DisplayContext, ParseContext, PropertyType, refuse
from .reading import ONE_LINE, text_of
from .refusal import Refusal, sql_first_sentence
from .sql import literal, sql_is_plain_line, sql_trim
from .string import MAX_STRING
from .whitespace import trim

MAX_ITEMS = 1_000
SEPARATOR = ";"
EMPTY_SENTENCE = "No value between the separators"
TOO_MANY_SENTENCE = f"More than {MAX_ITEMS:,} values"
ITEM_TOO_LONG_SENTENCE = f"A value is longer than {MAX_STRING} characters"
SEPARATOR_SENTENCE = f"A value contains “{SEPARATOR}”, which separates the values of a list"


class ListType(PropertyType):
    """Up to 1 000 different strings of up to 255 characters, in the order first met. Text is split at `;`."""

    key = "list"
    label = "List"
    widget = "list"
    python_type = list
    sql_type = "text[]"
    sortable = False
    choices_allowed = True
    operators = ("has_any", "has_all", "has_none", *ALWAYS_OPERATORS)
    _refusals: ClassVar[tuple[Refusal, ...]] = (
        ONE_LINE,
        Refusal(
            lambda text: not _distinct(text.split(SEPARATOR)),
            "NOT EXISTS (SELECT FROM {items} WHERE item <> '')",
            EMPTY_SENTENCE,
        ),
        Refusal(
            lambda text: len(_distinct(text.split(SEPARATOR))) > MAX_ITEMS,
            f"(SELECT count(DISTINCT item) FROM {{items}} WHERE item <> '') > {MAX_ITEMS}",  # noqa: S608 - built here
            TOO_MANY_SENTENCE,
        ),
        Refusal(
            lambda text: any(len(item) > MAX_STRING for item in _distinct(text.split(SEPARATOR))),
            f"EXISTS (SELECT FROM {{items}} WHERE length(item) > {MAX_STRING})",
            ITEM_TOO_LONG_SENTENCE,
        ),
    )

    @override
    def refusals(self, context: ParseContext) -> tuple[Refusal, ...]:
        return self._refusals

    @override
    def parse(self, raw: object, *, context: ParseContext) -> list[str]:
        if not isinstance(raw, list):
            return _distinct(self.check(text_of(raw, "a list"), self.refusals(context)).split(SEPARATOR))
        items = [text_of(item, "a list of texts") for item in raw]
        if any(SEPARATOR in item for item in items):
            raise refuse(SEPARATOR_SENTENCE)
        return _distinct(self.check(SEPARATOR.join(items), self.refusals(context)).split(SEPARATOR))

    @override
    def to_json(self, value: list[str]) -> list[str]:
        return value

    @override
    def format(self, value: list[str], context: DisplayContext) -> str:
        return ", ".join(value)

    @override
    def csv_text(self, value: list[str], context: DisplayContext) -> str:
        return SEPARATOR.join(value)

    @override
    def input_value(self, value: list[str], context: DisplayContext) -> str:
        return f"{SEPARATOR} ".join(value)

    @override
    def sql_error(self, expr: str, context: ParseContext) -> str:
        # One line within the limit of one item holds no item too long, and never too many.
        plain = f"({sql_is_plain_line(expr, MAX_STRING)} AND {expr} ~ '[!-:<-\\u007e]')"
        sentence = sql_first_sentence(self.refusals(context), sql_trim(expr), unless=plain)
        return sentence.replace("{items}", _sql_items(expr))

    @override
    def sql_value(self, expr: str, context: ParseContext) -> str:
        return _sql_gathered("array_agg", expr)

    @override
    def sql_json(self, expr: str, context: ParseContext) -> str:
        single = f"jsonb_build_array({sql_trim(expr)})"
        several = _sql_gathered("jsonb_agg", expr)
        return f"(CASE WHEN strpos({expr}, {literal(SEPARATOR)}) = 0 THEN {single} ELSE {several} END)"


def _distinct(items: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(item for item in map(trim, items) if item))


def _sql_items(expr: str) -> str:
    pieces = f"unnest(string_to_array({expr}, {literal(SEPARATOR)})) WITH ORDINALITY AS piece (written, place)"
    return f"(SELECT {sql_trim('written')} AS item, place FROM {pieces}) AS listed"  # noqa: S608 - built here


def _sql_gathered(aggregate: str, expr: str) -> str:
    once_each = f"SELECT item, min(place) AS place FROM {_sql_items(expr)} WHERE item <> '' GROUP BY item"  # noqa: S608
    return f"(SELECT {aggregate}(item ORDER BY place) FROM ({once_each}) AS once_each)"  # noqa: S608 - built here
