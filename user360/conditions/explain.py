"""Why a profile satisfies a condition or not: which clause decided, with which values, and when time changes it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import BooleanField, ExpressionWrapper

from user360.conditions.compile import expression, live_profiles
from user360.conditions.describe import describe
from user360.conditions.errors import Path
from user360.conditions.tree import Evidence, Leaf, Node, children, leaves, nodes
from user360.models import Profile
from user360.property_types import DisplayContext

# How many instants at which some leaf changes are tried before saying that the whole does not change.
INSTANTS_TRIED = 24


@dataclass(frozen=True)
class Explanation:
    """One node: whether it holds, the values that decided (leaves only) and when time alone changes its answer."""

    path: Path
    text: str
    holds: bool
    evidence: Evidence | None
    children: tuple[Explanation, ...]
    changes_at: dt.datetime | None


def explain(node: Node, profile_id: int, *, now: dt.datetime, display: DisplayContext) -> Explanation | None:
    """The tree for one profile, judged by the statement that counts and lists; None when there is no such profile."""
    profile = live_profiles().select_related("source").filter(pk=profile_id).first()
    if profile is None:
        return None
    answers = _answers(node, profile_id, now)
    found = {leaf.path: leaf.evidence(profile, now=now, display=display) for leaf in leaves(node)}
    later = _later_answers(node, profile, display=display, evidence=found)

    def explained(each: Node) -> Explanation:
        holds = answers[each.path]
        return Explanation(
            path=each.path,
            text=describe(each, display),
            holds=holds,
            evidence=found.get(each.path),
            children=tuple(explained(child) for child in children(each)),
            changes_at=next((at for at, then in later if then[each.path] != holds), None),
        )

    return explained(node)


def _answers(node: Node, profile_id: int, now: dt.datetime) -> dict[Path, bool]:
    """Whether each node holds, in one statement about one profile."""
    every = list(nodes(node))
    tests = {
        f"node_{number}": ExpressionWrapper(expression(each, now=now), output_field=BooleanField())
        for number, each in enumerate(every)
    }
    row = live_profiles().filter(pk=profile_id).annotate(**tests).values_list(*tests).first()
    return dict.fromkeys((each.path for each in every), False) if row is None else _by_path(every, row)


def _by_path(every: list[Node], row: tuple[bool | None, ...]) -> dict[Path, bool]:
    return {each.path: bool(holds) for each, holds in zip(every, row, strict=True)}


def _later_answers(
    node: Node, profile: Profile, *, display: DisplayContext, evidence: dict[Path, Evidence]
) -> list[tuple[dt.datetime, dict[Path, bool]]]:
    """The answers at the next instants at which time changes some leaf."""
    later: list[tuple[dt.datetime, dict[Path, bool]]] = []
    moving: list[Leaf] = [leaf for leaf in leaves(node) if leaf.moves]
    following = {leaf.path: evidence[leaf.path].changes_at for leaf in moving}
    while len(later) < INSTANTS_TRIED:
        instant = min((at for at in following.values() if at is not None), default=None)
        if instant is None:
            break
        later.append((instant, _answers(node, profile.pk, instant)))
        for leaf in moving:
            if following[leaf.path] == instant:
                following[leaf.path] = leaf.evidence(profile, now=instant, display=display).changes_at
    return later
