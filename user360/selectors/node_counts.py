"""How many users each node of a draft matches, and what is wrong with the rest of it."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from user360.conditions import ConditionError, ConditionErrors, CountTimeout, Node, Schema, count, describe, parse
from user360.conditions.errors import Path
from user360.conditions.parse import GROUPS
from user360.conditions.personal import guesses
from user360.conditions.tree import All, Leaf, Not, children, nodes

# One node may take this long, all of them together that long; what is not counted by then takes too long.
NODE_SECONDS = 3.0
ALL_SECONDS = 8.0
LEAST_SECONDS = 0.05


@dataclass(frozen=True)
class CountedNode:
    """A node by its path. `count` is None when counting took too long or nobody asked for it.

    `words` are the leaf's for people; those of groups are empty.
    """

    path: Path
    count: int | None
    words: str
    asked: bool = True

    def as_json(self) -> dict[str, Any]:
        """The node as the page gets it."""
        return {"path": list(self.path), "words": self.words} | ({"count": self.count} if self.asked else {})


@dataclass(frozen=True)
class CountedDraft:
    """All sound nodes of a draft, and the errors of the others. `words` say the whole; empty when it is not sound."""

    words: str
    nodes: list[CountedNode]
    errors: list[ConditionError]


def count_draft(
    raw: object, schema: Schema, *, now: dt.datetime, see_personal: bool, wanted: Collection[Path] | None = None
) -> CountedDraft:
    """Counts every sound node, or those of the paths `wanted`, exactly and within a few seconds."""
    errors = _faults(raw, schema)
    parts = list(_sound(raw, (), errors, schema))
    if not see_personal and (hidden := [_at(path, error) for path, tree in parts for error in guesses(tree)]):
        errors += hidden
        parts = list(_sound(raw, (), errors, schema))
    counter = _Counter(now)
    found = []
    for path, tree in parts:
        for node in nodes(tree):
            place = (*path, *node.path)
            asked = wanted is None or place in wanted
            words = describe(node, schema.display) if isinstance(node, Leaf) else ""
            found.append(CountedNode(place, counter.count(node) if asked else None, words, asked))
    whole = describe(parts[0][1], schema.display) if not errors else ""
    return CountedDraft(whole, found, errors)


def _faults(raw: object, schema: Schema) -> list[ConditionError]:
    try:
        parse(raw, schema)
    except ConditionErrors as broken:
        return list(broken.errors)
    return []


def _at(path: Path, error: ConditionError) -> ConditionError:
    return replace(error, path=(*path, *error.path))


def _sound(raw: object, path: Path, errors: list[ConditionError], schema: Schema) -> Iterator[tuple[Path, Node]]:
    """The largest parts without a fault, each with its path."""
    inside = [error.path for error in errors if error.path[: len(path)] == path]
    if not inside:
        yield path, parse(raw, schema)
        return
    if path in inside or not isinstance(raw, dict):
        return
    for key in GROUPS:
        below = raw.get(key)
        if isinstance(below, list):
            for position, child in enumerate(below):
                yield from _sound(child, (*path, key, position), errors, schema)
        elif isinstance(below, dict):
            yield from _sound(below, (*path, key), errors, schema)


@dataclass
class _Counter:
    """Counts until its time is over. What follows from another count is not counted again."""

    now: dt.datetime
    ends: float = field(default_factory=lambda: time.monotonic() + ALL_SECONDS)
    known: dict[int, int | None] = field(default_factory=dict)
    everybody: Node = field(default_factory=lambda: All((), ()))

    def count(self, node: Node) -> int | None:
        """The exact number; None when there was not enough time."""
        if id(node) not in self.known:
            self.known[id(node)] = self._count(node)
        return self.known[id(node)]

    def _count(self, node: Node) -> int | None:
        below = children(node)
        if isinstance(node, Not):
            others, all_ = self.count(below[0]), self.count(self.everybody)
            return None if others is None or all_ is None else all_ - others
        if len(below) == 1:
            return self.count(below[0])
        left = min(NODE_SECONDS, self.ends - time.monotonic())
        if left < LEAST_SECONDS:
            return None
        try:
            return count(node, now=self.now, timeout_ms=int(left * 1000))
        except CountTimeout:
            return None
