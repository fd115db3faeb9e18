"""A predicate as a set of profile ids, gathered from whichever tables know the answer.

An alternative with rows of another table starts there and touches the profiles not at all where it need not; that is
several times quicker than asking every profile. Deleted profiles are among the ids: their rows stay until they are
erased, and an index that served them apart would have to hold everybody's `deleted_at`.
"""

from collections.abc import Iterable
from itertools import product
from typing import Any

from django.db.models import Count, QuerySet

from user360.conditions.predicates import (
    AllOf,
    AnyOf,
    Columns,
    Predicate,
    Rows,
    all_of,
    any_of,
    as_q,
    is_about_columns,
)
from user360.models import Profile

# More alternatives than these are asked as one condition on the profiles.
MOST_ARMS = 8


def gathered_count(predicate: Predicate) -> int:
    """How many profiles, deleted ones included, satisfy the predicate."""
    arms = [_ids(arm) for arm in alternatives(predicate)]
    if len(arms) == 1:
        ids, once = arms[0]
        return ids.count() if once else int(ids.aggregate(n=Count(_id_field(ids), distinct=True))["n"])
    first, *rest = (ids.values_list(_id_field(ids)) for ids, _ in arms)
    return first.union(*rest).count()


def alternatives(predicate: Predicate) -> list[Predicate]:
    """Predicates of which one has to hold, none of them an `AnyOf` that is better asked apart."""
    match predicate:
        case AnyOf(parts):
            return _joined_where_one_scan_answers(arm for part in parts for arm in alternatives(part))
        case AllOf(parts):
            choices = [alternatives(part) for part in parts]
            arms = 1
            for choice in choices:
                arms *= len(choice)
            return [all_of(arm) for arm in product(*choices)] if arms <= MOST_ARMS else [predicate]
        case _:
            return [predicate]


def _joined_where_one_scan_answers(arms: Iterable[Predicate]) -> list[Predicate]:
    """Alternatives without an index share one pass over the profiles."""
    apart: list[Predicate] = []
    scanned: list[Predicate] = []
    for arm in arms:
        (apart if _starts_narrow(arm) else scanned).append(arm)
    arms = [*apart, any_of(scanned)] if scanned else apart
    return arms if len(arms) <= MOST_ARMS else [any_of(arms)]


def _starts_narrow(arm: Predicate) -> bool:
    match arm:
        case Rows(colocated=True):
            return True
        case Columns():
            return arm.indexed
        case AllOf(parts):
            return any(_starts_narrow(part) for part in parts)
        case _:
            return False


def _ids(arm: Predicate) -> tuple[QuerySet[Any], bool]:
    """Rows with the ids of one alternative, and whether each id comes once."""
    parts = arm.parts if isinstance(arm, AllOf) else (arm,)
    children = [part for part in parts if isinstance(part, Rows) and part.colocated]
    if not children or any(is_about_columns(part) for part in parts):
        return Profile.objects.filter(as_q(arm, in_where=True)), True
    start = next((child for child in children if child.unique), children[0])
    rest = all_of(part for part in parts if part is not start)
    return start.rows.filter(as_q(rest, "profile_id")), start.unique


def _id_field(ids: QuerySet[Any]) -> str:
    return "id" if ids.model is Profile else "profile_id"
