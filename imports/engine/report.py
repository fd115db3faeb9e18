"""The report and the error file: the original columns of each row, then what became of it."""

from __future__ import annotations

import csv
import json
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from django.core.files.base import File
from django.db import connection, transaction

from imports.engine.contents import Contents
from imports.engine.encoding import MARKED, UNREADABLE
from imports.engine.outcomes import OUTCOMES
from imports.engine.proposals import RESULT_COLUMNS
from imports.engine.staging import Reading
from imports.engine.tables import Tables

REPORT, ERRORS = "report.csv", "errors.csv"
_FETCH = 10_000
_BYTE_ORDER_MARK = "\ufeff"


class _Result(NamedTuple):
    line: int
    outcome: str
    error: str | None


@dataclass(frozen=True)
class Report:
    """The two files, for as long as the folder they are in exists."""

    report: Path
    errors: Path | None


def write_report(reading: Reading, names: list[str], tables: Tables, folder: Path) -> Report:
    """Reads the stored file once more and writes both files; no error file when no row failed."""
    report, errors = folder / REPORT, folder / ERRORS
    contents = Contents(reading.file)
    failed = 0
    with (
        report.open("w", encoding="utf-8", newline="") as all_rows,
        errors.open("w", encoding="utf-8", newline="") as failed_rows,
        transaction.atomic(),
    ):
        writers = csv.writer(all_rows), csv.writer(failed_rows)
        for stream, writer in zip((all_rows, failed_rows), writers, strict=True):
            stream.write(_BYTE_ORDER_MARK)
            writer.writerow([*names, *RESULT_COLUMNS])
        results = _results(tables)
        result = next(results, None)
        for batch in reading.rows(contents):
            written: list[list[str]] = []
            for row, line in zip(batch.rows, batch.lines, strict=True):
                while result and result.line < line:
                    result = next(results, None)
                if result is None or result.line != line or not OUTCOMES[result.outcome].result:
                    continue
                told = _told(result)
                cells = [*_fitting(row, len(names), reading.delimiter), str(line), *told]
                written.append(cells)
                if result.outcome == "f":
                    cells[:] = _written(cells)
                    failed += 1
                    writers[1].writerow(cells)
            writers[0].writerows(written)
        # Read to its end, the cursor closes itself.
        deque(results, maxlen=0)
    contents.verify(reading.sha256)
    return Report(report, errors if failed else None)


def with_report(reading: Reading, names: list[str], tables: Tables, use: Callable[[str, File[Any]], object]) -> None:
    """Makes both files in a folder of their own and hands each to `use` with its name."""
    with tempfile.TemporaryDirectory(prefix="user360-report-") as folder:
        made = write_report(reading, names, tables, Path(folder))
        for path in (made.report, made.errors):
            if path is not None:
                with path.open("rb") as opened:
                    use(path.name, File(opened, name=path.name))


def _told(result: _Result) -> list[str]:
    word = OUTCOMES[result.outcome].result
    return [word, *json.loads(result.error)] if result.error else [word, "", "", ""]


def _written(row: list[str]) -> list[str]:
    """Bytes that were no text become a sign that says so."""
    return [MARKED.sub(UNREADABLE, cell) for cell in row]


def _fitting(row: list[str], width: int, delimiter: str) -> list[str]:
    """As many cells as the header has: what is missing is empty, what is too much stays in the last."""
    if len(row) == width:
        return row
    if len(row) < width:
        return row + [""] * (width - len(row))
    return [*row[: width - 1], delimiter.join(row[width - 1 :])]


def _results(tables: Tables) -> Iterator[_Result]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"DECLARE results NO SCROLL CURSOR FOR SELECT line, outcome, error FROM {tables.result} ORDER BY line"
        )
        while True:
            cursor.execute(f"FETCH {_FETCH} FROM results")
            rows = cursor.fetchall()
            if not rows:
                cursor.execute("CLOSE results")
                return
            yield from (_Result(*row) for row in rows)
