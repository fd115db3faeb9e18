"""Who stands before and after a user in the list that one came from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils import timezone

from user360.conditions import load_schema
from user360.listing.columns import order_of
from user360.listing.paging import KNOWN, UNKNOWN, Cursor, Order, page
from user360.listing.query import BrokenConditions, profiles_of
from user360.listing.state import ListState
from user360.models import Profile, Property


@dataclass(frozen=True)
class Neighbours:
    """The ids of the users before and after; None at the ends of the list."""

    previous: int | None = None
    following: int | None = None


def neighbours(profile: Profile, state: ListState, *, see_personal: bool) -> Neighbours:
    """The neighbours in the list of `state`, by key, however long it is; none where its conditions are broken."""
    properties = {prop.key: prop for prop in Property.objects.filter(archived_at=None)}
    order = order_of(state.sort, properties, see_personal=see_personal)
    try:
        listed = profiles_of(state, load_schema(), now=timezone.now(), see_personal=see_personal)
    except BrokenConditions:
        return Neighbours()
    value = _sort_value(profile, order)
    here = Cursor(UNKNOWN if value is None else KNOWN, value, profile.pk, 0)
    turn = partial(page, listed, order, size=1, narrowed=state.narrowed)
    previous, following = turn(before=here).rows, turn(after=here).rows
    return Neighbours(previous[0].pk if previous else None, following[0].pk if following else None)


def _sort_value(profile: Profile, order: Order) -> Any:
    if order.arms is not None:
        return profile.source.name.lower() if profile.source else None
    row = Profile.objects.filter(pk=profile.pk).filter(order.known).annotate(sort_value=order.value)
    return row.values_list("sort_value", flat=True).first()
