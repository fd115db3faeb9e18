"""An import of a file with twelve columns, 30 % of it about users that exist, against a bare COPY of its rows."""

from __future__ import annotations

import csv
import resource
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.files.base import File
from django.db import connection, transaction
from django.utils import timezone

from demo.bench.figures import Figure, clock
from demo.people import LAST_NAMES, LEVELS, WOMEN
from imports.engine.mapping import MappedColumn
from imports.services import user_imports
from user360.models import Job, Profile
from user360.services import jobs
from user360.tenancy import current_workspace_id

EXISTING = 0.3
COLUMNS: dict[str, str] = {
    "user_id": "userId",
    "first_name": "firstName",
    "last_name": "lastName",
    "email": "email",
    "mobile": "id:mobile",
    "city": "city",
    "country": "country",
    "level": "memberLevel",
    "birthday": "dob",
    "sms": "smsOptin",
    "value": "lifetimeValue",
    "orders": "orders",
}
_COPIED = (
    "workspace_id, user_id, first_name, last_name, email, phone, city, country, member_level, dob, sms_optin,"
    " created_at, updated_at"
)


def figures(rows: int) -> Iterator[Figure]:
    """Rows a second of the import and seconds of its dry run. The workspace keeps the imported users."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "users.csv"
        _write(path, rows)
        with clock() as dry:
            _run(path, dry_run=True)
        with clock() as real:
            counts = _run(path, dry_run=False)
        with clock() as copy:
            _copy(path)
    yield Figure("dry run", dry.seconds, "s")
    yield Figure(f"import of {rows:,} × {len(COLUMNS)}", real.seconds, "s", copy.seconds, "bare COPY into the table")
    yield Figure("import", rows / real.seconds, "rows/s", rows / copy.seconds, "bare COPY into the table")
    yield Figure("memory at most", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB")
    for name, count in counts.items():
        yield Figure(f"  {name}", count, "rows")


def _write(path: Path, rows: int) -> None:
    known = list(Profile.objects.order_by("id").values_list("user_id", flat=True)[: int(rows * EXISTING)])
    last = Profile.objects.order_by("-id").values_list("pk", flat=True).first() or 0
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number in range(rows):
            user_id = known[number] if number < len(known) else f"B-{last}-{number}"
            first, family = WOMEN[number % len(WOMEN)], LAST_NAMES[number % len(LAST_NAMES)]
            email, mobile = f"b{last}.{number}@example.com", f"+336{(2 * last + number) % 10**8:08d}"
            birthday = f"19{50 + number % 50}-0{1 + number % 9}-1{number % 9}"
            sms, value = "true" if number % 3 else "false", f"{number % 900}.{number % 90 + 10}"
            level = LEVELS[number % len(LEVELS)]
            written = (
                user_id,
                first,
                family,
                email,
                mobile,
                "Nice",
                "France",
                level,
                birthday,
                sms,
                value,
                number % 40,
            )
            writer.writerow(written)


def _run(path: Path, *, dry_run: bool) -> dict[str, int]:
    with path.open("rb") as file:
        made = user_imports.start_import(file=File(file), name=path.name, actor=None)
    columns = [MappedColumn(name, target) for name, target in COLUMNS.items()]
    user_imports.save_mapping(user_import=made, columns=columns, user_id_column="user_id")
    user_imports.save_conflicts(user_import=made, on_conflict="update", merge_tags=True)
    user_imports.save_tags(user_import=made, tags=[user_imports.default_tag(made)])
    work = user_imports.dry_run if dry_run else user_imports.run
    job = work(user_import=made, actor=None)
    jobs.run(job.pk)
    done = Job.objects.get(pk=job.pk)
    if done.state not in (Job.State.COMPLETED, Job.State.COMPLETED_WITH_ERRORS):
        raise RuntimeError(f"The import ended {done.state}: {done.error}")
    return {name: count for name, count in done.counts.items() if isinstance(count, int)}


def _copy(path: Path) -> None:
    """The rows of the file into the very table with all its indexes and users, and away again."""
    now = timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        raw = cursor.cursor
        with path.open(newline="") as file, raw.copy(f"COPY profile ({_COPIED}) FROM STDIN") as copy:
            for row in csv.DictReader(file):
                copy.write_row(
                    (
                        current_workspace_id(), row["user_id"], row["first_name"], row["last_name"], row["email"],
                        row["mobile"], row["city"], row["country"], row["level"], row["birthday"], row["sms"],
                        now, now,
                    )
                )  # fmt: skip
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM profile")
