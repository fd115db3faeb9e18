"""An export of everybody with fifteen columns, against COPY of the same query into nothing."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from demo.bench.figures import Figure, clock
from imports.export.archive import write_zip
from imports.export.columns import property_column
from imports.export.sheet import Sheet, opened, own_connection, rows
from user360.conditions import live_profiles
from user360.models import Property
from user360.tenancy import current_workspace

COLUMNS = (
    "userId", "firstName", "lastName", "gender", "dob", "country", "city", "language", "email", "phone",
    "memberLevel", "registeredAt", "emailOptin", "lifetimeValue", "orders",
)  # fmt: skip


def figures() -> Iterator[Figure]:
    """Seconds for everybody in the workspace, and how much memory the process has needed at most."""
    props = {prop.key: prop for prop in Property.objects.filter(key__in=COLUMNS)}
    columns = [property_column(props[key], masked=False, formula_safe=True) for key in COLUMNS]
    sheet = Sheet(columns)
    profiles, zone = live_profiles(), current_workspace().zone
    with (
        TemporaryDirectory() as folder,
        clock() as export,
        own_connection() as database,
        opened(sheet, profiles, zone, database) as users,
    ):
        write_zip(Path(folder) / "users.zip", "users.csv", (chunk for _, chunk in rows(sheet, database)))
    with clock() as copy, own_connection() as database, opened(sheet, profiles, zone, database):
        for _ in rows(sheet, database):
            pass
    yield Figure(f"export of {users:,} users × {len(COLUMNS)}", export.seconds, "s", copy.seconds, "COPY alone")
    yield Figure("memory at most", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB")
