"""How many users have a value for each property: exact on small workspaces, estimated from a sample on large ones."""

from dataclasses import dataclass

from django.core.cache import cache
from django.db import connection

from user360.system_properties import SYSTEM_PROPERTIES
from user360.tenancy import current_workspace_id

EXACT_UP_TO = 200_000
CACHE_SECONDS = 300


@dataclass(frozen=True)
class Coverage:
    """`shares` maps a property's key to the part of the users that have a value, 0 to 1."""

    shares: dict[str, float]
    estimated: bool


def coverage() -> Coverage:
    """The coverage of every property of the current workspace, at most five minutes old."""
    key = f"coverage:{current_workspace_id()}"
    known: Coverage | None = cache.get(key)
    if known is None:
        known = _measure()
        cache.set(key, known, CACHE_SECONDS)
    return known


def _measure() -> Coverage:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'profile'::regclass")
        rows = cursor.fetchone()[0]
        estimated = rows > EXACT_UP_TO
        # Whole pages are sampled: reading a few thousand of them is enough to tell 40 % from 60 %.
        sample = f"TABLESAMPLE SYSTEM ({100 * EXACT_UP_TO / rows:f})" if estimated else ""
        mine = "WHERE workspace_id = %s AND deleted_at IS NULL"
        columns = [prop for prop in SYSTEM_PROPERTIES if prop.key not in ("source", "channels")]
        counted = ", ".join(f"count({prop.column})" for prop in columns)
        lists = "count(source_id), count(*) FILTER (WHERE channels <> '{}')"
        cursor.execute(
            f"SELECT count(*), {lists}, {counted} FROM profile {sample} {mine}",  # noqa: S608  # our own columns
            [current_workspace_id()],
        )
        total, source, channels, *system = cursor.fetchone()
        cursor.execute(
            f"SELECT key, count(*) FROM profile {sample}, jsonb_object_keys(attributes) AS key {mine} GROUP BY key",  # noqa: S608
            [current_workspace_id()],
        )
        counts = dict(cursor.fetchall())
    counts |= {"source": source, "channels": channels}
    counts |= dict(zip((prop.key for prop in columns), system, strict=True))
    return Coverage({key: count / total for key, count in counts.items()} if total else {}, estimated)
