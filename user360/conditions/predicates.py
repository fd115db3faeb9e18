"""What a condition asks of a profile, apart from the statement that asks it.

Every profile either satisfies a predicate or does not, unknown values included. Negation is pushed down to the leaves
on the way in, so a statement never negates a set (SCALE rule 1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from user360.models import Profile

PROFILE = "pk"


@dataclass(frozen=True)
class Constant:
    """Everybody or nobody."""

    value: bool


@dataclass(frozen=True)
class Columns:
    """A question that the profile's own row answers.

    `test` may be NULL, which is a no, where `known` is false; `known` is never NULL. A WHERE clause is happy with
    `test` alone, and the planner guesses its rows better for it. `indexed` says that an index leads to the rows.
    """

    test: Q
    indexed: bool = False
    known: Q = field(default_factory=Q)


@dataclass(frozen=True)
class Rows:
    """A question that rows of another table answer: is there one with this `profile_id`?

    `colocated` is False for a table that a distributed database keeps apart from the profiles (identity).
    `unique` says that no profile has two of the rows.
    """

    rows: QuerySet[Any]
    colocated: bool = True
    unique: bool = False


@dataclass(frozen=True)
class Opposite:
    """Every profile that does not satisfy the leaf."""

    of: Columns | Rows


@dataclass(frozen=True)
class AllOf:
    """Satisfied when every part is."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True)
class AnyOf:
    """Satisfied when some part is."""

    parts: tuple[Predicate, ...]


type Predicate = Constant | Columns | Rows | Opposite | AllOf | AnyOf

EVERYBODY = Constant(value=True)
NOBODY = Constant(value=False)


def all_of(parts: Iterable[Predicate]) -> Predicate:
    """The conjunction, flattened, without constants."""
    return _joined(parts, AllOf, neutral=EVERYBODY, absorbing=NOBODY)


def any_of(parts: Iterable[Predicate]) -> Predicate:
    """The disjunction, flattened, without constants."""
    return _joined(parts, AnyOf, neutral=NOBODY, absorbing=EVERYBODY)


def _joined(
    parts: Iterable[Predicate],
    group: Callable[[tuple[Predicate, ...]], AllOf | AnyOf],
    *,
    neutral: Constant,
    absorbing: Constant,
) -> Predicate:
    kept: list[Predicate] = []
    for part in parts:
        if part == absorbing:
            return absorbing
        if part != neutral:
            kept.extend(part.parts if isinstance(part, AllOf | AnyOf) and group is type(part) else [part])
    if not kept:
        return neutral
    return kept[0] if len(kept) == 1 else group(tuple(kept))


def opposite(predicate: Predicate) -> Predicate:
    """The negation, with NOT at the leaves alone."""
    match predicate:
        case Constant(value):
            return Constant(not value)
        case Opposite(leaf):
            return leaf
        case AllOf(parts):
            return any_of(opposite(part) for part in parts)
        case AnyOf(parts):
            return all_of(opposite(part) for part in parts)
        case leaf:
            return Opposite(leaf)


def as_q(predicate: Predicate, profile: str = PROFILE, *, in_where: bool = False) -> Q:
    """The predicate as a condition of a statement in which the field `profile` holds the profile's id; NULL is a no.

    `in_where`: it will be all of a WHERE clause, where a table that is kept apart may answer by a set of ids.
    """
    match predicate:
        case Constant(value):
            return Q(Value(value))
        case AllOf(parts) if profile != PROFILE:
            return _anchored(parts, profile)
        case AllOf(parts):
            return Q(*(as_q(part, in_where=in_where) for part in parts))
        case AnyOf(parts):
            return Q(*(as_q(part, profile) for part in parts), _connector=Q.OR)
        case leaf:
            return _leaf_q(leaf, profile, in_where=in_where)


def _leaf_q(leaf: Columns | Rows | Opposite, profile: str, *, in_where: bool) -> Q:
    match leaf:
        case Columns(test):
            return test if profile == PROFILE else Q(Exists(_profile_row(profile).filter(test)))
        case Opposite(Columns(test, known=known)):
            return _leaf_q(Columns(~(known & test)), profile, in_where=in_where)
        case Opposite(Rows() as rows):
            return Q(~_exists(rows, profile))
        case Rows(colocated=False) if in_where:
            return Q(**{f"{profile}__in": leaf.rows.values("profile_id")})
        case Rows():
            return Q(_exists(leaf, profile))
    raise TypeError(leaf)


def _anchored(parts: tuple[Predicate, ...], profile: str) -> Q:
    """A conjunction asked from another table: everything the profile's row knows is asked of it once."""
    own = [part for part in parts if is_about_columns(part)]
    rest = Q(*(as_q(part, profile) for part in parts if not is_about_columns(part)))
    if not own:
        return rest
    return rest & Q(Exists(_profile_row(profile).filter(as_q(all_of(own)))))


def is_about_columns(predicate: Predicate) -> bool:
    """Whether the profile's row alone answers."""
    match predicate:
        case Columns() | Constant() | Opposite(Columns()):
            return True
        case AllOf(parts) | AnyOf(parts):
            return all(is_about_columns(part) for part in parts)
        case _:
            return False


def _profile_row(profile: str) -> QuerySet[Profile]:
    return Profile.objects.filter(pk=OuterRef(profile))


def _exists(leaf: Rows, profile: str) -> Exists:
    if leaf.colocated:
        return Exists(leaf.rows.filter(profile_id=OuterRef(profile)))
    # A correlated subquery may not reach a table kept elsewhere; this one stays with the profiles and asks for a set.
    return Exists(_profile_row(profile).filter(pk__in=leaf.rows.values("profile_id")))
