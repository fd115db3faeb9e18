"""From the state of the list to the profiles it shows."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.db.models import F, Q, QuerySet

from user360.conditions import ConditionErrors, Node, Schema, live_profiles, matching, parse
from user360.conditions.errors import ConditionError
from user360.conditions.sql import equals_any, escaped, ilike
from user360.conditions.values import property_value
from user360.listing.state import ListState
from user360.models import Profile, Property
from user360.services.identities import find_profile_ids

MIN_TRIGRAM = 3
SEARCHED = ("display_name", "email", "phone")
PERSONAL = frozenset({"email", "phone"})


class BrokenConditions(Exception):  # noqa: N818  # it is an answer, not a defect
    """The conditions of the address cannot be read: `errors` say where and why. Nobody matches."""

    def __init__(self, errors: list[ConditionError]) -> None:
        super().__init__("The conditions cannot be read.")
        self.errors = errors


def conditions_of(state: ListState) -> dict[str, Any]:
    """What the state asks as one condition of the contract: segment, levels and the conditions of the builder.

    Raises BrokenConditions for conditions that are no JSON; what they mean is for `tree_of` to judge.
    """
    parts: list[Any] = []
    if state.segment:
        parts.append({"segment": state.segment, "op": "in"})
    if state.level:
        parts.append({"property": "memberLevel", "op": "in", "value": list(state.level)})
    if state.c:
        try:
            given = json.loads(state.c)
        except (ValueError, RecursionError) as error:
            raise BrokenConditions([ConditionError((), "invalid_json", "The condition is not JSON")]) from error
        parts += given["all"] if isinstance(given, dict) and isinstance(given.get("all"), list) else [given]
    return {"all": parts}


def tree_of(state: ListState, schema: Schema) -> Node:
    """The conditions of the state, parsed; raises BrokenConditions."""
    try:
        return parse(conditions_of(state), schema)
    except ConditionErrors as broken:
        raise BrokenConditions(list(broken.errors)) from broken


def profiles_of(state: ListState, schema: Schema, *, now: dt.datetime, see_personal: bool) -> QuerySet[Profile]:
    """The profiles that the state shows; raises BrokenConditions."""
    found = matching(tree_of(state, schema), now=now) if (state.c or state.segment or state.level) else live_profiles()
    if state.id:
        found = found.filter(id__in=find_profile_ids(state.id))
    if state.q:
        found = found.filter(_search(state.q, see_personal=see_personal))
    return found


def _search(text: str, *, see_personal: bool) -> Q:
    """Name, e-mail and phone hold the text, or it is somebody's ID.

    Each test has an index of its own, which PostgreSQL combines. Members who may not see personal data find it by the
    exact value alone (AC7), so that nobody can guess their way letter by letter.
    """
    exact = equals_any(property_value(Property(key="userId", type="string", is_system=True)), [text])
    test = Q(id__in=find_profile_ids(text)) | exact
    pattern = f"%{escaped(text)}%" if len(text) >= MIN_TRIGRAM else f"{escaped(text)}%"
    for column in SEARCHED:
        if column in PERSONAL and not see_personal:
            prop = Property(key=column, type=column, is_system=True)
            test |= equals_any(property_value(prop), [text])
        else:
            test |= ilike(F(column), pattern)
    return test
