"""Tree → one statement over profiles."""

import datetime as dt

from django.db.models import Q, QuerySet

from user360.conditions.predicates import Predicate, all_of, any_of, as_q, opposite
from user360.conditions.tree import All, Any_, Leaf, Node, Not
from user360.models import Profile


def predicate(node: Node, now: dt.datetime) -> Predicate:
    """What the tree asks, negations at the leaves."""
    match node:
        case All():
            return all_of(predicate(child, now) for child in node.children)
        case Any_():
            return any_of(predicate(child, now) for child in node.children)
        case Not():
            return opposite(predicate(node.child, now))
        case Leaf():
            return node.predicate(now)


def matching(node: Node, *, now: dt.datetime) -> QuerySet[Profile]:
    """The profiles of the current workspace for which the tree is true at `now`; deleted ones never are."""
    return live_profiles().filter(as_q(predicate(node, now), in_where=True))


def expression(node: Node, *, now: dt.datetime) -> Q:
    """The tree as an expression over profiles, for `filter()` and `annotate()`. NULL is a no.

    It stays cheap for a few profiles: several trees can be annotated on one batch in one statement.
    """
    return as_q(predicate(node, now))


def live_profiles() -> QuerySet[Profile]:
    """The profiles of the current workspace that are not deleted."""
    return Profile.objects.filter(deleted_at__isnull=True)
