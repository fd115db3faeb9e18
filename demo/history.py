"""Events of made-up customers, a month at a time, and their totals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from demo.draws import draw, pick
from user360 import partitions

MONTHS = 15
BATCH = 500_000
# A purchase for every three visits, as the repetitions say.
NAMES = ("login", "login", "login", "page_viewed", "page_viewed", "purchase", "cart_abandoned")

_EVENTS = f"""
    INSERT INTO event (workspace_id, profile_id, at, name, source_id, channel, properties)
    SELECT %(workspace)s, id, at, name, (%(sources)s::int[])[1], {pick("channel", ("web", "web", "app", "store"))},
           CASE WHEN name = 'purchase'
                THEN jsonb_build_object('items', 1 + {draw("items", 5)}, 'amount', {draw("amount", 40_000)} / 100.0)
                ELSE '{{}}'::jsonb END
      FROM (SELECT i, {pick("name", NAMES)} AS name,
                   %(now)s::timestamptz - {draw("at", 1_000_000)} / 1e6 * interval '{MONTHS * 30} days' AS at,
                   (%(lowest)s + mod(abs(hashtextextended(i::text || 'who', %(seed)s)), %(users)s)) AS id
              FROM generate_series(%(first)s, %(last)s) AS i) AS drawn
"""  # noqa: S608  # constants of this module
_TOTALS = """
    INSERT INTO event_total (workspace_id, name, profile_id, count, first_at, last_at)
    SELECT workspace_id, name, profile_id, count(*), min(at), max(at)
      FROM event WHERE workspace_id = %(workspace)s GROUP BY workspace_id, name, profile_id
"""


def add_events(events: int, users: int, facts: Mapping[str, Any]) -> None:
    """Spreads `events` over the workspace's `users` users, whose ids follow one another, and the last 15 months."""
    if not events or not users:
        return
    today = facts["now"].date()
    partitions.ensure_partitions(today - timedelta(days=MONTHS * 31), today)
    for first in range(1, events + 1, BATCH):
        span = {**facts, "first": first, "last": min(first + BATCH - 1, events), "users": users}
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_EVENTS, span)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TOTALS, facts)
