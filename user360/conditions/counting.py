"""Exact numbers, cancelled when they take too long."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from user360.conditions.compile import predicate
from user360.conditions.errors import Path
from user360.conditions.gathering import gathered_count
from user360.conditions.predicates import as_q
from user360.conditions.tree import All, Node, Not, children, nodes
from user360.models import Profile


class CountTimeout(Exception):  # noqa: N818 - a limit, not a fault
    """The count took longer than allowed."""


@contextmanager
def time_limit(milliseconds: int) -> Iterator[None]:
    """Cancels a statement of this block that takes longer; raises CountTimeout. A limit around it holds behind it."""
    within = connection.in_atomic_block
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if within:
                cursor.execute("SHOW statement_timeout")
                before = cursor.fetchone()[0]
            cursor.execute("SET LOCAL statement_timeout = %s", [milliseconds])
            yield
            if within:
                cursor.execute("SET LOCAL statement_timeout = %s", [before])
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise CountTimeout(f"The count took longer than {milliseconds} ms") from error
        raise


def count(node: Node, *, now: dt.datetime, timeout_ms: int) -> int:
    """How many profiles the tree matches, exactly. Raises CountTimeout."""
    asked = predicate(node, now)
    with time_limit(timeout_ms):
        return gathered_count(asked) - Profile.objects.filter(as_q(asked), deleted_at__isnull=False).count()


def counts(node: Node, *, now: dt.datetime, timeout_ms: int) -> dict[Path, int]:
    """How many each node of the tree matches by itself, by path; `timeout_ms` is for each. Raises CountTimeout.

    What follows from another count is not counted again: a group of one is its child, and `not` is all the others.
    """
    everybody = count(All((), ()), now=now, timeout_ms=timeout_ms)
    found: dict[Path, int] = {}
    for each in reversed(list(nodes(node))):
        below = children(each)
        if isinstance(each, Not):
            found[each.path] = everybody - found[each.child.path]
        elif len(below) == 1:
            found[each.path] = found[below[0].path]
        else:
            found[each.path] = count(each, now=now, timeout_ms=timeout_ms)
    return dict(reversed(found.items()))
