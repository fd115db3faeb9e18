"""The kinds of question a condition can ask. Each is registered under the key that names it in the JSON.

A new kind is one file: a frozen subclass of `tree.Leaf` and a parser, registered from `AppConfig.ready()`.
"""

from collections.abc import Callable

from user360.conditions.place import Place
from user360.conditions.tree import Leaf

type LeafParser = Callable[[dict[str, object], Place], Leaf | None]
"""Reads a leaf. Gets the JSON object and its place; notes what is wrong with `place.refuse` and gives None."""

_PARSERS: dict[str, LeafParser] = {}


def register_leaf_kind(key: str, parser: LeafParser) -> None:
    """Makes `{key: …}` a leaf."""
    _PARSERS[key] = parser


def leaf_kinds() -> tuple[str, ...]:
    """The keys that name a leaf."""
    return tuple(_PARSERS)


def leaf_parser(key: str) -> LeafParser:
    """The parser of this kind; KeyError when there is none."""
    return _PARSERS[key]
