"""Comparisons of true and false."""

from dataclasses import dataclass
from typing import override

from django.db.models import Value

from user360.conditions.comparisons.base import NO_VALUE, Comparison, NoValue, passing
from user360.conditions.periods import Clock
from user360.conditions.predicates import Predicate
from user360.conditions.sql import infix
from user360.conditions.values import Stored
from user360.property_types import DisplayContext


@dataclass(frozen=True)
class BooleanComparison(Comparison):
    """`is_true`, `is_false`; the negative ones are also satisfied by those of whom it is unknown."""

    @override
    def positively(self, value: Stored, clock: Clock) -> Predicate:
        wanted = value.literal(self.positive == "is_true")
        return passing(value, infix(value.sortable, "=", Value(wanted)))

    @override
    def dump(self) -> NoValue:
        return NO_VALUE

    @override
    def value_words(self, display: DisplayContext) -> str:
        return ""
