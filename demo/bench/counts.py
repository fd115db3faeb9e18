"""Twelve typical counts, each against the best SQL we know to write by hand, and together against DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import connection
from django.utils import timezone

from demo.bench.columnar import LIFETIME_VALUE, ColumnarCopy, is_installed
from demo.bench.figures import Figure, milliseconds
from user360.conditions import count, load_schema, parse
from user360.models import TagValue
from user360.tenancy import current_workspace_id

LONGEST_MS = 60_000
# Made-up users are never deleted, so the SQL need not look; ours always does.
MINE = "workspace_id = %(workspace)s"
LABEL = "SELECT profile_id FROM profile_tag WHERE tag_value_id = "
NOT_OPTED_OUT = "NOT EXISTS (SELECT 1 FROM profile_tag t WHERE t.tag_value_id = %(out)s AND t.profile_id = profile.id)"

# Name → (condition of the contract, SQL after WHERE).
COUNTS: dict[str, tuple[dict[str, Any], str]] = {
    "city is Paris": ({"property": "city", "op": "is", "value": "Paris"}, "lower(city) = 'paris'"),
    "level is Gold or Platinum": (
        {"property": "memberLevel", "op": "in", "value": ["Gold", "Platinum"]},
        "lower(member_level) IN ('gold', 'platinum')",
    ),
    "France and e-mail opt-in": (
        {
            "all": [
                {"property": "country", "op": "is", "value": "France"},
                {"property": "emailOptin", "op": "is_true"},
            ]
        },
        "lower(country) = 'france' AND email_optin",
    ),
    "born in the eighties": (
        {"property": "dob", "op": "between", "value": ["1980-01-01", "1989-12-31"]},
        "dob BETWEEN '1980-01-01' AND '1989-12-31'",
    ),
    "created in the last 30 days": (
        {"property": "createdAt", "op": "last", "value": {"n": 30, "unit": "days"}},
        "created_at > %(month)s AND created_at <= %(now)s",
    ),
    "not seen for 180 days": (
        {"property": "lastSeenAt", "op": "more_than_ago", "value": {"n": 180, "unit": "days"}},
        "last_seen_at < %(half)s",
    ),
    "label VIP": ({"tag": "Labels", "op": "has_any", "value": ["VIP"]}, f"id IN ({LABEL}%(vip)s)"),
    "newsletter, not opted out": (
        {
            "all": [
                {"tag": "Labels", "op": "has_any", "value": ["Newsletter"]},
                {"tag": "Labels", "op": "has_none", "value": ["Opted out"]},
            ]
        },
        f"id IN ({LABEL}%(news)s) AND {NOT_OPTED_OUT}",
    ),
    "lifetime value over 200": (
        {"property": "lifetimeValue", "op": "gt", "value": 200},
        f"{LIFETIME_VALUE} > 200",
    ),
    "e-mail contains laurent": (
        {"property": "email", "op": "contains", "value": "laurent"},
        "email ILIKE '%%laurent%%'",
    ),
    "e-mail but no phone": (
        {"all": [{"property": "phone", "op": "unknown"}, {"property": "email", "op": "known"}]},
        "phone IS NULL AND email IS NOT NULL",
    ),
    "VIP or in two cities, opted in": (
        {
            "all": [
                {
                    "any": [
                        {"tag": "Labels", "op": "has_any", "value": ["VIP"]},
                        {"property": "city", "op": "in", "value": ["Lyon", "Berlin"]},
                    ]
                },
                {"property": "smsOptin", "op": "is_true"},
            ]
        },
        f"(id IN ({LABEL}%(vip)s) OR lower(city) IN ('lyon', 'berlin')) AND sms_optin",
    ),
}


def figures() -> Iterator[Figure]:
    """One figure a count and their sum; agreement of the two numbers is checked on the way."""
    now = timezone.now()
    facts = _facts(now)
    copy = ColumnarCopy(current_workspace_id()) if is_installed() else None
    ours = hand = columnar = 0.0
    for name, (condition, where) in COUNTS.items():
        tree = parse(condition, load_schema())
        ask = partial(count, tree, now=now, timeout_ms=LONGEST_MS)
        statement = f"SELECT count(*) FROM profile WHERE {MINE} AND {where}"  # noqa: S608  # our own SQL
        if ask() != _run(statement, facts):
            raise RuntimeError(f"{name}: the condition and the SQL disagree.")
        hand_written = milliseconds(partial(_run, statement, facts))
        figure = Figure(name, milliseconds(ask), limit=hand_written, limit_name="SQL")
        ours += figure.value
        hand += hand_written
        if copy is not None:
            if copy.count(f"{MINE} AND {where}", facts) != ask():
                raise RuntimeError(f"{name}: the condition and DuckDB disagree.")
            columnar += milliseconds(partial(copy.count, f"{MINE} AND {where}", facts))
        yield figure
    yield Figure("all twelve", ours, limit=hand, limit_name="SQL")
    if copy is not None:
        yield Figure("all twelve", ours, limit=columnar, limit_name="DuckDB in memory")


def _facts(now: Any) -> dict[str, Any]:
    values = dict(TagValue.objects.filter(tag__is_labels=True).values_list("value", "pk"))
    return {
        "workspace": current_workspace_id(),
        "now": now,
        "month": now - timedelta(days=30),
        "half": now - timedelta(days=180),
        "vip": values["VIP"],
        "news": values["Newsletter"],
        "out": values["Opted out"],
    }


def _run(statement: str, facts: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, facts)
        return int(cursor.fetchone()[0])
