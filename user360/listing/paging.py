"""Pages by key: the ten-thousandth is as quick as the first, and rows that come or go move nobody twice.

Unknown values come last in both directions. The order is therefore two ranges, the known and the unknown, each along
the index; a page asks at most both.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value
from django.db.models.expressions import Combinable

from user360.models import Profile
from user360.tenancy import current_workspace_id

KNOWN, UNKNOWN = 0, 1


@dataclass(frozen=True)
class Order:
    """What the list is sorted by: an indexed expression, and the tests that its value is known and unknown.

    `name` is the order in the address. `arms` are the groups of an expression without an index of its own, each value
    with the test of its rows, in order: the known range is then read as one arm after the other.
    """

    name: str
    value: Combinable
    known: Q
    unknown: Q
    arms: Sequence[tuple[str, Q]] | None = None

    @property
    def descending(self) -> bool:
        return self.name.startswith("-")


@dataclass(frozen=True)
class Cursor:
    """A place between two rows: which range, its value there, the id, and how many rows come before."""

    part: int
    value: Any
    id: int
    offset: int

    def text(self, order: Order) -> str:
        """The cursor for an address; it is good for this order of this workspace alone."""
        # Times and decimals as text, to the last digit; the database reads them back by the column's type.
        packed = json.dumps([self.part, self.value, self.id, self.offset], default=str, ensure_ascii=False)
        return _signer(order).sign_object(packed, compress=True)

    @staticmethod
    def read(text: str, order: Order) -> Cursor | None:
        """The cursor of an address; None for what is none of ours or of another order."""
        try:
            return Cursor(*json.loads(_signer(order).unsign_object(text)))
        except (BadSignature, ValueError, TypeError):
            return None


def _signer(order: Order) -> Signer:
    return Signer(salt=f"cursor:{current_workspace_id()}:{order.name}")


@dataclass(frozen=True)
class Page:
    """Rows of one page; `first` is the position of its first row, from 1. Cursors are None where there is no more."""

    rows: Sequence[Profile]
    first: int
    previous: Cursor | None
    next: Cursor | None


def page(
    profiles: QuerySet[Profile],
    order: Order,
    *,
    size: int,
    after: Cursor | None = None,
    before: Cursor | None = None,
) -> Page:
    """The page after (or before) a cursor; the first one without."""
    cursor = before or after
    rows = _read(profiles, order, cursor, size + 1, backwards=before is not None)
    more = len(rows) > size
    rows = rows[:size]
    if before is not None:
        rows.reverse()
        first = max(before.offset - len(rows), 0) + 1
        previous, following = more, bool(rows)
    else:
        first = (after.offset if after else 0) + 1
        previous, following = after is not None, more
    return Page(
        [profile for profile, _ in rows],
        first,
        _cursor(rows[0], first - 1) if rows and previous else None,
        _cursor(rows[-1], first - 1 + len(rows)) if rows and following else None,
    )


type _Row = tuple[Profile, int]


def _read(
    profiles: QuerySet[Profile], order: Order, cursor: Cursor | None, count: int, *, backwards: bool
) -> list[_Row]:
    parts = [UNKNOWN, KNOWN] if backwards else [KNOWN, UNKNOWN]
    if cursor is not None:
        parts = parts[parts.index(cursor.part) :]
    rows: list[_Row] = []
    for part in parts:
        left = count - len(rows)
        if not left:
            break
        start = cursor if cursor is not None and part == cursor.part else None
        read = _read_arms if part == KNOWN and order.arms is not None else _read_range
        rows += [(profile, part) for profile in read(profiles, order, part, start, left, backwards)]
    return rows


def _read_range(
    profiles: QuerySet[Profile], order: Order, part: int, start: Cursor | None, count: int, backwards: bool
) -> Sequence[Profile]:
    down = order.descending != backwards
    keyed = profiles.filter(order.known if part == KNOWN else order.unknown).annotate(sort_value=order.value)
    key = ("sort_value", "id") if part == KNOWN else ("id",)
    if start is not None:
        there = (start.value, start.id) if part == KNOWN else (start.id,)
        keyed = keyed.filter(_beyond([F(name) for name in key], there, ">" if not down else "<"))
    return list(keyed.order_by(*(f"-{name}" if down else name for name in key))[:count])


def _read_arms(
    profiles: QuerySet[Profile], order: Order, _part: int, start: Cursor | None, count: int, backwards: bool
) -> Sequence[Profile]:
    """The rows of the arms from the cursor on, each arm along its own index range, in one statement."""
    down = order.descending != backwards
    ids = "-id" if down else "id"
    arms = []
    for value, test in reversed(order.arms or ()) if down else order.arms or ():
        arm = profiles.filter(test).annotate(sort_value=Value(value))
        if start is not None and value != start.value and (value > start.value) == down:
            continue
        if start is not None and value == start.value:
            arm = arm.filter(_beyond([F("id")], [start.id], "<" if down else ">"))
        arms.append(arm.order_by(ids)[:count])
    if not arms:
        return []
    joined = arms[0].union(*arms[1:], all=True) if len(arms) > 1 else arms[0]
    if len(arms) > 1:
        joined = joined.order_by("-sort_value" if down else "sort_value", ids)
    return list(joined[:count])


def _beyond(key: Sequence[Combinable], there: Sequence[Any], operator: str) -> Q:
    """A comparison of rows, which unlike its spelling with AND and OR is one range of the index."""
    here = Func(*key, function="ROW", output_field=BooleanField())
    limit = Func(*map(Value, there), function="ROW", output_field=BooleanField())
    return Q(Func(here, limit, template="(%(expressions)s)", arg_joiner=f" {operator} ", output_field=BooleanField()))


def _cursor(row: _Row, offset: int) -> Cursor:
    profile, part = row
    value = profile.sort_value if part == KNOWN else None  # type: ignore[attr-defined]  # annotated above
    return Cursor(part, value, profile.pk, offset)
