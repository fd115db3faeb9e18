"""When time alone changes answers, and whose.

A segment with relative times is kept right by evaluating, at every tick, the profiles in `flipped` since the tick
before: a range of an index for each relative leaf.
"""

import datetime as dt

from django.db.models import QuerySet

from user360.conditions.compile import live_profiles
from user360.conditions.predicates import any_of, as_q
from user360.conditions.tree import Leaf, Node, leaves
from user360.models import Profile


def moving_leaves(node: Node) -> list[Leaf]:
    """The leaves whose answers time alone can change."""
    return [leaf for leaf in leaves(node) if leaf.moves]


def flipped(node: Node, *, since: dt.datetime, until: dt.datetime) -> QuerySet[Profile, int]:
    """The ids of those whose answer may differ between the two instants though nothing was written, and few others.

    `since` is the earlier. Whoever was evaluated at some instant between the two and would be answered differently at
    `until` is among them as well.
    """
    changed = any_of(leaf.flips(since, until) for leaf in moving_leaves(node))
    return live_profiles().filter(as_q(changed, in_where=True)).values_list("pk", flat=True)
