"""The first look at a stored file: encoding, delimiter, header, columns with samples, how many rows there may be."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models.fields.files import FieldFile

from imports.engine.contents import Contents
from imports.engine.dialect import NO_HEADER, column_names, detect_delimiter, value_in_header
from imports.engine.encoding import MARKED, UNREADABLE, decoded, detect
from imports.engine.limits import SAMPLE_VALUES
from imports.engine.reading import Rows
from imports.engine.refusal import FileRefused

SAMPLED_ROWS = 2_000
_DELIMITER_SAMPLE = 2**16


@dataclass(frozen=True)
class Look:
    """What a file is like. `values` are the columns' texts in the first rows, for proposals."""

    encoding: str
    delimiter: str
    header: bool
    names: list[str]
    values: list[list[str]]
    row_estimate: int
    notes: list[str]

    @property
    def columns(self) -> list[dict[str, Any]]:
        """As `UserImport.columns` keeps them."""
        return [
            {"name": name, "samples": list(islice(dict.fromkeys(value for value in values if value), SAMPLE_VALUES))}
            for name, values in zip(self.names, self.values, strict=True)
        ]


def first_look(file: FieldFile, *, name: str) -> tuple[Look, str]:
    """Detects everything and returns it with the SHA-256 of the stored bytes. Reads the whole file."""
    contents = Contents(file)
    found = detect(contents)
    delimiter = detect_delimiter(_beginning(file, found.encoding), name)
    rows, _ = _first_rows(file, found.encoding, delimiter, 1)
    value = value_in_header(rows[0])
    notes = []
    if found.foreign_bytes:
        notes.append("Some rows hold bytes that are not in the encoding of the rest; those rows will fail.")
    if value is not None:
        notes.append(NO_HEADER.format(value=value))
    look = look_again(
        file, encoding=found.encoding, delimiter=delimiter, header=value is None, size=contents.unpacked_bytes
    )
    return Look(**{**look.__dict__, "notes": notes}), contents.sha256


def look_again(file: FieldFile, *, encoding: str, delimiter: str, header: bool, size: int = 0) -> Look:
    """The columns when the file is read like this. Raises FileRefused.

    `size` in bytes, unpacked, is what the number of rows is estimated from; without it the size as stored is taken.
    """
    rows, complete = _first_rows(file, encoding, delimiter, SAMPLED_ROWS + header)
    names = column_names([_shown(cell) for cell in rows[0]], header=header)
    body = rows[1:] if header else rows
    if not body:
        raise FileRefused("The file has a header and no rows, so there is nothing to import.")
    values = [[_shown(row[place]) if place < len(row) else "" for row in body] for place in range(len(names))]
    estimate = len(body) if complete else _estimate(size or file.size, rows, encoding)
    return Look(encoding, delimiter, header, names, values, estimate, [])


def _shown(cell: str) -> str:
    """The text of a cell that can be stored and shown, whatever bytes it came from."""
    return MARKED.sub(UNREADABLE, cell.replace("\0", UNREADABLE)).strip()


def _beginning(file: FieldFile, encoding: str) -> str:
    text = ""
    for piece in decoded(Contents(file), encoding):
        text += piece
        if len(text) >= _DELIMITER_SAMPLE:
            break
    return text[:_DELIMITER_SAMPLE]


def _first_rows(file: FieldFile, encoding: str, delimiter: str, wanted: int) -> tuple[list[list[str]], bool]:
    """Rows from the top, and whether that was the whole file."""
    rows: list[list[str]] = []
    for batch in Rows(decoded(Contents(file), encoding), delimiter):
        rows += [row for place, row in enumerate(batch.rows) if place not in batch.broken]
        if len(rows) >= wanted:
            return rows[:wanted], False
    if not any(any(cell.strip() for cell in row) for row in rows):
        raise FileRefused("The file is empty.")
    return rows, True


def _estimate(size: int, rows: list[list[str]], encoding: str) -> int:
    read = sum(len((",".join(row) + "\n").encode(encoding, "replace")) for row in rows)
    return max(len(rows), size * len(rows) // max(read, 1))
