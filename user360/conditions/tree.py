"""A parsed condition: frozen groups over leaves that know what they ask."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from user360.conditions.errors import Path
from user360.conditions.periods import Clock
from user360.conditions.predicates import NOBODY, Predicate

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from user360.models import Profile
    from user360.property_types import DisplayContext


@dataclass(frozen=True)
class Words:
    """A leaf for people: `City` `is` `Paris or Lyon`. `value` is empty where the operator takes none."""

    subject: str
    operator: str
    value: str

    def __str__(self) -> str:
        return " ".join(part for part in (self.subject, self.operator, self.value) if part)


@dataclass(frozen=True)
class Evidence:
    """What decided a leaf for one profile: the values for people (none: unknown), and when time alone changes it."""

    values: tuple[str, ...] = ()
    changes_at: dt.datetime | None = None


@dataclass(frozen=True)
class Leaf(ABC):
    """One question about a profile. A kind of leaf is a subclass; days are those of `zone`."""

    path: Path
    zone: ZoneInfo

    @abstractmethod
    def dump(self) -> dict[str, Any]:
        """The leaf as canonical JSON."""

    @abstractmethod
    def predicate(self, now: dt.datetime) -> Predicate:
        """The profiles of which it is true at this instant."""

    @abstractmethod
    def words(self, display: DisplayContext) -> Words:
        """The leaf for people."""

    @abstractmethod
    def evidence(self, profile: Profile, *, now: dt.datetime, display: DisplayContext) -> Evidence:
        """What decides it for one profile."""

    @property
    def moves(self) -> bool:
        """Whether time alone can change an answer."""
        return False

    def flips(self, since: dt.datetime, until: dt.datetime) -> Predicate:  # noqa: ARG002 - most never move
        """The profiles whose answer may differ between two instants though nothing was written, and few others."""
        return NOBODY

    def clock(self, now: dt.datetime) -> Clock:
        """The instant in the leaf's zone."""
        return Clock(now, self.zone)


@dataclass(frozen=True)
class All:
    """True when every child is; without children of everybody."""

    path: Path
    children: tuple[Node, ...]


@dataclass(frozen=True)
class Any_:  # noqa: N801 - `Any` is taken
    """True when some child is; without children of nobody."""

    path: Path
    children: tuple[Node, ...]


@dataclass(frozen=True)
class Not:
    """True when its child is not."""

    path: Path
    child: Node


type Node = All | Any_ | Not | Leaf


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below."""
    match node:
        case All() | Any_():
            return node.children
        case Not():
            return (node.child,)
        case _:
            return ()


def nodes(node: Node) -> Iterator[Node]:
    """The node and everything below it, parents first."""
    yield node
    for child in children(node):
        yield from nodes(child)


def leaves(node: Node) -> Iterator[Leaf]:
    """The leaves, in order."""
    return (each for each in nodes(node) if isinstance(each, Leaf))
