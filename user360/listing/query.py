"""From the state of the list to the profiles it shows."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower

from user360.conditions import ConditionErrors, Node, Schema, live_profiles, matching, parse
from user360.conditions.errors import ConditionError
from user360.conditions.personal import guesses
from user360.conditions.sql import any_test, equals_any, escaped, ilike, like
from user360.listing.names import NAME_PROPERTIES
from user360.listing.state import ListState
from user360.models import Profile
from user360.services.identities import find_profile_ids

MIN_TRIGRAM = 3
# Column → the properties whose values it shows.
SEARCHED = {"display_name": NAME_PROPERTIES, "email": ("email",), "phone": ("phone",)}


class BrokenConditions(Exception):  # noqa: N818  # it is an answer, not a defect
    """The conditions of the address cannot be read: `errors` say where and why. Nobody matches."""

    def __init__(self, errors: list[ConditionError]) -> None:
        super().__init__("The conditions cannot be read.")
        self.errors = errors


def conditions_of(state: ListState) -> dict[str, Any]:
    """What the state asks as one condition of the contract: the conditions of the builder, segment and levels.

    Raises BrokenConditions for conditions that are no JSON; what they mean is for `tree_of` to judge.
    """
    parts = list(written_parts(state))
    if state.segment:
        parts.append({"segment": state.segment, "op": "in"})
    if state.level:
        parts.append({"property": "memberLevel", "op": "is", "value": list(state.level)})
    return {"all": parts}


def written_parts(state: ListState) -> list[Any]:
    """The conditions of the builder that all have to hold; raises BrokenConditions."""
    if not state.c:
        return []
    try:
        given = json.loads(state.c)
    except (ValueError, RecursionError) as error:
        raise BrokenConditions([ConditionError((), "invalid_json", "The condition is not JSON")]) from error
    whole = isinstance(given, dict) and given.keys() == {"all"} and isinstance(given["all"], list)
    return given["all"] if whole else [given]


def tree_of(state: ListState, schema: Schema) -> Node:
    """The conditions of the state, parsed; raises BrokenConditions."""
    try:
        return parse(conditions_of(state), schema)
    except ConditionErrors as broken:
        raise BrokenConditions(list(broken.errors)) from broken


def profiles_of(state: ListState, schema: Schema, *, now: dt.datetime, see_personal: bool) -> QuerySet[Profile]:
    """The profiles that the state shows; raises BrokenConditions."""
    found = live_profiles()
    if state.c or state.segment or state.level:
        tree = tree_of(state, schema)
        if not see_personal and (errors := guesses(tree)):
            raise BrokenConditions(errors)
        found = matching(tree, now=now)
    if state.id:
        found = found.filter(id__in=find_profile_ids(state.id))
    if state.q:
        found = found.filter(_search(state.q, schema, see_personal=see_personal))
    return found


def _search(text: str, schema: Schema, *, see_personal: bool) -> Q:
    """Name, e-mail or phone hold the text, or it is somebody's ID.

    Each test has an index of its own, which PostgreSQL combines: trigrams for three letters and more, else the start
    of the value. Members who may not see personal data find it by the exact value alone, so that nobody can guess
    their way letter by letter (AC7).
    """
    tests = [Q(id__in=find_profile_ids(text)), equals_any(Lower("user_id"), [text])]
    for column, keys in SEARCHED.items():
        hidden = not see_personal and any(schema.properties[key].is_personal for key in keys)
        if hidden:
            tests.append(equals_any(Lower(column), [text]))
        elif len(text) < MIN_TRIGRAM:
            tests.append(like(Lower(column), f"{escaped(text)}%"))
        else:
            tests.append(ilike(F(column), f"%{escaped(text)}%"))
    return any_test(tests)
