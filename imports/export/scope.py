"""Whose users an export holds: everyone, what a query finds, a segment, or the users somebody ticked (EX1)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.db.models import QuerySet
from django.http import QueryDict

from user360.conditions import Node, Schema, describe, dump
from user360.conditions.tree import leaves
from user360.listing.query import BrokenConditions, profiles_of, tree_of
from user360.listing.selection import Selection
from user360.listing.state import ListState
from user360.models import Profile

EXPORT, EXPORT_SEGMENT, QUERY = "insight.user360.export", "insight.segments.export", "insight.user360.query"


@dataclass(frozen=True)
class Scope:
    """Whose users: those the list shows in `state`, or of them those that are ticked."""

    state: ListState
    selection: Selection | None = None

    @classmethod
    def everyone(cls) -> Self:
        """All users of the workspace."""
        return cls(ListState())

    @classmethod
    def segment(cls, slug: str) -> Self:
        """The members of a segment."""
        return cls(ListState(segment=slug))

    @classmethod
    def conditions(cls, conditions: Mapping[str, Any]) -> Self:
        """Whoever meets conditions of the contract's form."""
        return cls(ListState(c=json.dumps(conditions)))

    @classmethod
    def from_address(cls, query: QueryDict) -> Self:
        """What the list of this address shows."""
        return cls(_told(ListState.from_query(query)))

    @classmethod
    def from_post(cls, post: QueryDict) -> Self:
        """The selection of a form, or the list at its `address` when nothing is ticked. Raises SelectionRefused."""
        selection = Selection.from_post(post) if "mode" in post else None
        state = ListState.from_address(post.get("address", "").removeprefix("?"))
        return cls(_told(state), selection)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """What `as_json` gave."""
        selection = Selection.from_json(stored["selection"]) if stored["selection"] else None
        return cls(ListState.from_address(stored["address"]), selection)

    def as_json(self) -> dict[str, Any]:
        """For a job's parameters."""
        return {
            "address": self.address,
            "selection": self.selection.as_json() if self.selection else None,
        }

    @property
    def address(self) -> str:
        """The query string of the list that shows these users."""
        return self.state.address().removeprefix("?")

    @property
    def is_segment(self) -> bool:
        """Whether this is one segment, as it is."""
        return self.selection is None and bool(self.state.segment) and not (self.state.queried or self.state.q)

    def needs(self, permissions: Iterable[str]) -> list[str]:
        """What exporting this takes, given what somebody has: a whole segment has a permission of its own (EX5)."""
        if self.is_segment and EXPORT_SEGMENT in permissions:
            return [EXPORT_SEGMENT]
        return [EXPORT, QUERY] if self.state.queried else [EXPORT]

    def profiles(self, schema: Schema, *, now: dt.datetime, see_personal: bool) -> QuerySet[Profile]:
        """The users themselves; raises BrokenConditions when what is asked can no longer be read."""
        if self.selection is not None:
            return self.selection.profiles(schema, now=now, see_personal=see_personal)
        return profiles_of(self.state, schema, now=now, see_personal=see_personal)

    def words(self, schema: Schema) -> str:
        """The same for people. Everybody who sees the logs reads this, so what is personal data is not repeated."""
        listed = self._listed(schema)
        if self.selection is None:
            return listed
        count = len(self.selection.ids)
        if self.selection.mode == "some":
            return "1 selected user" if count == 1 else f"{count:,} selected users"
        return f"{listed}, without {count:,}" if count else listed

    def _listed(self, schema: Schema) -> str:
        parts = []
        if self.is_segment or self.state.queried or self.state.segment:
            try:
                tree = tree_of(self.state, schema)
            except BrokenConditions:
                return "Conditions that cannot be read"
            parts += [] if not (self.state.segment or self.state.c or self.state.level) else [_described(tree, schema)]
        if self.state.q or self.state.id:
            parts.append("found by a search")
        return ", ".join(parts) or "All users"


def _told(state: ListState) -> ListState:
    """The state without order and page, which do not say whose users."""
    return ListState(segment=state.segment, q=state.q, c=state.c, id=state.id, level=state.level)


def _described(tree: Node, schema: Schema) -> str:
    if any(_is_personal(dump(leaf), schema) for leaf in leaves(tree)):
        return "Conditions on personal data"
    return describe(tree, schema.display)


def _is_personal(leaf: Mapping[str, Any], schema: Schema) -> bool:
    named = schema.properties.get(leaf.get("property", "")) or schema.identity_types.get(leaf.get("identity", ""))
    return named is not None and named.is_personal
