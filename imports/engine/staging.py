"""From the file to a table: the mapped columns as trimmed text, NULL when empty, with the line of each row.

`printable` is true where no cell of the row holds a control character for sure: that much is seen of a whole batch at
once, in a tenth of the time that a pattern takes for every cell.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter, methodcaller

from django.db import connection, transaction
from django.db.models.fields.files import FieldFile

from imports.engine.contents import Contents
from imports.engine.encoding import MARKED, decoded
from imports.engine.plan import SEPARATE_COLUMNS, Plan
from imports.engine.reading import Batch, PlainBatch, Problem, Rows
from imports.engine.refusal import FileRefused
from imports.engine.spelling import Judge, spellings
from imports.engine.tables import Tables, run_sql
from user360.property_types.whitespace import WHITESPACE, trim

WRONG_WIDTH = "wrongNumberOfColumns"
WRONG_ENCODING = "invalidEncoding"
NUL = "invalidCharacter"
_TABS = methodcaller("count", "\t")
_WIDE_SPACES = tuple(character for character in WHITESPACE if not character.isascii())
# What COPY or the trimming of cells would have to look at; to look for single characters costs next to nothing.
_SPECIAL = ("\\", "\r", "\0", "\v", "\f", " \t", "\t ", " \n", "\n ")
# As ONE_LINE says it. Cells are apart by tabs and rows by line feeds, so none of these is within a cell.
_ASCII_CONTROLS = bytes(code for code in (*range(1, 32), 127) if code not in b"\t\n")
_OTHER_CONTROLS = re.compile(rb"\xc2[\x80-\x9f]")
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@dataclass(frozen=True)
class Reading:
    """The stored file and how it is written."""

    file: FieldFile
    sha256: str
    encoding: str
    delimiter: str
    header: bool

    def rows(self, contents: Contents) -> Iterator[Batch | PlainBatch]:
        """The records below the header."""
        batches = iter(Rows(decoded(contents, self.encoding), self.delimiter))
        if not self.header:
            return batches
        return _without_first(batches)


def _without_first(batches: Iterator[Batch | PlainBatch]) -> Iterator[Batch | PlainBatch]:
    first = next(batches, None)
    if first is None:
        return
    broken = {place - 1: problem for place, problem in first.broken.items()}
    if len(first.rows) > 1:
        yield Batch(first.rows[1:], first.lines[1:], broken)
    yield from batches


def stage(reading: Reading, plan: Plan, tables: Tables) -> int:
    """Fills the raw table from the file and returns the number of rows; all or nothing.

    Raises FileRefused, also when the file is not the uploaded one any more.
    """
    contents = Contents(reading.file)
    columns = [f"c{place} text" for place in range(min(len(plan.staged), SEPARATE_COLUMNS))]
    if len(plan.staged) > SEPARATE_COLUMNS:
        columns.append("more text[]")
    judges = [Judge(spelling) for spelling in spellings(plan, tables).values()]
    encoder = _Encoder(plan, judges)
    total = 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"CREATE UNLOGGED TABLE {tables.raw} (line int, problem text, printable bool, {', '.join(columns)})"
        )
        with cursor.copy(f"COPY {tables.raw} FROM STDIN (NULL '')") as copy:
            for batch in reading.rows(contents):
                copy.write(encoder.encode(batch))
                total += len(batch.lines)
        for judge in judges:
            judge.store()
        contents.verify(reading.sha256)
        if total == 0:
            raise FileRefused("The file has a header and no rows, so there is nothing to import.")
    run_sql(f"CREATE INDEX ON {tables.raw} (line)")
    run_sql(f"ANALYZE {tables.raw} (line)")
    return total


class _Encoder:
    """Rows as COPY wants them. Whole batches at once while nothing in them is special; else cell by cell."""

    def __init__(self, plan: Plan, judges: Sequence[Judge]) -> None:
        self._judges = judges
        self._width = plan.width
        self._places = [column.place for column in plan.staged]
        self._whole = self._places == list(range(plan.width))
        self._many = len(self._places) > SEPARATE_COLUMNS
        self._judged_at = [self._places.index(judge.place) for judge in judges]
        # itemgetter of one place gives the cell itself, not a row of one.
        self._pick: Callable[[list[str]], Sequence[str]] = (
            itemgetter(*self._places) if len(self._places) > 1 else lambda row: (row[self._places[0]],)
        )

    def encode(self, batch: Batch | PlainBatch) -> bytes:
        return self._quickly(batch) or self._carefully(batch)

    def _quickly(self, batch: Batch | PlainBatch) -> bytes | None:
        text = self._tabbed(batch)
        if text is None or any(special in text for special in _SPECIAL) or text.startswith(" "):
            return None
        if not text.isascii() and any(space in text for space in _WIDE_SPACES):
            return None
        rows = text[:-1].split("\n")
        if len(rows) != len(batch.lines) or set(map(_TABS, rows)) != {len(self._places) - 1}:
            return None
        try:
            between = f"\t\t{'t' if _is_printable(text.encode()) else 'f'}\t"
        except UnicodeEncodeError:
            # Marks of bytes that are not in the encoding of the file.
            return None
        if self._judges:
            last = max(self._judged_at)
            cells = [row.split("\t", last + 1) for row in rows]
            for judge, place in zip(self._judges, self._judged_at, strict=True):
                judge.look(list(map(itemgetter(place), cells)))
        return "".join([f"{line}{between}{row}\n" for line, row in zip(batch.lines, rows, strict=True)]).encode()

    def _tabbed(self, batch: Batch | PlainBatch) -> str | None:
        """The cells with a tab between them and a line feed behind each row; None when that is not all there is."""
        if batch.broken or self._many:
            return None
        if isinstance(batch, PlainBatch) and self._whole:
            mixed = batch.delimiter != "\t" and "\t" in batch.text
            return None if mixed else batch.text.replace(batch.delimiter, "\t")
        if set(map(len, batch.rows)) != {self._width}:
            return None
        return "\n".join(map("\t".join, map(self._pick, batch.rows))) + "\n"

    def _carefully(self, batch: Batch | PlainBatch) -> bytes:
        return "".join(
            self._row(row, line, batch.broken.get(place))
            for place, (row, line) in enumerate(zip(batch.rows, batch.lines, strict=True))
        ).encode()

    def _row(self, row: list[str], line: int, broken: Problem | None) -> str:
        problem = broken or (self._problem(row) if row else None)
        if problem or not row:
            cells = [""] * min(len(self._places), SEPARATE_COLUMNS) + [""] * self._many
        else:
            for judge in self._judges:
                judge.look((trim(row[judge.place]),))
            values = [trim(cell) for cell in self._pick(row)]
            cells = [value.translate(_ESCAPED) for value in values[:SEPARATE_COLUMNS]]
            if self._many:
                cells.append(_array(values[SEPARATE_COLUMNS:]).translate(_ESCAPED))
        said = json.dumps([problem.code, "", problem.message]).translate(_ESCAPED) if problem else ""
        return "\t".join((str(line), said, "f", *cells)) + "\n"

    def _problem(self, row: list[str]) -> Problem | None:
        if len(row) != self._width:
            many = "more" if len(row) > self._width else "fewer"
            return Problem(WRONG_WIDTH, f"{len(row)} cells where the header has {self._width}: {many} than columns")
        # What is not mapped is not read.
        text = "\0".join(self._pick(row))
        if MARKED.search(text):
            return Problem(WRONG_ENCODING, "Some bytes are not in the encoding of the rest of the file")
        if text.count("\0") != len(self._places) - 1:
            return Problem(NUL, "Contains a NUL character")
        return None


def _is_printable(text: bytes) -> bool:
    return len(text.translate(None, _ASCII_CONTROLS)) == len(text) and not _OTHER_CONTROLS.search(text)


def _array(values: Sequence[str]) -> str:
    quoted = ('"' + re.sub(r'(["\\])', r"\\\1", value) + '"' if value else "NULL" for value in values)
    return "{" + ",".join(quoted) + "}"
