"""Exact numbers, cancelled when they take too long."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from user360.conditions.compile import matching
from user360.conditions.errors import Path
from user360.conditions.tree import Node, nodes


class CountTimeout(Exception):  # noqa: N818 - a limit, not a fault
    """The count took longer than allowed."""


@contextmanager
def time_limit(milliseconds: int) -> Iterator[None]:
    """Cancels a statement of this block that takes longer; raises CountTimeout."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = %s", [milliseconds])
            yield
            # An enclosing transaction goes on without our limit.
            cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise CountTimeout(f"The count took longer than {milliseconds} ms") from error
        raise


def count(node: Node, *, now: dt.datetime, timeout_ms: int) -> int:
    """How many profiles the tree matches, exactly. Raises CountTimeout."""
    with time_limit(timeout_ms):
        return matching(node, now=now).count()


def counts(node: Node, *, now: dt.datetime, timeout_ms: int) -> dict[Path, int]:
    """How many each node of the tree matches by itself, by path; `timeout_ms` is for each. Raises CountTimeout."""
    return {each.path: count(each, now=now, timeout_ms=timeout_ms) for each in nodes(node)}
