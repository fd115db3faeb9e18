"""The statement that reads an export, and the bytes it streams: constant memory, one row at a time from the server."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import batched
from typing import Any
from zoneinfo import ZoneInfo

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet

from imports.export.columns import ExportColumn, IdentityColumn, TagColumn, harmless_text
from user360.models import Profile
from user360.property_types.sql import literal
from user360.tenancy import current_workspace_id

BOM = b"\xef\xbb\xbf"
ROWS_AT_ONCE = 1_000


@dataclass(frozen=True)
class Sheet:
    """What is exported: the columns in order, and what has to be gathered from other tables for them."""

    columns: Sequence[ExportColumn]
    identities: Sequence[IdentityColumn] = ()
    tags: Sequence[TagColumn] = ()

    def header(self, *, formula_safe: bool) -> bytes:
        """The first line, with the mark that makes spreadsheets read UTF-8."""
        line = io.StringIO()
        written = (column.header for column in self.columns)
        csv.writer(line).writerow(harmless_text(header) if formula_safe else header for header in written)
        return BOM + line.getvalue().encode()

    @property
    def select(self) -> str:
        """The query behind the file; `export_*` are the temporary tables of `opened`."""
        cells = ", ".join(column.sql for column in self.columns)
        joins = "JOIN export_profile e ON e.id = p.id LEFT JOIN source ON source.id = p.source_id"
        if self.identities:
            joins += " LEFT JOIN export_identity i ON i.profile_id = p.id"
        if self.tags:
            joins += " LEFT JOIN export_tag t ON t.profile_id = p.id"
        return f"SELECT {cells} FROM profile p {joins} ORDER BY p.id"  # noqa: S608  # our own columns


@contextmanager
def own_connection() -> Iterator[BaseDatabaseWrapper]:
    """A connection for one export, in one transaction that sees the data of one instant.

    It is not the job's, whose row goes on changing meanwhile.
    """
    made = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        made.set_autocommit(False)
        with made.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield made
    finally:
        made.close()


@contextmanager
def opened(sheet: Sheet, profiles: QuerySet[Profile], zone: ZoneInfo, database: BaseDatabaseWrapper) -> Iterator[int]:
    """Fixes which users are exported and gives their number; reading happens inside, in the same transaction.

    Identities and tags are gathered into temporary tables first: identity is not stored beside its profile, so on a
    distributed database the two cannot be joined directly (SCALE rule 6).
    """
    statement, parameters = profiles.order_by().values("id").query.sql_with_params()
    with database.cursor() as cursor:
        cursor.execute(f"SET LOCAL TIME ZONE {literal(zone.key)}")
        cursor.execute(f"CREATE TEMPORARY TABLE export_profile ON COMMIT DROP AS {statement}", parameters)
        cursor.execute("ANALYZE export_profile")
        if sheet.identities:
            _gather_identities(cursor, sheet.identities)
        if sheet.tags:
            _gather_tags(cursor, sheet.tags)
        cursor.execute("SELECT count(*) FROM export_profile")
        yield int(cursor.fetchone()[0])
        cursor.execute("DROP TABLE IF EXISTS export_profile, export_identity, export_tag")


def _gather_identities(cursor: CursorWrapper, columns: Sequence[IdentityColumn]) -> None:
    gathered = ", ".join(column.aggregate for column in columns)
    kinds = ", ".join(str(column.type.pk) for column in columns)
    cursor.execute(
        f"CREATE TEMPORARY TABLE export_identity ON COMMIT DROP AS SELECT profile_id, {gathered} FROM identity "  # noqa: S608
        f"WHERE workspace_id = %s AND type_id IN ({kinds}) AND profile_id IN (SELECT id FROM export_profile) "
        "GROUP BY profile_id",
        [current_workspace_id()],
    )
    cursor.execute("ANALYZE export_identity")


def _gather_tags(cursor: CursorWrapper, columns: Sequence[TagColumn]) -> None:
    gathered = ", ".join(column.aggregate for column in columns)
    kinds = ", ".join(str(column.tag.pk) for column in columns)
    cursor.execute(
        f"CREATE TEMPORARY TABLE export_tag ON COMMIT DROP AS SELECT pt.profile_id, {gathered} "  # noqa: S608
        f"FROM profile_tag pt JOIN tag_value v ON v.id = pt.tag_value_id WHERE v.tag_id IN ({kinds}) "
        "AND pt.profile_id IN (SELECT id FROM export_profile) GROUP BY pt.profile_id"
    )
    cursor.execute("ANALYZE export_tag")


def rows(sheet: Sheet, database: BaseDatabaseWrapper) -> Iterator[tuple[int, bytes]]:
    """The lines of the file, each ended by CRLF, many at a time with their number."""
    with database.cursor() as cursor:
        raw: Any = cursor.cursor
        with raw.copy(f"COPY ({sheet.select}) TO STDOUT (FORMAT csv)") as copy:
            # The server sends one message a row, ended by a bare line feed.
            for lines in batched(copy, ROWS_AT_ONCE, strict=False):
                chunk = b"".join(lines)
                if chunk.count(b"\n") == len(lines):
                    yield len(lines), chunk.replace(b"\n", b"\r\n")
                else:
                    # A value holds line breaks of its own, which stay as they are.
                    yield len(lines), b"".join(b"%b\r\n" % line[:-1] for line in lines)
