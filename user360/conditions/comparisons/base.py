"""What every comparison offers."""

import datetime as dt
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from user360.conditions.periods import Clock
from user360.conditions.predicates import NOBODY, Columns, Predicate, opposite
from user360.conditions.values import Stored
from user360.property_types import DisplayContext
from user360.property_types.operators import OPERATORS

# The negative operators, each with the positive one it denies.
DENIED = {
    "is_not": "is",
    "not_contains": "contains",
    "not_in": "in",
    "ne": "eq",
    "has_none": "has_any",
    "is_not_true": "is_true",
    "is_not_false": "is_false",
}


def passing(value: Stored, test: Q, *, indexed: bool = False) -> Columns:
    """The value is known and passes the test. An empty test is one that every value passes."""
    if value.implied and test:
        return Columns(test, indexed=indexed, known=value.known)
    return Columns(value.known & test, indexed=indexed)


class NoValue:
    """The operator takes no value."""


NO_VALUE = NoValue()


@dataclass(frozen=True)
class Comparison(ABC):
    """One operator with its value, parsed."""

    op: str

    @property
    def positive(self) -> str:
        """The operator without its negation."""
        return DENIED.get(self.op, self.op)

    def predicate(self, value: Stored, clock: Clock) -> Predicate:
        """The profiles whose value satisfies it; negative operators are satisfied without a value, too."""
        asked = self.positively(value, clock)
        return opposite(asked) if self.op in DENIED else asked

    @abstractmethod
    def positively(self, value: Stored, clock: Clock) -> Predicate:
        """The same for the positive operator."""

    @abstractmethod
    def dump(self) -> Any:
        """The value in JSON, as the parser reads it; NO_VALUE where the operator takes none."""

    def dumped(self) -> dict[str, Any]:
        """The keys `op` and, where the operator takes one, `value`."""
        value = self.dump()
        return {"op": self.op} if value is NO_VALUE else {"op": self.op, "value": value}

    @abstractmethod
    def value_words(self, display: DisplayContext) -> str:
        """The value for people; empty where the operator takes none."""

    def operator_words(self) -> str:
        """The operator for people, as it stands between subject and value."""
        return OPERATORS[self.op].label

    @property
    def moves(self) -> bool:
        """Whether time alone can change the answer."""
        return False

    def flips(self, value: Stored, since: Clock, until: Clock) -> Predicate:  # noqa: ARG002 - most never move
        """The profiles whose answer may differ between two instants though nothing was written, and few others."""
        return NOBODY

    def changes_after(self, value: Any, clock: Clock) -> dt.datetime | None:  # noqa: ARG002 - most never move
        """When time alone next changes the answer for this Python value (None: unknown); None if it never does."""
        return None


@dataclass(frozen=True)
class Known(Comparison):
    """`known` and `unknown`, of every type."""

    def predicate(self, value: Stored, clock: Clock) -> Predicate:
        known = self.positively(value, clock)
        return known if self.op == "known" else opposite(known)

    def positively(self, value: Stored, clock: Clock) -> Predicate:  # noqa: ARG002 - time has no say
        return Columns(value.known)

    def dump(self) -> NoValue:
        return NO_VALUE

    def value_words(self, display: DisplayContext) -> str:  # noqa: ARG002 - takes no value
        return ""
