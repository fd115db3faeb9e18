"""A place in the JSON of a condition while it is read: what stands there, and where faults are noted."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

from user360.conditions.errors import ConditionError, Path
from user360.conditions.schema import Schema
from user360.property_types import InvalidValue, PropertyType

MAX_DEPTH = 6
MAX_LEAVES = 100
MAX_VALUES = 2_000
MAX_VALUES_IN_ALL = 10_000
MAX_TEXT = 10_000
MAX_BITS = 256
ERRORS_SHOWN = 100

INVALID_VALUE = "invalid_value"


@dataclass
class Tally:
    """What is counted over a whole condition."""

    leaves: int = 0
    values: int = 0
    errors: list[ConditionError] = field(default_factory=list)


@dataclass(frozen=True)
class Place:
    """Where in the condition we are. `refuse` notes a fault; reading goes on, so that all faults are found."""

    schema: Schema
    path: Path = ()
    tally: Tally = field(default_factory=Tally)

    def at(self, *steps: str | int) -> Place:
        """A place below."""
        return replace(self, path=(*self.path, *steps))

    def refuse[T](self, code: str, message: str) -> T | None:
        """Notes a fault here, and gives None in place of what could not be read."""
        if len(self.tally.errors) < ERRORS_SHOWN:
            self.tally.errors.append(ConditionError(self.path, code, message))
        return None

    def value(self, raw: object, kind: PropertyType) -> Any:
        """The value as its type reads it; None after noting why it cannot."""
        if reason := unreadable(raw):
            return self.refuse(INVALID_VALUE, reason)
        try:
            value = kind.parse(raw, context=self.schema.parsing)
        except InvalidValue as error:
            return self.refuse(INVALID_VALUE, error.message)
        return self.refuse(INVALID_VALUE, "A value is missing") if value in ("", []) else value

    def values(self, raw: object, kind: PropertyType) -> tuple[Any, ...] | None:
        """A value or a list of them, each once; None after noting a fault."""
        if not isinstance(raw, list):
            value = self.value(raw, kind)
            return None if value is None else (value,)
        if not raw:
            return self.refuse(INVALID_VALUE, "The list has no values")
        if len(raw) > MAX_VALUES:
            return self.refuse("too_many_values", f"At most {MAX_VALUES:,} values; these are {len(raw):,}")
        self.tally.values += len(raw)
        if self.tally.values > MAX_VALUES_IN_ALL:
            return self.refuse("too_many_values", f"At most {MAX_VALUES_IN_ALL:,} values in all lists together")
        values = [self.at(position).value(item, kind) for position, item in enumerate(raw)]
        return None if any(value is None for value in values) else tuple(dict.fromkeys(values))

    def whole_number(self, raw: object, lowest: int, highest: int) -> int | None:
        """An integer within bounds; None after noting a fault."""
        if isinstance(raw, bool) or not isinstance(raw, int) or not lowest <= raw <= highest:
            return self.refuse(INVALID_VALUE, f"A whole number from {lowest:,} to {highest:,} is expected")
        return raw

    def fields(self, raw: object, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> dict[str, Any] | None:
        """An object with these keys and no others; None after noting a fault."""
        if not isinstance(raw, dict):
            return self.refuse(INVALID_VALUE, f"An object with {' and '.join(required)} is expected")
        fine = True
        for key in raw:
            if key not in required and key not in optional:
                fine = False
                self.at(str(key)[:80]).refuse("unknown_key", f"“{str(key)[:80]}” has no meaning here")
        for key in required:
            if key not in raw:
                fine = False
                self.at(key).refuse("missing_key", f"“{key}” is missing")
        return raw if fine else None

    def name(self, raw: object) -> str | None:
        """A name; None after noting a fault."""
        if isinstance(raw, str):
            return raw
        return self.refuse(INVALID_VALUE, "A name is expected")


def unreadable(raw: object) -> str | None:
    """Why a JSON value is none that a type should be asked about."""
    match raw:
        case str() if len(raw) > MAX_TEXT:
            return f"Longer than {MAX_TEXT:,} characters"
        case float() if not math.isfinite(raw):
            return "Not a number"
        case int() if raw.bit_length() > MAX_BITS:
            return "The number is too large"
        case None:
            return "A value is missing"
    return None
