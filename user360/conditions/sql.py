"""The few comparisons that conditions write in SQL. Values are always parameters."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, Func, Q, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Lower

type Expr = Combinable


def infix(left: Expr, operator: str, right: Expr) -> Q:
    """`left operator right`; the operator is one of ours, never a user's."""
    return Q(Func(left, right, template="(%(expressions)s)", arg_joiner=f" {operator} ", output_field=BooleanField()))


def is_null(value: Expr) -> Q:
    """The value is NULL."""
    return Q(Func(value, template="(%(expressions)s IS NULL)", output_field=BooleanField()))


def is_known(value: Expr) -> Q:
    """The value is not NULL."""
    return Q(Func(value, template="(%(expressions)s IS NOT NULL)", output_field=BooleanField()))


def is_not_empty(array: Expr) -> Q:
    """The array, which is never NULL, has items."""
    return Q(Func(array, template="(cardinality(%(expressions)s) > 0)", output_field=BooleanField()))


def folded(text: str) -> Expr:
    """Text in lower case as the database sees it: beyond ASCII, Python and PostgreSQL disagree on a few letters."""
    return Value(text.lower()) if text.isascii() else Lower(Value(text))


def equals_any(folded_value: Expr, texts: Sequence[str]) -> Q:
    """A value in lower case is one of these, whatever their case."""
    plain = sorted({text.lower() for text in texts if text.isascii()})
    tests = [infix(folded_value, "=", folded(text)) for text in dict.fromkeys(texts) if not text.isascii()]
    if len(plain) == 1:
        tests.append(infix(folded_value, "=", Value(plain[0])))
    elif plain:
        tests.append(infix(folded_value, "= ANY", parenthesised(text_array(plain))))
    return any_test(tests)


def text_array(texts: Sequence[str]) -> Expr:
    """An array of texts."""
    return Value(list(texts), output_field=ArrayField(TextField()))


def folded_array(texts: Sequence[str]) -> Expr:
    """An array of texts in lower case."""
    if all(text.isascii() for text in texts):
        return text_array([text.lower() for text in texts])
    return Func(*map(folded, texts), template="ARRAY[%(expressions)s]", output_field=ArrayField(TextField()))


def parenthesised(value: Expr) -> Expr:
    """The value in parentheses, which ANY wants."""
    return Func(value, template="(%(expressions)s)", output_field=TextField())


def any_test(tests: Iterable[Q]) -> Q:
    """Some of the tests, of which there is at least one."""
    return Q(*tests, _connector=Q.OR)


def like(value: Expr, pattern: str) -> Q:
    """A value in lower case matches the pattern, whatever the pattern's case."""
    return infix(value, "LIKE", folded(pattern))


def ilike(value: Expr, pattern: str) -> Q:
    """A value as written matches the pattern without regard to case; a trigram index of the column serves it."""
    return infix(value, "ILIKE", Value(pattern))


def escaped(text: str) -> str:
    """The text standing for itself in a LIKE pattern."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def within(value: Expr, start: Any, end: Any) -> Q | None:
    """From `start` up to but without `end`; None is unbounded. None when nothing bounds it."""
    tests = []
    if start is not None:
        tests.append(infix(value, ">=", Value(start)))
    if end is not None:
        tests.append(infix(value, "<", Value(end)))
    return Q(*tests) if tests else None
