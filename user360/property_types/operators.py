"""The operators of conditions: their words for people and the shape of the value each one takes."""

from dataclasses import dataclass
from typing import Literal

type ValueShape = Literal["none", "one", "many", "pair", "duration", "anniversary"]


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator. `negative` ones also match users without a value."""

    code: str
    label: str
    shape: ValueShape
    negative: bool = False


# `one` may also be a list for `is`, `contains` and the like: any of it; for negative operators none of it.
OPERATORS: dict[str, Operator] = {
    operator.code: operator
    for operator in (
        Operator("known", "is known", "none"),
        Operator("unknown", "is not known", "none"),
        Operator("is", "is", "one"),
        Operator("is_not", "isn't", "one", negative=True),
        Operator("contains", "contains", "one"),
        Operator("not_contains", "does not contain", "one", negative=True),
        Operator("starts_with", "starts with", "one"),
        Operator("ends_with", "ends with", "one"),
        Operator("in", "is any of", "many"),
        Operator("not_in", "is none of", "many", negative=True),
        Operator("eq", "=", "one"),
        Operator("ne", "≠", "one", negative=True),
        Operator("gt", ">", "one"),
        Operator("gte", "≥", "one"),
        Operator("lt", "<", "one"),
        Operator("lte", "≤", "one"),
        Operator("between", "is between", "pair"),
        Operator("is_true", "is true", "none"),
        Operator("is_not_true", "is not true", "none", negative=True),
        Operator("is_false", "is false", "none"),
        Operator("is_not_false", "is not false", "none", negative=True),
        Operator("on", "is", "one"),
        Operator("before", "is before", "one"),
        Operator("after", "is after", "one"),
        Operator("today", "is today", "none"),
        Operator("yesterday", "is yesterday", "none"),
        Operator("tomorrow", "is tomorrow", "none"),
        Operator("this_week", "is this week", "none"),
        Operator("last_week", "is last week", "none"),
        Operator("this_month", "is this month", "none"),
        Operator("last_month", "is last month", "none"),
        Operator("this_year", "is this year", "none"),
        Operator("last_year", "is last year", "none"),
        Operator("last", "is in the last", "duration"),
        Operator("next", "is in the next", "duration"),
        Operator("exactly_ago", "is exactly … ago", "duration"),
        Operator("exactly_ahead", "is exactly … ahead", "duration"),
        Operator("more_than_ago", "is more than … ago", "duration"),
        Operator("more_than_ahead", "is more than … ahead", "duration"),
        Operator("anniversary", "has its anniversary", "anniversary"),
        Operator("has_any", "has any of", "many"),
        Operator("has_all", "has all of", "many"),
        Operator("has_none", "has none of", "many", negative=True),
    )
}

DURATION_UNITS = ("minutes", "hours", "days", "weeks", "months", "years")
DATE_OPERATORS = (
    "on",
    "before",
    "after",
    "between",
    "today",
    "yesterday",
    "tomorrow",
    "this_week",
    "last_week",
    "this_month",
    "last_month",
    "this_year",
    "last_year",
    "last",
    "next",
    "exactly_ago",
    "exactly_ahead",
    "more_than_ago",
    "more_than_ahead",
    "anniversary",
)
