"""JSON → tree, with every fault and its path; and back."""

import json
from typing import Any

from user360.conditions.errors import ConditionError, ConditionErrors
from user360.conditions.kinds import leaf_kinds, leaf_parser
from user360.conditions.place import MAX_DEPTH, MAX_LEAVES, Place
from user360.conditions.schema import Schema
from user360.conditions.tree import All, Any_, Leaf, Node, Not

GROUPS = ("all", "any", "not")
MAX_LETTERS = 1_000_000


def parse(raw: object, schema: Schema) -> Node:
    """The condition as a tree; raises ConditionErrors with all that is wrong with it."""
    place = Place(schema)
    node = _node(raw, place, depth=0)
    if place.tally.errors or node is None:
        raise ConditionErrors(place.tally.errors)
    return node


def parse_text(text: str, schema: Schema) -> Node:
    """The same from JSON text, such as the address of a page carries."""
    if len(text) > MAX_LETTERS:
        raise _unreadable("The condition is too long")
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _unreadable("The condition is not JSON") from error
    return parse(raw, schema)


def dump(node: Node) -> dict[str, Any]:
    """The tree as canonical JSON, which parses to an equal tree."""
    match node:
        case All():
            return {"all": [dump(child) for child in node.children]}
        case Any_():
            return {"any": [dump(child) for child in node.children]}
        case Not():
            return {"not": dump(node.child)}
        case Leaf():
            return node.dump()


def _unreadable(message: str) -> ConditionErrors:
    return ConditionErrors([ConditionError((), "invalid_json", message)])


def _node(raw: object, place: Place, depth: int) -> Node | None:
    if not isinstance(raw, dict):
        return place.refuse("invalid_node", "A condition is an object")
    naming = [key for key in (*GROUPS, *leaf_kinds()) if key in raw]
    if len(naming) != 1:
        keys = ", ".join((*GROUPS, *leaf_kinds()))
        return place.refuse("invalid_node", f"A condition has exactly one of: {keys}")
    return _group(naming[0], raw, place, depth + 1) if naming[0] in GROUPS else _leaf(naming[0], raw, place)


def _leaf(key: str, raw: dict[str, object], place: Place) -> Leaf | None:
    place.tally.leaves += 1
    if place.tally.leaves > MAX_LEAVES:
        if place.tally.leaves == MAX_LEAVES + 1:
            place.refuse("too_many_conditions", f"At most {MAX_LEAVES} conditions")
        return None
    return leaf_parser(key)(raw, place)


def _group(key: str, raw: dict[str, object], place: Place, depth: int) -> Node | None:
    if depth > MAX_DEPTH:
        return place.refuse("too_deep", f"Groups go at most {MAX_DEPTH} deep")
    if place.fields(raw, (key,)) is None:
        return None
    below = raw[key]
    if key == "not":
        child = _node(below, place.at(key), depth)
        return None if child is None else Not(place.path, child)
    if not isinstance(below, list):
        return place.at(key).refuse("invalid_node", "A list of conditions is expected")
    if len(below) > MAX_LEAVES:
        return place.at(key).refuse("too_many_conditions", f"At most {MAX_LEAVES} conditions")
    children = [_node(child, place.at(key, position), depth) for position, child in enumerate(below)]
    found = tuple(child for child in children if child is not None)
    return All(place.path, found) if key == "all" else Any_(place.path, found)
