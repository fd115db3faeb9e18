"""A tree in words: `City is Paris or Lyon, and Labels has none of Opted out`."""

from dataclasses import dataclass

from user360.conditions.errors import Path
from user360.conditions.tree import All, Any_, Leaf, Node, Not, Words
from user360.property_types import DisplayContext

EVERYBODY, NOBODY = "Everybody", "Nobody"


@dataclass(frozen=True)
class Chip:
    """One part of a list's conditions. `words` has the pieces of a single comparison; a group has only its text."""

    path: Path
    text: str
    words: Words | None


def describe(node: Node, display: DisplayContext) -> str:
    """The whole tree as one sentence without a full stop."""
    return _text(node, display, nested=False)


def chips(node: Node, display: DisplayContext) -> list[Chip]:
    """The parts that all have to hold, each on its own; a tree that is no `all` is one chip, everybody is none."""
    parts = node.children if isinstance(node, All) else (node,)
    return [chip(part, display) for part in parts]


def chip(node: Node, display: DisplayContext) -> Chip:
    """One node on its own."""
    return Chip(node.path, describe(node, display), node.words(display) if isinstance(node, Leaf) else None)


def _text(node: Node, display: DisplayContext, *, nested: bool) -> str:
    match node:
        case Leaf():
            return str(node.words(display))
        case Not():
            inner = _text(node.child, display, nested=False)
            return f"not ({inner})"
        case All(_, children) | Any_(_, children) if len(children) == 1:
            return _text(children[0], display, nested=nested)
        case All(_, children) | Any_(_, children) if children:
            word = "and" if isinstance(node, All) else "or"
            parts = [_text(child, display, nested=True) for child in children]
            joined = f"{', '.join(parts[:-1])}, {word} {parts[-1]}"
            return f"({joined})" if nested else joined
        case _:
            return EVERYBODY if isinstance(node, All) else NOBODY
