"""Pages by key: the ten-thousandth is as quick as the first, and rows that come or go move nobody twice.

Unknown values come last in both directions. The order is therefore two ranges, the known and the unknown, each along
the index; a page asks at most both.

A list that conditions narrow walks along the index as well, but only for so long: where few of the next users satisfy
them, all who do are found first and sorted then. Left to itself PostgreSQL walks by a million users to show five,
because it cannot know that those five are not near.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value
from django.db.models.expressions import Combinable

from user360.conditions.counting import CountTimeout, time_limit
from user360.models import Profile
from user360.tenancy import current_workspace_id

KNOWN, UNKNOWN = 0, 1
# So long somebody may be looked for along the order before all who satisfy the conditions are.
WALK_MS = 200


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
    narrowed: bool = False,
) -> Page:
    """The page after (or before) a cursor; the first one without. `narrowed`: `profiles` are not everybody."""
    cursor = before or after
    rows = _read(profiles, order, cursor, size + 1, backwards=before is not None, narrowed=narrowed)
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
    profiles: QuerySet[Profile], order: Order, cursor: Cursor | None, count: int, *, backwards: bool, narrowed: bool
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
        if part == KNOWN and order.arms is not None:
            read = _read_arms(profiles, order, start, left, backwards)
        else:
            read = _Range(order, part, start, down=order.descending != backwards).read(profiles, left, narrowed)
        rows += [(profile, part) for profile in read]
    return rows


@dataclass(frozen=True)
class _Range:
    """The known or the unknown, from the cursor on."""

    order: Order
    part: int
    start: Cursor | None
    down: bool

    def read(self, profiles: QuerySet[Profile], count: int, narrowed: bool) -> Sequence[Profile]:
        """The first rows of the range."""
        if narrowed:
            with suppress(CountTimeout), time_limit(WALK_MS):
                return list(self._sorted(self._of(profiles))[:count])
        return list(self._sorted(self._of(profiles), by_index=not narrowed)[:count])

    @property
    def _key(self) -> tuple[str, ...]:
        return ("sort_value", "id") if self.part == KNOWN else ("id",)

    def _of(self, profiles: QuerySet[Profile]) -> QuerySet[Profile]:
        known = self.part == KNOWN
        keyed = profiles.filter(self.order.known if known else self.order.unknown).annotate(
            sort_value=self.order.value
        )
        if self.start is None:
            return keyed
        there = (self.start.value, self.start.id) if known else (self.start.id,)
        return keyed.filter(_beyond(self._key, there, "<" if self.down else ">"))

    def _sorted(self, profiles: QuerySet[Profile], *, by_index: bool = True) -> QuerySet[Profile]:
        """By the key, or by something that is sorted alike and that no index holds."""
        fields = [F(name) if by_index else Func(F(name), template="(ARRAY[%(expressions)s])[1]") for name in self._key]
        return profiles.order_by(*(field.desc() if self.down else field.asc() for field in fields))


def _read_arms(
    profiles: QuerySet[Profile], order: Order, start: Cursor | None, count: int, backwards: bool
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
            arm = arm.filter(_beyond(["id"], [start.id], "<" if down else ">"))
        arms.append(arm.order_by(ids)[:count])
    if not arms:
        return []
    joined = arms[0].union(*arms[1:], all=True) if len(arms) > 1 else arms[0]
    if len(arms) > 1:
        joined = joined.order_by("-sort_value" if down else "sort_value", ids)
    return list(joined[:count])


def _beyond(key: Sequence[str], there: Sequence[Any], operator: str) -> Q:
    """A comparison of rows, which unlike its spelling with AND and OR is one range of the index."""
    here = Func(*map(F, key), function="ROW", output_field=BooleanField())
    limit = Func(*map(Value, there), function="ROW", output_field=BooleanField())
    return Q(Func(here, limit, template="(%(expressions)s)", arg_joiner=f" {operator} ", output_field=BooleanField()))


def _cursor(row: _Row, offset: int) -> Cursor:
    profile, part = row
    value = profile.sort_value if part == KNOWN else None  # type: ignore[attr-defined]  # annotated above
    return Cursor(part, value, profile.pk, offset)
