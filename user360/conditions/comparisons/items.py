"""Comparisons of lists, without regard to case."""

from dataclasses import dataclass
from typing import Any, override

from user360.conditions.comparisons.base import Comparison, passing
from user360.conditions.periods import Clock
from user360.conditions.predicates import Predicate
from user360.conditions.sql import folded_array, infix
from user360.conditions.values import Stored
from user360.conditions.words import listed
from user360.property_types import DisplayContext

SQL_OPERATORS = {"has_any": "&&", "has_all": "@>"}
CONJUNCTIONS = {"has_any": "or", "has_none": "or", "has_all": "and"}


@dataclass(frozen=True)
class ItemsComparison(Comparison):
    """The list has some, all or none of `items`."""

    items: tuple[str, ...]

    @override
    def positively(self, value: Stored, clock: Clock) -> Predicate:
        test = infix(value.sortable, SQL_OPERATORS[self.positive], folded_array(self.items))
        return passing(value, test)

    @override
    def dump(self) -> Any:
        return list(self.items)

    @override
    def value_words(self, display: DisplayContext) -> str:
        return listed(self.items, CONJUNCTIONS[self.op])
