"""The users somebody ticked, as a value: some by name, or all that match minus a few (UL7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from django.db.models import Q, QuerySet
from django.http import QueryDict

from user360.conditions import Schema
from user360.listing.query import profiles_of
from user360.listing.state import ListState
from user360.models import Profile

MAX_NAMED = 1_000


class SelectionRefused(ValueError):  # noqa: N818  # it is an answer, not a defect
    """The posted selection cannot be read."""


@dataclass(frozen=True)
class Selection:
    """`some`: the profiles of `ids`. `all`: everybody the list `address` shows, without `ids`.

    `seen` is how many the person was told, `about` whether that was an estimate.
    """

    mode: Literal["some", "all"]
    address: str
    ids: tuple[int, ...]
    seen: int
    about: bool = False

    @classmethod
    def from_post(cls, post: QueryDict) -> Self:
        """Reads the fields `mode`, `address`, `id` (repeated), `seen` and `about`; raises SelectionRefused."""
        mode = post.get("mode", "")
        ids = post.getlist("id")
        seen = post.get("seen", "0")
        if mode not in ("some", "all") or not all(key.isascii() and key.isdecimal() for key in [*ids, seen]):
            raise SelectionRefused("The selection cannot be read; select the users again.")
        if len(ids) > MAX_NAMED:
            raise SelectionRefused(f"At most {MAX_NAMED:,} users can be ticked one by one; select all that match.")
        named = tuple(dict.fromkeys(map(int, ids)))
        return cls("all" if mode == "all" else "some", post.get("address", ""), named, int(seen), "about" in post)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """What `as_json` gave, out of a job's parameters."""
        ids = tuple(stored["ids"])
        return cls(stored["mode"], stored["address"], ids, stored["seen"], stored.get("about", False))

    def as_json(self) -> dict[str, Any]:
        """For a job's parameters."""
        return {
            "mode": self.mode,
            "address": self.address,
            "ids": list(self.ids),
            "seen": self.seen,
            "about": self.about,
        }

    @property
    def state(self) -> ListState:
        """The list that was shown."""
        return ListState.from_address(self.address.removeprefix("?"))

    def profiles(self, schema: Schema, *, now: dt.datetime, see_personal: bool) -> QuerySet[Profile]:
        """The profiles selected; raises BrokenConditions when the list's conditions no longer can be read."""
        if self.mode == "some":
            return Profile.objects.filter(deleted_at=None, pk__in=self.ids)
        matched = profiles_of(self.state, schema, now=now, see_personal=see_personal)
        # A short list of ids, not a set of the database, so a negated IN is harmless.
        return matched.exclude(Q(pk__in=self.ids)) if self.ids else matched

    def drift(self, count: int) -> str:
        """For a confirmation: that the users are no longer as many as were shown; empty where they are.

        `count` is how many `profiles` gives now. An estimate is nothing to compare with.
        """
        if self.about or count == self.seen:
            return ""
        return f"The selection has changed: from {self.seen:,} to {count:,} users."
