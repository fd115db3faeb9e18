"""From text to rows with the line each begins in, in constant memory, however the file is broken."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from imports.engine.limits import CHUNK_BYTES, MAX_RECORD_CHARACTERS, MAX_ROWS
from imports.engine.refusal import FileRefused

csv.field_size_limit(MAX_RECORD_CHARACTERS)

WRONG_QUOTES = "invalidQuoting"
_LINE_BREAK = re.compile("\r\n|\r|\n")
_BATCH_CHARACTERS = 2 * 2**20
_MAX_BATCH_ROWS = 5_000
_FIRST_BATCH_ROWS = 50
# More text than this without the end of a batch is one endless record.
_MAX_PENDING = _BATCH_CHARACTERS + 32 * MAX_RECORD_CHARACTERS


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row cannot be read: an error code and a sentence."""

    code: str
    message: str


@dataclass(slots=True)
class Batch:
    """Some rows in file order with the lines they begin in; `broken` says which of them could not be read."""

    rows: list[list[str]]
    lines: range | list[int]
    broken: dict[int, Problem] = field(default_factory=dict)


class Rows:
    """The records of a delimited text (RFC 4180), in batches of some megabytes.

    Raises FileRefused for a line or record beyond the limit and for a quotation mark that is never closed. A row
    whose quotation marks are wrong in another way is in `Batch.broken` and reading goes on behind it.
    """

    def __init__(self, text: Iterable[str], delimiter: str) -> None:
        self._text = text
        self._pending = 0
        self._lines_fed = 0
        self._first = 1
        self._rows: list[list[str]] = []
        self._reader = csv.reader(self._lines(), delimiter=delimiter, strict=True)

    def __iter__(self) -> Iterator[Batch]:
        wanted, total = _FIRST_BATCH_ROWS, 0
        while True:
            fed = self._pending
            batch = self._batch(wanted)
            if not batch.rows:
                return
            total += len(batch.rows)
            if total > MAX_ROWS + 1:
                raise FileRefused(f"The file has more than {MAX_ROWS:,} rows; split it.")
            yield batch
            average = max(self._pending - fed, CHUNK_BYTES) / len(batch.rows)
            wanted = max(1, min(_MAX_BATCH_ROWS, wanted * 4, int(_BATCH_CHARACTERS / average) + 1))
            self._pending = 0

    def _batch(self, wanted: int) -> Batch:
        self._first = first = self._reader.line_num + 1
        rows: list[list[str]] = []
        self._rows = rows
        problem = None
        try:
            rows.extend(islice(self._reader, wanted))
        except csv.Error as error:
            problem = self._problem(error, _line_after(first, rows))
        read = self._reader.line_num + 1 - first
        if problem is None:
            lines = range(first, first + len(rows)) if read == len(rows) else _lines_of(rows, first)
            return Batch(rows, lines)
        begins = _lines_of(rows, first)
        begins.append(_line_after(first, rows))
        rows.append([])
        return Batch(rows, begins, {len(rows) - 1: problem})

    def _problem(self, error: csv.Error, line: int) -> Problem:
        said = str(error)
        if said.startswith("field larger"):
            raise FileRefused(_endless(line, self._reader.line_num)) from error
        if said.startswith("unexpected end"):
            raise FileRefused(f"The quotation mark opened in line {line} is never closed.") from error
        where = f"lines {line} to {self._reader.line_num}" if self._reader.line_num > line else f"line {line}"
        return Problem(WRONG_QUOTES, f'The quotation marks in {where} are wrong; inside quotes write " twice')

    def _lines(self) -> Iterator[str]:
        rest = ""
        for piece in self._text:
            self._pending += len(piece)
            if self._pending > _MAX_PENDING:
                raise FileRefused(_endless(_line_after(self._first, self._rows), self._lines_fed))
            text = rest + piece
            # A carriage return at the end may be half of a line break.
            lines = io.StringIO(text, newline="").readlines()
            rest = lines.pop() if text[-1] != "\n" else ""
            if len(rest) > MAX_RECORD_CHARACTERS:
                raise FileRefused(_too_long(self._lines_fed + len(lines) + 1))
            self._lines_fed += len(lines)
            yield from lines
        if rest:
            yield rest


def _too_long(line: int) -> str:
    return f"Line {line} is longer than {MAX_RECORD_CHARACTERS:,} characters; this is not a table of users."


def _endless(line: int, last: int) -> str:
    if last <= line:
        return _too_long(line)
    return (
        f"The row that begins in line {line} is longer than {MAX_RECORD_CHARACTERS:,} characters; "
        "a quotation mark opened there is never closed."
    )


def _line_breaks(row: list[str]) -> int:
    return sum(len(_LINE_BREAK.findall(cell)) for cell in row)


def _lines_of(rows: list[list[str]], first: int) -> list[int]:
    lines, line = [], first
    for row in rows:
        lines.append(line)
        line += 1 + _line_breaks(row)
    return lines


def _line_after(first: int, rows: list[list[str]]) -> int:
    return first + len(rows) + sum(map(_line_breaks, rows))
