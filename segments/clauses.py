"""Why a user is in a segment or not, laid out for the page: the tree of conditions with what decided each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from user360.conditions import Explanation, Node
from user360.conditions.leaves.identity import IdentityLeaf
from user360.conditions.leaves.property import PropertyLeaf
from user360.conditions.tree import All, Any_, Not, children
from user360.masking import mask

HEADINGS: dict[type, str] = {All: "All of these", Any_: "Any of these", Not: "None of this"}


@dataclass(frozen=True)
class Clause:
    """One condition or group. `heading` is empty for a condition; `values` decided one, none when unknown."""

    heading: str
    text: str
    holds: bool
    values: list[str]
    changes_at: dt.datetime | None
    children: list[Clause]


def clauses(node: Node, explanation: Explanation, *, see_personal: bool) -> Clause:
    """The node with what was found out about it, and the same for those below."""
    below = zip(children(node), explanation.children, strict=True)
    values = explanation.evidence.values if explanation.evidence else ()
    hidden = "" if see_personal else _personal_kind(node)
    return Clause(
        heading=HEADINGS.get(type(node), ""),
        text=explanation.text,
        holds=explanation.holds,
        values=[mask(hidden, value) if hidden else value for value in values],
        changes_at=explanation.changes_at,
        children=[clauses(child, explained, see_personal=see_personal) for child, explained in below],
    )


def _personal_kind(node: Node) -> str:
    """By which kind the values are masked; empty when they are nobody's secret."""
    if isinstance(node, PropertyLeaf) and node.prop.is_personal:
        return node.prop.type
    if isinstance(node, IdentityLeaf) and node.kind.is_personal:
        return node.kind.format
    return ""
