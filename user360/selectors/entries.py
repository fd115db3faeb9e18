"""What a record of a user's timeline consists of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Model, Q, QuerySet


@dataclass(frozen=True)
class Difference:
    """One thing that changed or was said: words, and the values before and after, empty where unknown."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One record of the timeline. `cause` says who or what did it; `job_id` leads to its log.

    `only` is the one difference of a small change, which then stands in place of the summary.
    """

    at: dt.datetime
    id: UUID
    icon: str
    summary: str
    cause: str = ""
    differences: Sequence[Difference] = ()
    only: Difference | None = None
    job_id: int | None = None
    address: str = ""


@dataclass(frozen=True)
class Place:
    """Where a page of the timeline ends: what is older comes next."""

    at: dt.datetime
    id: UUID

    def older(self) -> Q:
        """The rows after this place, for tables keyed by time and id."""
        return Q(at__lt=self.at) | Q(at=self.at, id__lt=self.id)

    def text(self) -> str:
        """The place for an address."""
        return f"{self.at.isoformat()}~{self.id}"

    @staticmethod
    def read(text: str) -> Place | None:
        """The place of an address; None for what is none."""
        at, _, key = text.partition("~")
        try:
            moment = dt.datetime.fromisoformat(at)
            return Place(moment, UUID(key)) if moment.tzinfo else None
        except ValueError:
            return None


def newest[M: Model](rows: QuerySet[M], place: Place | None, count: int) -> list[M]:
    """The newest rows that are older than the place."""
    return list((rows.filter(place.older()) if place else rows).order_by("-at", "-id")[:count])
