"""How many users a list shows: exact while that is quick, estimated beyond, exact again on request."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.db.models import QuerySet

from user360.conditions import CountTimeout
from user360.conditions.counting import time_limit
from user360.models import Profile

EXACT_UP_TO = 10_000
ON_THE_PAGE_MS = 1_000
ON_REQUEST_MS = 30_000


@dataclass(frozen=True)
class Count:
    """A number of users; `about` where it is estimated."""

    number: int
    about: bool = False

    def __str__(self) -> str:
        return f"about {self.number:,}" if self.about else f"{self.number:,}"


def quick_count(profiles: QuerySet[Profile]) -> Count:
    """Exact up to ten thousand; beyond, what the planner expects, to two figures."""
    try:
        with time_limit(ON_THE_PAGE_MS):
            number = profiles.order_by()[: EXACT_UP_TO + 1].values("id").count()
    except CountTimeout:
        return _estimate(profiles, at_least=0)
    return Count(number) if number <= EXACT_UP_TO else _estimate(profiles, at_least=EXACT_UP_TO)


def exact_count(profiles: QuerySet[Profile]) -> Count:
    """Every one counted; raises CountTimeout after half a minute."""
    with time_limit(ON_REQUEST_MS):
        return Count(profiles.order_by().count())


def _estimate(profiles: QuerySet[Profile], *, at_least: int) -> Count:
    plan = json.loads(profiles.order_by().values("id").explain(format="json"))
    expected = max(int(plan[0]["Plan"]["Plan Rows"]), at_least)
    step = 10 ** max(len(str(expected)) - 3, 0)
    return Count(expected // step * step, about=True)
