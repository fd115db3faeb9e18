"""Why a user is in a segment or not, laid out for the page: the tree of conditions with what decided each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from user360.conditions import Evidence, Explanation, Node
from user360.conditions.tree import All, Any_, Not, children

HEADINGS: dict[type, str] = {All: "All of these", Any_: "Any of these", Not: "None of this"}


@dataclass(frozen=True)
class Clause:
    """One condition or group. `heading` is empty for a condition; `evidence` is None for a group."""

    heading: str
    text: str
    holds: bool
    evidence: Evidence | None
    changes_at: dt.datetime | None
    children: list[Clause]


def clauses(node: Node, explanation: Explanation) -> Clause:
    """The node with what was found out about it, and the same for those below."""
    below = zip(children(node), explanation.children, strict=True)
    return Clause(
        heading=HEADINGS.get(type(node), ""),
        text=explanation.text,
        holds=explanation.holds,
        evidence=explanation.evidence,
        changes_at=explanation.changes_at,
        children=[clauses(child, explained) for child, explained in below],
    )
