"""Operator and value in JSON → comparison."""

from collections.abc import Callable
from typing import Any

from user360.conditions.comparisons.base import Comparison, Known
from user360.conditions.comparisons.boolean import BooleanComparison
from user360.conditions.comparisons.items import ItemsComparison
from user360.conditions.comparisons.number import AgeComparison, AgeKnown, NumberComparison
from user360.conditions.comparisons.text import WHOLE_VALUES, TextComparison
from user360.conditions.comparisons.when import AnniversaryComparison, TimeComparison, WhenComparison
from user360.conditions.comparisons.when_reading import read_anniversary, read_when
from user360.conditions.place import INVALID_VALUE, Place
from user360.property_types import PROPERTY_TYPES, PropertyType
from user360.property_types.base import ALWAYS_OPERATORS, TEXT_OPERATORS
from user360.property_types.operators import OPERATORS

type Reader = Callable[[str, object, PropertyType, Place], Comparison | None]
FRAGMENT = PROPERTY_TYPES["string"]
AGE = "age"


def read_operator(raw: dict[str, object], allowed: tuple[str, ...], place: Place, subject: str) -> str | None:
    """The operator at this place's `op`, and whether there is a value as it wants it; None after noting a fault."""
    op = raw["op"]
    if not isinstance(op, str) or op not in allowed:
        known = isinstance(op, str) and op in OPERATORS
        code, said = ("wrong_operator", OPERATORS[str(op)].label) if known else ("unknown_operator", str(op)[:80])
        return place.at("op").refuse(code, f"{subject} cannot be compared with “{said}”")
    takes_value, given = OPERATORS[op].shape != "none", raw.get("value") is not None
    if given and not takes_value:
        return place.at("value").refuse("unexpected_value", f"“{OPERATORS[op].label}” takes no value")
    if takes_value and not given:
        return place.at("value").refuse("missing_value", f"“{OPERATORS[op].label}” needs a value")
    return op


def read_comparison(
    raw: dict[str, object], kind: PropertyType, place: Place, subject: str, *, key: str = ""
) -> Comparison | None:
    """The comparison of a leaf with keys `op` and `value`; `key` names a property with comparisons of its own."""
    op = read_operator(raw, kind.operators, place, subject)
    if op is None:
        return None
    if op in ALWAYS_OPERATORS:
        return AgeKnown(op) if key == AGE else Known(op)
    if key == AGE:
        return read_numbers(op, raw["value"], kind, place.at("value"), make=AgeComparison)
    return READERS[kind.key](op, raw.get("value"), kind, place.at("value"))


def read_text(op: str, raw: object, kind: PropertyType, place: Place) -> TextComparison | None:
    """Whole values are read as the type reads them, parts of values as any line of text."""
    values = place.values(raw, kind if op in WHOLE_VALUES else FRAGMENT)
    return None if values is None else TextComparison(op, values, kind)


def read_numbers(
    op: str, raw: object, kind: PropertyType, place: Place, make: type[NumberComparison] = NumberComparison
) -> NumberComparison | None:
    """One number, or two in order."""
    numbers = _one_or_pair(op, raw, kind, place)
    if numbers is None:
        return None
    if numbers[0] > numbers[-1]:
        return place.refuse(INVALID_VALUE, "The first number is greater than the second")
    return make(op, numbers)


def _one_or_pair(op: str, raw: object, kind: PropertyType, place: Place) -> tuple[Any, ...] | None:
    if OPERATORS[op].shape != "pair":
        value = place.value(raw, kind)
        return None if value is None else (value,)
    if not isinstance(raw, list) or len(raw) != 2:  # noqa: PLR2004 - from and to
        return place.refuse(INVALID_VALUE, "A list of two values is expected: from and to")
    pair = tuple(place.at(position).value(item, kind) for position, item in enumerate(raw))
    return None if None in pair else pair


def _read_boolean(op: str, _: object, __: PropertyType, ___: Place) -> BooleanComparison:
    return BooleanComparison(op)


def _read_items(op: str, raw: object, _: PropertyType, place: Place) -> ItemsComparison | None:
    items = place.values(raw, FRAGMENT)
    return None if items is None else ItemsComparison(op, items)


def _read_when(op: str, raw: object, kind: PropertyType, place: Place) -> WhenComparison | None:
    if op == "anniversary":
        yearly = read_anniversary(raw, place)
        return None if yearly is None else AnniversaryComparison(op, yearly, kind.key)
    if OPERATORS[op].shape == "none":
        return WhenComparison(op, None, kind.key)
    when = read_when(op, raw, kind, place)
    return None if when is None else WhenComparison(op, when, kind.key)


def _read_time(op: str, raw: object, kind: PropertyType, place: Place) -> TimeComparison | None:
    times = _one_or_pair(op, raw, kind, place)
    return None if times is None else TimeComparison(op, times)


def _readers() -> dict[str, Reader]:
    text: dict[str, Reader] = {
        key: read_text for key, kind in PROPERTY_TYPES.items() if set(TEXT_OPERATORS) <= set(kind.operators)
    }
    others: dict[str, Reader] = {
        "number": read_numbers,
        "boolean": _read_boolean,
        "date": _read_when,
        "datetime": _read_when,
        "time": _read_time,
        "list": _read_items,
    }
    return text | others


READERS = _readers()
