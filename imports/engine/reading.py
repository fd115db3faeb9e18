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


@dataclass(slots=True)
class PlainBatch:
    """Rows without a quotation mark: each is a line of `text`, ended by a line feed and split at every delimiter."""

    text: str
    delimiter: str
    lines: range

    @property
    def rows(self) -> list[list[str]]:
        """The cells; none in an empty line."""
        return [line.split(self.delimiter) if line else [] for line in self.text[:-1].split("\n")]

    @property
    def broken(self) -> dict[int, Problem]:
        """Nothing in plain rows can be wrong."""
        return {}


class Rows:
    """The records of a delimited text (RFC 4180), in batches of some megabytes.

    Raises FileRefused for a line or record beyond the limit and for a quotation mark that is never closed. A row
    whose quotation marks are wrong in another way is in `Batch.broken` and reading goes on behind it.
    """

    def __init__(self, text: Iterable[str], delimiter: str) -> None:
        self._text = iter(text)
        self._delimiter = delimiter
        # The lines of the piece of text at hand, which of them is next, and what begins the next piece.
        self._lines: list[str] = []
        self._next = 0
        self._rest = ""
        self._are_plain = False
        self._pending = 0
        self._lines_fed = 0
        self._plain_lines = 0
        self._first = 1
        self._rows: list[list[str]] = []
        self._reader = csv.reader(self._feed(), delimiter=delimiter, strict=True)

    def __iter__(self) -> Iterator[Batch | PlainBatch]:
        wanted, total = _FIRST_BATCH_ROWS, 0
        while True:
            fed = self._pending
            batch = self._plain_batch(wanted) or self._batch(wanted)
            if not batch.lines:
                return
            total += len(batch.lines)
            if total > MAX_ROWS + 1:
                raise FileRefused(f"The file has more than {MAX_ROWS:,} rows; split it.")
            yield batch
            average = max(self._pending - fed, CHUNK_BYTES) / len(batch.lines)
            wanted = max(1, min(_MAX_BATCH_ROWS, wanted * 4, int(_BATCH_CHARACTERS / average) + 1))
            self._pending = 0

    def _plain_batch(self, wanted: int) -> PlainBatch | None:
        """Rows of the piece at hand while no record is open and none can be opened in it: ten times as fast."""
        if self._next == len(self._lines) and not self._read_on():
            return None
        if not self._are_plain:
            return None
        lines = self._lines[self._next : self._next + wanted]
        first = self._lines_read + 1
        self._next += len(lines)
        self._plain_lines += len(lines)
        text = "".join(lines).replace("\r\n", "\n")
        if not text.endswith("\n"):
            text += "\n"
        return PlainBatch(text, self._delimiter, range(first, first + len(lines)))

    @property
    def _lines_read(self) -> int:
        return self._reader.line_num + self._plain_lines

    def _batch(self, wanted: int) -> Batch:
        self._first = first = self._lines_read + 1
        rows: list[list[str]] = []
        self._rows = rows
        problem = None
        try:
            rows.extend(islice(self._reader, wanted))
        except csv.Error as error:
            problem = self._problem(error, _line_after(first, rows))
        read = self._lines_read + 1 - first
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
            raise FileRefused(_endless(line, self._lines_read)) from error
        if said.startswith("unexpected end"):
            raise FileRefused(f"The quotation mark opened in line {line} is never closed.") from error
        where = f"lines {line} to {self._lines_read}" if self._lines_read > line else f"line {line}"
        return Problem(WRONG_QUOTES, f'The quotation marks in {where} are wrong; inside quotes write " twice')

    def _feed(self) -> Iterator[str]:
        while self._next < len(self._lines) or self._read_on():
            self._next += 1
            yield self._lines[self._next - 1]

    def _read_on(self) -> bool:
        """Takes the whole lines of the next pieces of text; False at the end of the file."""
        self._lines, self._next = [], 0
        for piece in self._text:
            self._pending += len(piece)
            if self._pending > _MAX_PENDING:
                raise FileRefused(_endless(_line_after(self._first, self._rows), self._lines_fed))
            text = self._rest + piece
            # A carriage return at the end may be half of a line break.
            lines = io.StringIO(text, newline="").readlines()
            self._rest = lines.pop() if text[-1] != "\n" else ""
            if len(self._rest) > MAX_RECORD_CHARACTERS:
                raise FileRefused(_too_long(self._lines_fed + len(lines) + 1))
            if lines:
                self._take(lines, text)
                return True
        if not self._rest:
            return False
        self._take([self._rest], self._rest)
        self._rest = ""
        return True

    def _take(self, lines: list[str], text: str) -> None:
        self._lines = lines
        self._lines_fed += len(lines)
        if len(lines[0]) > MAX_RECORD_CHARACTERS:
            raise FileRefused(_too_long(self._lines_fed - len(lines) + 1))
        self._are_plain = '"' not in text and text.count("\r") == text.count("\r\n")


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
