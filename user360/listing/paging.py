"""Pages by key: the ten-thousandth is as quick as the first, and rows that come or go move nobody twice.

Unknown values come last in both directions. The order is therefore two ranges, the known and the unknown, each along
the index; a page asks at most both.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value
from django.db.models.expressions import Combinable

from user360.models import Profile

KNOWN, UNKNOWN = 0, 1


@dataclass(frozen=True)
class Order:
    """What the list is sorted by: an indexed expression, and the tests that its value is known and unknown."""

    value: Combinable
    known: Q
    unknown: Q
    descending: bool = False


@dataclass(frozen=True)
class Cursor:
    """A place between two rows: which range, its value there, the id, and how many rows come before."""

    part: int
    value: Any
    id: int
    offset: int

    def text(self) -> str:
        """The cursor for an address."""
        packed = json.dumps([self.part, self.value, self.id, self.offset], cls=DjangoJSONEncoder)
        return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")

    @staticmethod
    def read(text: str) -> Cursor | None:
        """The cursor of an address; None for what is none of ours."""
        try:
            part, value, key, offset = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        except (ValueError, binascii.Error, TypeError, RecursionError):
            return None
        right = part in (KNOWN, UNKNOWN) and isinstance(key, int) and isinstance(offset, int)
        plain = isinstance(value, str | int | float) and "\0" not in str(value)
        if not right or not (plain or part == UNKNOWN) or not 0 <= key < 2**63 or not 0 <= offset < 2**63:
            return None
        return Cursor(part, value, key, offset)


@dataclass(frozen=True)
class Page:
    """Rows of one page; `first` is the position of its first row, from 1. Cursors are empty where there is no more."""

    rows: Sequence[Profile]
    first: int
    previous: str
    next: str


def page(profiles: QuerySet[Profile], order: Order, *, size: int, after: str = "", before: str = "") -> Page:
    """The page after (or before) a cursor; the first one where the cursor is empty or not ours."""
    back = Cursor.read(before) if before else None
    cursor = back or (Cursor.read(after) if after else None)
    rows = _read(profiles, order, cursor, size + 1, backwards=back is not None)
    more = len(rows) > size
    rows = rows[:size]
    if back is not None:
        rows.reverse()
        first = max(back.offset - len(rows), 0) + 1
        previous, following = more, bool(rows)
    else:
        first = (cursor.offset if cursor else 0) + 1
        previous, following = cursor is not None, more
    return Page(
        [profile for profile, _ in rows],
        first,
        _cursor(rows[0], first - 1).text() if rows and previous else "",
        _cursor(rows[-1], first - 1 + len(rows)).text() if rows and following else "",
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
        if len(rows) == count:
            break
        start = cursor if cursor is not None and part == cursor.part else None
        ordered = _range(profiles, order, part, start, backwards=backwards)
        rows += [(profile, part) for profile in ordered[: count - len(rows)]]
    return rows


def _range(
    profiles: QuerySet[Profile], order: Order, part: int, start: Cursor | None, *, backwards: bool
) -> QuerySet[Profile]:
    down = order.descending != backwards
    keyed = profiles.filter(order.known if part == KNOWN else order.unknown).annotate(sort_value=order.value)
    key = ("sort_value", "id") if part == KNOWN else ("id",)
    if start is not None:
        there = (start.value, start.id) if part == KNOWN else (start.id,)
        keyed = keyed.filter(_beyond([F(name) for name in key], there, ">" if not down else "<"))
    return keyed.order_by(*(f"-{name}" if down else name for name in key))


def _beyond(key: Sequence[Combinable], there: Sequence[Any], operator: str) -> Q:
    """A comparison of rows, which unlike its spelling with AND and OR is one range of the index."""
    here = Func(*key, function="ROW", output_field=BooleanField())
    limit = Func(*map(Value, there), function="ROW", output_field=BooleanField())
    return Q(Func(here, limit, template="(%(expressions)s)", arg_joiner=f" {operator} ", output_field=BooleanField()))


def _cursor(row: _Row, offset: int) -> Cursor:
    profile, part = row
    value = profile.sort_value if part == KNOWN else None  # type: ignore[attr-defined]  # annotated above
    return Cursor(part, value, profile.pk, offset)
