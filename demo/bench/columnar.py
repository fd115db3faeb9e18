"""The same data in DuckDB, in memory: what a database made for counting needs for the counts of the benchmark."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import connection

LIFETIME_VALUE = "(attributes ->> 'lifetimeValue')::numeric"
PROFILES = (
    "SELECT workspace_id, id, city, member_level, country, email_optin, sms_optin, dob, created_at, last_seen_at,"  # noqa: S608
    f" email, phone, {LIFETIME_VALUE} AS lifetime_value FROM profile WHERE workspace_id = %s"
)
TAGS = "SELECT profile_id, tag_value_id FROM profile_tag WHERE workspace_id = %s"


def is_installed() -> bool:
    """DuckDB comes with the tools of development alone."""
    return find_spec("duckdb") is not None


class ColumnarCopy:
    """A copy of one workspace's users and tags."""

    def __init__(self, workspace_id: int) -> None:
        import duckdb

        self._duck = duckdb.connect()
        self._duck.execute("SET TimeZone = 'UTC'")
        with TemporaryDirectory() as folder:
            for name, query in (("profile", PROFILES), ("profile_tag", TAGS)):
                path = Path(folder) / f"{name}.csv"
                _write(query, workspace_id, path)
                self._duck.execute(f"CREATE TABLE {name} AS SELECT * FROM read_csv('{path}', header = true)")  # noqa: S608

    def count(self, where: str, facts: Mapping[str, Any]) -> int:
        """How many users a WHERE clause of PostgreSQL holds for; `facts` are its named parameters."""
        text = where.replace("%%", "%").replace(LIFETIME_VALUE, "lifetime_value")
        named = set(re.findall(r"%\((\w+)\)s", text))
        text = re.sub(r"%\((\w+)\)s", r"$\1", text)
        known = {name: value for name, value in facts.items() if name in named}
        row = self._duck.execute(f"SELECT count(*) FROM profile WHERE {text}", known).fetchone()  # noqa: S608
        return int(row[0]) if row else 0


def _write(query: str, workspace_id: int, path: Path) -> None:
    with connection.cursor() as cursor, path.open("wb") as file:
        sql = cursor.mogrify(query, [workspace_id])
        with cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv, HEADER)") as copy:
            for chunk in copy:
                file.write(chunk)
