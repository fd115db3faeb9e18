"""Comparisons of text, without regard to case."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

from django.db.models import Q

from user360.conditions.comparisons.base import Comparison, passing
from user360.conditions.periods import Clock
from user360.conditions.predicates import Predicate
from user360.conditions.sql import any_test, equals_any, escaped, ilike, like
from user360.conditions.values import Stored
from user360.conditions.words import listed
from user360.property_types import DisplayContext, PropertyType

WHOLE_VALUES = frozenset({"is", "in", "is_not", "not_in"})
LED_BY_INDEX = WHOLE_VALUES | {"starts_with"}
LIST_OPERATORS = frozenset({"in", "not_in"})


def _starts_with(value: Stored, text: str) -> Q:
    return like(value.sortable, f"{escaped(text)}%")


def _contains(value: Stored, text: str) -> Q:
    return ilike(value.plain, f"%{escaped(text)}%")


def _ends_with(value: Stored, text: str) -> Q:
    return ilike(value.plain, f"%{escaped(text)}")


PARTS: dict[str, Callable[[Stored, str], Q]] = {
    "contains": _contains,
    "starts_with": _starts_with,
    "ends_with": _ends_with,
}


def text_test(positive: str, values: tuple[str, ...], value: Stored) -> Q:
    """The known value satisfies the positive operator for some of `values`."""
    if positive in WHOLE_VALUES:
        return equals_any(value.sortable, values)
    return any_test(PARTS[positive](value, text) for text in values)


@dataclass(frozen=True)
class TextComparison(Comparison):
    """`values`: any of them, for a negative operator none."""

    values: tuple[str, ...]
    kind: PropertyType

    @override
    def positively(self, value: Stored, clock: Clock) -> Predicate:
        found = text_test(self.positive, self.values, value)
        return passing(value, found, indexed=value.indexed and self.positive in LED_BY_INDEX)

    @override
    def dump(self) -> Any:
        if len(self.values) == 1 and self.op not in LIST_OPERATORS:
            return self.values[0]
        return list(self.values)

    @override
    def value_words(self, display: DisplayContext) -> str:
        shown = [self.kind.format(text, display) for text in self.values] if self.op in WHOLE_VALUES else self.values
        return listed(shown, "or")
